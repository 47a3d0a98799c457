"""The order in which edits are suspected: what the run says of them, and what they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mlguard.core.error import MlguardError
from mlguard.runner.order import Done
from mlguard.tools.diff.part import Part
from mlguard.tools.diff.swap import Swap, run_on
from mlguard.tools.edits import Edit, EditKind
from mlguard.tools.trace import MovedFunction, first_moved
from mlguard.tracing.trace import Call, Trace

ENOUGH = 3
"""Edits up to which following calls costs more runs than trying the edits out."""

_FRAME = re.compile(r'^\s*File "[^"]+", line \d+, in (\S+)', re.MULTILINE)


def suspected(swap: Swap, part: Part, edits: Sequence[Edit], *, traceback: str | None, thorough: bool) -> list[Edit]:
    """The edits, the likeliest first.

    Where there are many, or with `thorough`, both sides are run once more with the project's functions followed;
    `traceback` is what the new side raised.
    """
    if traceback is not None:
        frames = [name.rpartition(".")[2] for name in reversed(_FRAME.findall(traceback))]
        return sorted(edits, key=lambda edit: (_position(edit.own_name, frames), _kind(edit)))
    if len(edits) <= ENOUGH and not thorough:
        return sorted(edits, key=_kind)
    traces = _followed(swap, part)
    moved = first_moved(*traces) if traces else None
    if traces is None or moved is None:
        return sorted(edits, key=_kind)
    rank = _Ranks(moved, traces)
    return sorted(edits, key=lambda edit: (rank.of(edit), _kind(edit)))


class _Ranks:
    """How near an edit is to the function that moved first."""

    def __init__(self, moved: MovedFunction, traces: tuple[Trace, Trace]) -> None:
        self.moved = {moved.name, moved.was}
        called = [call.function for trace in traces for call in trace.calls]
        self.inside = {name for trace in traces for name in _inside(trace.calls, self.moved)}
        self.position = {name: i for i, name in reversed(list(enumerate(called)))}

    def of(self, edit: Edit) -> tuple[int, int]:
        """That function itself, what it calls, what is no function, what was called, and what was not."""
        if self._is_one_of(edit, self.moved):
            return 0, 0
        if self._is_one_of(edit, self.inside):
            return 1, 0
        if edit.kind is not EditKind.FUNCTION:
            return 2, 0
        at = self.position.get(edit.name)
        return (4, 0) if at is None else (3, at)

    @staticmethod
    def _is_one_of(edit: Edit, names: set[str]) -> bool:
        """Whether one of these functions is what was edited, or a method of the class that was."""
        return edit.name in names or (
            edit.kind is EditKind.CLASS and any(name.startswith(f"{edit.name}.") for name in names)
        )


def _inside(calls: Sequence[Call], names: set[str]) -> set[str]:
    """The functions that were called while one of these was under way."""
    under: set[int] = set()
    found = set()
    for index, call in enumerate(calls):
        if call.function in names or call.parent in under:
            under.add(index)
            found.add(call.function)
    return found


def _followed(swap: Swap, part: Part) -> tuple[Trace, Trace] | None:
    try:
        one, other = (
            _traced(run_on(swap.runner, side, swap.guard, part, follow=True)) for side in (swap.before, swap.after)
        )
    except MlguardError:
        return None  # It ran a moment ago: what moved is known, and only the order is not.
    return one, other


def _traced(done: Done) -> Trace:
    return done.trace or Trace()


def _position(name: str, frames: Sequence[str]) -> int:
    return frames.index(name) if name in frames else len(frames)


def _kind(edit: Edit) -> int:
    """Code that both sides have, then settings and files, then what came or went."""
    if edit.kind in (EditKind.SETTING, EditKind.CELL, EditKind.FILE):
        return 1
    return 2 if edit.came or edit.went else 0
