"""What a golden holds only loosely or not at all, and how its noise was measured, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mlguard.core.loose import Loose
from mlguard.report.numbers import few

SHOWN = 5
"""Loosely guarded answers, and keys without effect, that are named."""


def say_loosely(found: Sequence[Loose]) -> Iterator[str]:
    """One line for each answer that may move far without being noticed: how far, why, and the cure."""
    for one in found[:SHOWN]:
        held = "; `loose` lets its owner allow more" if one.held else ""
        yield (
            f"only loosely guarded: {_limit(one)} unnoticed, since round-off alone moves it by {one.noise:.2g} of its "
            f"spread{held}; a solver that converges (more iterations, scaled features) would hold it better"
        )
    if len(found) > SHOWN:
        yield f"only loosely guarded: {len(found) - SHOWN} more, which `mlguard list --json` names"


def loosely_in_short(found: Sequence[Loose]) -> str:
    """The same in half a line: the loosest ones first, each with its limit."""
    loosest = sorted(found, key=lambda one: -one.share)
    return f"loosely guarded: {few([*map(_limit, loosest)], SHOWN)}"


def without_effect_in_short(keys: Sequence[str]) -> str:
    """The configuration keys of which nothing is known, half a line."""
    return f"without effect on its data: {few(keys, SHOWN)}"


def say_measured(inert: Sequence[str], machines: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """What could not be emulated: `inert` are knobs that took effect nowhere, and each machine has its own."""
    if inert:
        yield (
            f"no other machine can be emulated by {' or '.join(inert)} here: round-off of the input, one unit in the "
            "last place, stands for it"
        )
    for machine in machines:
        without = machine["without_effect"]
        if isinstance(without, list) and without:
            yield f"on {machine['name']}, without effect here: {', '.join(map(str, without))}"


def _limit(one: Loose) -> str:
    return f"{one.name} may move by ±{one.limit:.2g}"
