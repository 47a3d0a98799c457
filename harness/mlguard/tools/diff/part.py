"""The part of a guard that shows a move: as little of it as is sure to, since it is run several times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlguard.core.boundary import BOUNDARY
from mlguard.core.finding import Finding
from mlguard.core.question import BESIDE
from mlguard.core.record import CONTRACT, CONTRACT_VALUE, PROBE
from mlguard.core.run_name import MAIN
from mlguard.runner.order import Extent

FEW = 3
"""Rows of probes that are followed."""

_ASKED = (PROBE, CONTRACT, CONTRACT_VALUE)
"""Roles of what the main run is asked after its stages."""


@dataclass(frozen=True)
class Part:
    """What of a guard to run again."""

    extent: Extent
    """How much to run."""
    runs: frozenset[str] = frozenset()
    """The other runs to make."""
    followed: frozenset[str] = frozenset({MAIN})
    """The runs in which the project's functions are followed, where they are."""

    @classmethod
    def of(cls, moves: Sequence[Finding]) -> Part:
        """What shows the first of these moves, which stand in the order of explanation."""
        first = moves[0].run
        if first != MAIN:
            return cls(Extent.CHOSEN, frozenset({first}), frozenset({first}))
        # Where answers flip is walked to by predictions of their own, though it decides like an answer.
        of_main = [move for move in moves if move.run == MAIN and move.observation != BOUNDARY]
        if any(move.role not in _ASKED and move.stage != "features" for move in of_main):
            return cls(Extent.MAIN)
        return cls(Extent.QUICK, followed=frozenset({MAIN, *_asking(of_main)}))

    @property
    def told(self) -> str:
        """What was run, in words."""
        other = ", ".join(sorted(self.runs))
        return {
            Extent.MAIN: "the main run",
            Extent.QUICK: "the main run with its probes and contracts",
            Extent.CHOSEN: f"the run {other}",
            Extent.FULL: "every run",
        }[self.extent]


ALONE = Part(Extent.MAIN)
"""The main run."""


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
