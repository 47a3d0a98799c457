"""The place of a move: the first moved function, with the edit that touched it and the values before and after."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlguard.core.boundary import BOUNDARY
from mlguard.core.error import MlguardError
from mlguard.core.finding import Finding
from mlguard.core.outcome import Outcome
from mlguard.core.question import BESIDE
from mlguard.core.record import CONTRACT, CONTRACT_VALUE, PROBE
from mlguard.core.run_name import MAIN
from mlguard.core.verdict import Verdict
from mlguard.discovery import Declared
from mlguard.report.differential import Place
from mlguard.report.numbers import shown
from mlguard.runner.order import Done, Extent
from mlguard.runner.repository import Repository
from mlguard.runner.run import Runner
from mlguard.runner.sides import Side
from mlguard.tools.trace import MovedFunction, first_moved, hunks, touching

LONGEST_HUNK = 24
"""Lines of an edit that are shown."""

FEW = 3
"""Rows of probes that are followed first."""

_ASKED = (PROBE, CONTRACT, CONTRACT_VALUE)
"""Roles of what the main run is asked after its stages."""


@dataclass(frozen=True)
class Following:
    """What of a guard to run again, with the project's functions followed."""

    extent: Extent
    """How much to run."""
    runs: frozenset[str]
    """The runs to follow."""

    @classmethod
    def of(cls, verdict: Verdict) -> Iterator[Following]:
        """What shows what moved, cheapest first: following takes several times as long as running."""
        if verdict.first_run != MAIN:
            runs = frozenset({verdict.first_run})
            yield cls(Extent.FOLLOWED, runs)
            yield cls(Extent.FULL, runs)
            return
        # Where answers flip is walked to by predictions of their own, though it decides like an answer.
        moves = [move for move in verdict.moves() if move.run == MAIN and move.observation != BOUNDARY]
        if any(move.role not in _ASKED for move in moves):
            yield cls(Extent.MAIN, frozenset({MAIN}))
            return
        yield cls(Extent.QUICK, frozenset({MAIN, *_asking(moves)}))
        yield cls(Extent.QUICK, frozenset({MAIN, "probes", "contracts"}))


def _asking(moves: Sequence[Finding]) -> list[str]:
    """A few rows that moved, else the first contract, as a run is told to follow them.

    A contract asks for many answers, a row of a probe for one; what a bundle forgets is saved by the main run.
    """
    rows = [
        f"probes {move.difference.rows[0].removeprefix(BESIDE)}"
        for move in moves
        if move.role == PROBE and move.difference.rows
    ]
    return rows[:FEW] or [f"contracts {move.observation}" for move in moves[:1]]


class Finder:
    """Finds the first moved function of guards that moved."""

    def __init__(self, runners: Mapping[str, Runner], repository: Repository, before: Side, after: Side) -> None:
        """`runners` by the name of their side."""
        self.runners, self.repository, self.before, self.after = runners, repository, before, after

    def find(self, guard: Declared, verdict: Verdict) -> Place | None:
        """Run the guard again on both sides, followed; None where nothing moved, or no function explains it."""
        if verdict.outcome in (Outcome.MATCH, Outcome.ERROR) or not verdict.moves():
            return None
        for following in Following.of(verdict):
            try:
                before, after = (self._run(guard, side, following).trace for side in (self.before, self.after))
            except MlguardError:
                return None  # It ran a moment ago: what moved is known, and only the place is not.
            moved = first_moved(before, after) if before and after else None
            if moved:
                return self._place(moved)
        return None

    def _run(self, guard: Declared, side: Side, following: Following) -> Done:
        return self.runners[side.name].run(
            side.guard(guard), extent=following.extent, bundle=False, trace=following.runs
        )

    def _place(self, moved: MovedFunction) -> Place:
        hunk = self._hunk(moved)
        untouched = "" if hunk else "; no edit touches its lines, so something that it reads was edited"
        return Place(
            function=moved.name,
            file=_shown(self.after, moved.file),
            line=moved.line,
            how=f"{moved.how}{untouched}",
            values=tuple(_values(moved)),
            hunk=hunk,
        )

    def _hunk(self, moved: MovedFunction) -> str:
        """The part of the difference between the function's two files that touches it on either side."""
        before, after = _file(self.before, moved.was.file), _file(self.after, moved.file)
        found = list(hunks(self.repository.difference(before, after)))
        now, was = range(moved.line, moved.end + 1), range(moved.was.line, moved.was.end + 1)
        touched = [h for h in found if touching([h], h.after_file or "", now)]
        touched = touched or [h for h in found if touching([h], h.before_file or "", was, side="before")]
        lines = [line for h in touched for line in (_head(h.before, h.after), *h.lines)]
        rest = len(lines) - LONGEST_HUNK
        return "\n".join([*lines[:LONGEST_HUNK], *([f"… and {rest} more lines"] if rest > 0 else [])])


def _values(moved: MovedFunction) -> Iterator[str]:
    """The part that moved most, with both of its values."""
    if moved.before is None and moved.after is None:
        return
    where = ", ".join(filter(None, [moved.part, f"row {moved.row}" if moved.row else ""]))
    yield (
        f"{where}: {shown(moved.before)} -> {shown(moved.after)}"
        if where
        else (f"{shown(moved.before)} -> {shown(moved.after)}")
    )


def _head(before: range, after: range) -> str:
    """A hunk's head as git writes it."""
    return f"@@ -{_span(before)} +{_span(after)} @@"


def _span(lines: range) -> str:
    if len(lines) == 1:
        return str(lines.start)
    return f"{lines.start if lines else lines.start - 1},{len(lines)}"


def _file(side: Side, file: str) -> Path:
    return side.settings.base / file


def _shown(side: Side, file: str) -> str:
    """A function's file, relative to the project's root; what lies beside it in its repository has dots in front."""
    path = Path(file)
    if side.copy is not None and path.is_relative_to(side.copy.place):
        path = side.copy.original / path.relative_to(side.copy.place)
    return file if not path.is_absolute() else Path(os.path.relpath(path, side.root)).as_posix()
