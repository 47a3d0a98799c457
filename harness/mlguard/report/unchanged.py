"""What is said of guards of which nothing has changed since they last matched; nothing heavy is imported for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlguard.core.outcome import Outcome
from mlguard.core.visible import one_line
from mlguard.report.documents.checks import Check, CheckedGuard

SCHEMA = 1
"""Increase this when a reader of `--json` would have to change."""


def line(guard: str, when: str) -> str:
    """The one line of a guard."""
    return one_line(f"{guard}: unchanged since it last matched ({when[:16].replace('T', ' ')} UTC)")


def counted(unchanged: int, told: str, guards: int) -> str:
    """How many guards there were, how many of them are unchanged, and what came of the others."""
    skipped = f"{unchanged} unchanged since {'it' if unchanged == 1 else 'they'} last matched" if unchanged else ""
    parts = ", ".join(filter(None, (skipped, told)))
    return f"{guards} guard{'' if guards == 1 else 's'}: {parts or 'none'}"


def draw(guards: Mapping[str, str]) -> str:
    """All guards, where none was run: when each last matched, by its name."""
    return "\n".join(
        [*(line(*one) for one in guards.items()), "", f"{counted(len(guards), '', len(guards))}; nothing was run"]
    )


def as_data(guard: str, when: str, file: str | None) -> CheckedGuard:
    """A guard in the documented schema of `--json`, in which it counts as a match."""
    return {
        "name": guard,
        "outcome": str(Outcome.MATCH),
        "unchanged_since": when,
        "exit_code": 0,
        "first_moved": None,
        "first_run": "main",
        "findings": [],
        "places": {},
        "causes": [],
        "changed": [],
        "remarks": [],
        "problem": None,
        "traceback": None,
        "slug": None,
        "stage": None,
        "usage": False,
        "commit": None,
        "file": file,
        "compared": 0,
        "seconds": 0.0,
        "costs": {},
    }


def run_as_data(guards: Sequence[CheckedGuard], not_run: Sequence[str], *, outcome: str, exit_code: int) -> Check:
    """The whole answer of `mlguard check --json`."""
    return {
        "schema": SCHEMA,
        "outcome": outcome,
        "exit_code": exit_code,
        "guards": list(guards),
        "not_run": list(not_run),
    }
