"""Rows on the fixture `guard`: values of an ordinary test, beside the same check by hand and by other tools."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.speed.measured import Effort, Line, side_by_side
from benchmarks.speed.sessions import Net, Sessions, net

MLGUARD, HAND, TEXT, SYRUPY, REGRESSIONS = "mlguard", "by hand", "by hand, text", "syrupy", "pytest-regressions"

READABLE = 20_000
"""Elements up to which mlguard writes a golden as text."""


def check(folder: Path, effort: Effort) -> list[Line]:
    """Many small checks: 200 predictions, 5 metrics and shapes in each test."""
    found = _costs(Sessions(folder, 200, effort.of(301)), (MLGUARD, HAND, SYRUPY, REGRESSIONS), effort)
    return [
        _by_hand("check", "a check of 200 predictions", found, 2.0),
        _faster("check", found, SYRUPY, 1.5),
        _faster("check", found, REGRESSIONS, 10.0),
    ]


def large(folder: Path, effort: Effort) -> list[Line]:
    """A million float64, which mlguard keeps as an array; and the most that it keeps as text."""
    found = _costs(Sessions(folder, effort.of(10**6), 4), (MLGUARD, HAND, SYRUPY, REGRESSIONS), effort)
    text = _costs(Sessions(folder, effort.of(READABLE), 6), (MLGUARD, TEXT), effort)
    return [
        _by_hand("large", "1e6 float64, array, warm", found, 1.3),
        _by_hand("large", f"{READABLE} float64, text", text, 1.3, TEXT),
        _faster("large", found, SYRUPY, 20.0),
        _faster("large", found, REGRESSIONS, 20.0),
        Line("large", "1e6 float64, memory above the array", found[MLGUARD].peak, 130.0, unit="MiB"),
    ]


def failure(folder: Path, effort: Effort) -> list[Line]:
    """Tests in which every answer moved, at several sizes."""
    lines, said = [], 0
    for size in (200, 10**4, 10**6):
        found = _costs(Sessions(folder, effort.of(size), 6), (MLGUARD, HAND), effort, moved=True)
        lines.append(_by_hand("failure", f"a failing test of {size:.0e} values", found, 1.5))
        said = max(said, found[MLGUARD].said)
    return [*lines, Line("failure", "longest message", said / 1000, 4.0, unit="kB")]


def _costs(sessions: Sessions, tools: Sequence[str], effort: Effort, *, moved: bool = False) -> dict[str, Net]:
    """What a check of each tool came to, measured side by side."""
    for tool in tools:
        sessions.record(tool)
    full = {(tool, True): partial(sessions.told, tool, moved=moved) for tool in tools}
    empty = {(tool, False): partial(sessions.empty, tool) for tool in tools}
    found = side_by_side(full | empty, effort.rounds)
    return {tool: net(found[tool, True], found[tool, False]) for tool in tools}


def _by_hand(row: str, what: str, found: dict[str, Net], goal: float, hand: str = HAND) -> Line:
    return Line(row, f"{what} / {hand}", found[MLGUARD].each / found[hand].each, goal)


def _faster(row: str, found: dict[str, Net], peer: str, goal: float) -> Line:
    return Line(row, f"{peer} / mlguard", found[peer].each / found[MLGUARD].each, goal, least=True)
