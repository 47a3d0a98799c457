"""A worker that brought nothing back, as an error that says what of the guarded code was running."""

from __future__ import annotations

from pathlib import Path

from mlguard.core.error import Ending, MlguardError, RunError
from mlguard.runner.frames import last_place, own_frames
from mlguard.worker.job import Failure


def failed(guard: str, failure: Failure, output: str, root: Path) -> MlguardError:
    """A worker's failure as an error that names the guard, the stage and the project's own frames."""
    stage = failure.stage or "dataset"
    if isinstance(failure.exception, MlguardError):
        if isinstance(failure.exception, RunError) and failure.exception.stage is None:
            failure.exception.stage = stage
        return failure.exception
    where = ", ".join(filter(None, (failure.calling, last_place(failure, output, root))))
    where = f" ({where})" if where else ""
    if failure.kind == "timeout":
        error = RunError(
            f"guard {guard}: stage {stage}{where} was still running at its time limit ({failure.text}), twice",
            advice="make it faster or raise `timeout`",
            slug="guard-timeout",
            ending=Ending.HUNG,
        )
    elif failure.kind == "lost":
        what = f"guard {guard}: {failure.text} in stage {stage}{where}, twice"
        advice = "its code may end only what it started, and remove only what it made"
        error = RunError(what, advice=advice, slug="guard-died", ending=Ending.DIED)
    elif failure.kind == "died":
        what = f"guard {guard}: its process died with {failure.text} in stage {stage}{where}"
        error = RunError(what, slug="guard-died", ending=Ending.DIED)
    else:
        during = f"{failure.calling} raised " if failure.calling else ""
        error = RunError(f"guard {guard}: {during}{failure.text}", slug="guarded-code-raised")
        # Outside of any method: at import, or in what its answer is made of.
        error.raised = ("", failure.text.splitlines()[-1].partition(":")[0])
    error.stage, error.traceback = stage, own_frames(failure, output, root)
    return error


def undiscovered(failure: Failure) -> MlguardError:
    """Why the modules could not be imported one after the other: one hung, or took the process down."""
    if isinstance(failure.exception, MlguardError):
        return failure.exception
    what = {"timeout": f"still ran at the time limit ({failure.text})", "died": f"ended its process ({failure.text})"}
    what["lost"] = f"ended without an answer: {failure.text}"
    told = what.get(failure.kind, f"raised {failure.text}")
    return RunError(
        f"importing {failure.stage or 'the modules of the guards'} {told}; do no work at import, or take the file out "
        "of `guards`",
        slug="guard-module-raised",
    )


def in_few_words(failure: Failure) -> str:
    """A failure in a few words, the exception's type first."""
    return failure.exception.message if isinstance(failure.exception, MlguardError) else failure.text
