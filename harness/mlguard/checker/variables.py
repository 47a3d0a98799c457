"""Whether an environment variable that guarded code reads differs from when the golden's values were seen here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from mlguard.core.record import Record
from mlguard.golden.keyed import State, known, remember
from mlguard.worker.variables import is_default


def keep_values(project: Path, golden: Record, variables: Mapping[str, str | None]) -> None:
    """Keep, on this machine and under a key, which values of variables gave this golden.

    Raises RunError where the disk refuses.
    """
    remember(project, golden, _contents(variables))


def states(project: Path, golden: Record, variables: Mapping[str, str | None]) -> dict[str, State]:
    """Of every variable that the code read, whether its value is the golden's."""
    return known(project, golden, _contents(variables))


def candidates(states: Mapping[str, State]) -> Iterator[str]:
    """The variables that may have moved something, in words."""
    changed = [name for name, state in states.items() if state == "changed"]
    # What every worker gets is told only where it is known to differ: all code reads some of it.
    unknown = [name for name, state in states.items() if state == "unknown" and not is_default(name)]
    if changed:
        yield f"environment variables that the code reads have other values than for the golden: {', '.join(changed)}"
    if unknown:
        yield f"whether these environment variables have the golden's values is not known here: {', '.join(unknown)}"


def _contents(variables: Mapping[str, str | None]) -> dict[str, bytes | None]:
    return {name: None if text is None else text.encode(errors="surrogateescape") for name, text in variables.items()}
