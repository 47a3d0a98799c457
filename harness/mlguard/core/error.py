"""The error family: what a user did, what user code did, and what happened to a golden."""

from __future__ import annotations

from collections.abc import Sequence


class MlguardError(Exception):
    """An error that mlguard explains itself: shown as its text, never as a traceback.

    `slug` names the paragraph of docs/messages.md that explains it; `exit_code` is what the command answers with.
    Where they are known: `stage` is the stage that was running, `traceback` shows the project's own frames, and
    `raised` names the guard's method and the type of the exception that user code raised.
    """

    exit_code = 5
    stage: str | None = None
    traceback: str | None = None
    raised: tuple[str, str] | None = None

    def __init__(self, message: str, *, slug: str) -> None:
        super().__init__(message)
        self.message = message
        self.slug = slug

    def __str__(self) -> str:
        return f"{self.message} [{self.slug}]"

    def __reduce__(self) -> tuple[object, ...]:
        # The slug is keyword-only, which exceptions' own pickling would lose on the way out of a worker.
        return (_rebuild, (type(self), self.message, self.slug, dict(self.__dict__)))


class UsageError(MlguardError):
    """The declaration, settings or command line is wrong, or user code returned what a guard cannot use (exit 2)."""

    exit_code = 2


class RunError(MlguardError):
    """User code raised, hung or died, or the disk refused (exit 5)."""

    exit_code = 5

    def __init__(
        self,
        message: str,
        *,
        slug: str,
        stage: str | None = None,
        traceback: str | None = None,
        raised: tuple[str, str] | None = None,
    ) -> None:
        super().__init__(message, slug=slug)
        self.stage, self.traceback, self.raised = stage, traceback, raised


class GoldenError(MlguardError):
    """A golden cannot be read or trusted (exit 3)."""

    exit_code = 3


def several(problems: Sequence[str], *, slug: str) -> UsageError:
    """One usage error that names every problem at once."""
    if len(problems) == 1:
        return UsageError(problems[0], slug=slug)
    listed = "\n".join(f"  - {problem}" for problem in problems)
    return UsageError(f"{len(problems)} problems:\n{listed}", slug=slug)


def _rebuild(kind: type[MlguardError], message: str, slug: str, state: dict[str, object]) -> MlguardError:
    error = kind.__new__(kind)
    Exception.__init__(error, message)
    error.__dict__.update(state)
    error.message, error.slug = message, slug
    return error
