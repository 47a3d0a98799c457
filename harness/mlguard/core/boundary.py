"""Boundaries: where an answer flips on the way from one row to another, and which flips round-off alone has moved."""

from __future__ import annotations

from collections.abc import Sequence

from mlguard.core.decision import Decision, Sides, elements
from mlguard.core.value import Value

BOUNDARY = "boundary"
"""The Observation of how far along each track the answer flips."""


def beside(track: str) -> tuple[str, str]:
    """The names of the rows before and behind the flip of a track."""
    return f"before {BOUNDARY} {track}", f"behind {BOUNDARY} {track}"


def tied_tracks(golden: Value, new: Value, label: str, sides: Sides, decisions: Sequence[Decision]) -> frozenset[str]:
    """The tracks on which the flip went from one end of a tied stretch to the other.

    Where scores stay at a tie for a while, all labels of that stretch may turn at once: then the flip that was behind
    the stretch is now before it, or the other way round. So the row on the one side is tied in the golden, and the row
    on the other side is tied now.

    `golden` and `new` are the places of the flips, with the tracks as names of their rows; `sides` are the answers to
    the rows beside them, and `decisions` what decides their `label`.
    """
    rows, now = {name: row for row, name in enumerate(sides.names)}, dict(zip(new.rows or (), new.data, strict=True))
    found = set()
    for track, share in zip(golden.rows or (), golden.data, strict=True):
        before, behind = (rows.get(name) for name in beside(track))
        if before is None or behind is None or now.get(track, share) == share:
            continue
        old, moved = (before, behind) if now[track] < share else (behind, before)
        same = _same_labels(label, sides, [before, behind])
        if same and any(_one_stretch(decision, sides, old, moved) for decision in decisions):
            found.add(track)
    return frozenset(found)


def _same_labels(label: str, sides: Sides, rows: Sequence[int]) -> bool:
    golden, new = elements(sides.golden[label]), elements(sides.new[label])
    return all(golden[row] == new[row] for row in rows)


def _one_stretch(decision: Decision, sides: Sides, old: int, new: int) -> bool:
    """Whether the same competitors are tied in a row of the golden and in another row now."""
    tied = decision.as_good(sides.golden, sides.limits)[old] & decision.as_good(sides.new, sides.limits)[new]
    return bool(tied.sum() > 1)
