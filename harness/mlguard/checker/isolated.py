"""What goes wrong with one guard stays with that guard: the one place where an exception becomes a Verdict."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import TypeVar

from mlguard.core.error import GoldenError, MlguardError, UsageError
from mlguard.core.outcome import Outcome
from mlguard.core.verdict import Verdict
from mlguard.report import problems

T = TypeVar("T")
U = TypeVar("U")


def isolated(name: str, work: Callable[[], T], failing: Callable[[Verdict], U]) -> T | U:
    """What the work on one guard gives; where it fails in any way, what `failing` makes of the Verdict that says so.

    An exception that is none of ours is a defect of mlguard, or of code that runs in this process and leaves it. Only
    an interrupt ends the other guards too.
    """
    try:
        return work()
    except KeyboardInterrupt:
        raise
    except MlguardError as error:
        return failing(failed(name, error))
    except BaseException as error:  # SystemExit too: it must not end the run with a code that guarded code chose.
        return failing(_defect(name, error))


def failed(name: str, error: MlguardError) -> Verdict:
    """The Verdict of a guard that could not be run to its end, or not be accepted."""
    return Verdict(
        name,
        Outcome.CORRUPT if isinstance(error, GoldenError) else Outcome.ERROR,
        problem=error.message,
        slug=error.slug,
        traceback=error.traceback,
        stage=error.stage,
        usage=isinstance(error, UsageError),
        blames_code=error.blames_code,
    )


def _defect(name: str, error: BaseException) -> Verdict:
    lines = "".join(traceback.format_exception(error)).rstrip()
    return Verdict(
        name, Outcome.ERROR, problem=problems.defect(name), slug="defect", traceback=lines, blames_code=False
    )
