"""The error family: what a user did, what user code did, and what happened to a golden."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from mlguard.core.visible import visible

if TYPE_CHECKING:
    from mlguard.core.record import Observation


class MlguardError(Exception):
    """An error that mlguard explains itself: shown as its text, never as a traceback.

    `what` went wrong and `advice` says what to do; `slug` names the paragraph of docs/messages.md that explains it, and
    `exit_code` is what the command answers with. `blames_code` is false for what happened to this machine or to mlguard
    itself, and so says nothing about the guarded code. Where they are known: `stage` is the stage that was running,
    `traceback` shows the project's own frames, and `raised` names the guard's method and the type of the exception
    that user code raised.
    """

    exit_code = 5
    stage: str | None = None
    traceback: str | None = None
    raised: tuple[str, str] | None = None

    def __init__(self, what: str, *, slug: str, advice: str = "", blames_code: bool = True) -> None:
        super().__init__(what)
        self.what, self.advice, self.slug, self.blames_code = what, advice, slug, blames_code

    @property
    def message(self) -> str:
        """What went wrong and what to do about it."""
        return f"{self.what}; {self.advice}" if self.advice else self.what

    def __str__(self) -> str:
        return visible(f"{self.message} [{self.slug}]")

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword-only arguments are what exceptions' own pickling would lose on the way out of a worker.
        return (_rebuild, (type(self), self.what, dict(self.__dict__)))


def as_data(message: str, slug: str, exit_code: int) -> dict[str, object]:
    """The answer of a command with `--json` that came to no verdict."""
    return {"error": {"message": message, "slug": slug}, "exit_code": exit_code}


class UsageError(MlguardError):
    """The declaration, settings or command line is wrong, or user code returned what a guard cannot use (exit 2)."""

    exit_code = 2


class Ending(StrEnum):
    """How a run came to an early end."""

    RAISED = "raised"
    HUNG = "hung"
    DIED = "died"


class RunError(MlguardError):
    """User code raised, hung or died, or the disk refused (exit 5)."""

    exit_code = 5
    ending = Ending.RAISED

    def __init__(
        self,
        what: str,
        *,
        slug: str,
        advice: str = "",
        blames_code: bool = True,
        ending: Ending = Ending.RAISED,
        stage: str | None = None,
        traceback: str | None = None,
        raised: tuple[str, str] | None = None,
        data: Sequence[Observation] = (),
    ) -> None:
        """`data` is what the run saw of its Dataset."""
        super().__init__(what, slug=slug, advice=advice, blames_code=blames_code)
        self.ending, self.stage, self.traceback, self.raised, self.data = ending, stage, traceback, raised, data


class GoldenError(MlguardError):
    """A golden cannot be read or trusted (exit 3)."""

    exit_code = 3


def several(problems: Sequence[str], *, slug: str) -> UsageError:
    """One usage error that names every problem at once."""
    if len(problems) == 1:
        return UsageError(problems[0], slug=slug)
    listed = "\n".join(f"  - {problem}" for problem in problems)
    return UsageError(f"{len(problems)} problems:\n{listed}", slug=slug)


def _rebuild(kind: type[MlguardError], what: str, state: dict[str, object]) -> MlguardError:
    error = kind.__new__(kind)
    Exception.__init__(error, what)
    error.__dict__.update(state)
    return error
