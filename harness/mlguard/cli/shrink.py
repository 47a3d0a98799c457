"""`mlguard make-dataset --shrink GUARD`: the fewest rows that keep the power of a guard's audit."""

from __future__ import annotations

import os
import sys

from mlguard.cli.select import opened
from mlguard.core.error import UsageError
from mlguard.printing import say, say_json, tell
from mlguard.report.power import draw_shrunk, shrunk_as_data
from mlguard.tools.shrink import shrink

CHANGES = 24
"""Changes that are planted at each number of rows; more tell closer, and each costs a run of the guard."""


def shrink_guard(name: str, *, seed: int, as_json: bool) -> None:
    """Find and print how few rows would do for one guard; nothing is written."""
    with opened((name,), many=True) as project:
        if len(project.guards) != 1:
            several = ", ".join(guard.ref.name for guard in project.guards)
            raise UsageError(f"--shrink takes one guard, and {name!r} names {several}", slug="shrink-one")
        follow = tell if sys.stderr.isatty() else lambda text: None
        jobs = os.cpu_count() or 1
        found = shrink(project.runner, project.guards[0], changes=CHANGES, seed=seed, jobs=jobs, progress=follow)
    say_json(shrunk_as_data(found)) if as_json else say(draw_shrunk(found))
