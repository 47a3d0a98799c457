"""What `mlguard watch` says between two rounds of checks."""

from __future__ import annotations

from collections.abc import Sequence

from mlguard.core.visible import one_line
from mlguard.report.moves import listed

FILES = 3
"""Saved files that are named; the others are counted."""

ENDED = "\nended"


def saved(files: Sequence[str], now: str, guards: Sequence[str], held: Sequence[str], *, unread: bool) -> str:
    """Which files were saved, at which time, and which guards run because of that.

    `held` are guards that may have written these files, and so do not run; `unread`: a module cannot be imported, so
    that nobody knows its guards.
    """
    more = len(files) - FILES
    named = [*files[:FILES], *([f"{more} more"] if more > 0 else [])]
    reached = [
        *([f"runs {listed(guards)}"] if guards else []),
        *([f"not again {listed(held)}, whose last run may have written it"] if held else []),
    ] or ([] if unread else ["nothing changed that a guard depends on"])
    return one_line(": ".join([f"{now} {listed(named)} saved", *(["; ".join(reached)] if reached else [])]))


def waiting(summary: str) -> str:
    """What came of the round, and how to end."""
    return f"\n{summary}\nwatching; Ctrl-C ends\n"
