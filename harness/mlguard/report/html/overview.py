"""How near every Observation is to its limit: one row each, on a scale of powers of ten."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from mlguard.core.finding import Finding
from mlguard.core.outcome import Outcome
from mlguard.core.record import Observation
from mlguard.core.tolerance import Tolerances
from mlguard.report.html.element import Child, element
from mlguard.report.html.marks import bar, keys, line, note, picture, point
from mlguard.report.html.scale import Scale, powers, shortly
from mlguard.report.html.shown import Shown
from mlguard.report.numbers import counted
from mlguard.report.sentence import in_words

ROWS = 14
"""Observations that are drawn; the others are counted."""

WIDTH, STEP, TOP = 540.0, 20.0, 24.0
"""Width of the picture, height of a row, and where the first one begins."""

START, END = 226.0, 512.0
"""Where the scale begins and ends."""

NAME = 32
"""Characters of a name that have room before the scale."""


@dataclass(frozen=True)
class Near:
    """How near one Observation came to its limit."""

    finding: Finding
    """What comparing it gave."""
    share: float | None
    """Its difference in units of its limit; None where elements must be equal, or the structure is another."""
    noise: float | None = None
    """The measured noise in the same unit; None where none was measured."""

    @property
    def moved(self) -> bool:
        """Whether it does not match."""
        return self.finding.outcome is not Outcome.MATCH


def nearest(shown: Shown) -> list[Near]:
    """The Observations that decide and are not the same bit for bit: those that moved first, then by what they used."""
    own = shown.golden.by_key() if shown.golden else {}
    found = [
        Near(f, _share(f), _noise(own.get((f.run, f.stage, f.observation)), shown.tolerances))
        for f in shown.verdict.findings
        if _is_compared(f) and (f.outcome is not Outcome.MATCH or not f.difference.exact)
    ]
    return sorted(found, key=lambda near: (not near.moved, 0.0 if near.moved else -(near.share or 0.0)))


def overview(shown: Shown) -> Element | None:
    """The picture; None where nothing was compared."""
    compared = [f for f in shown.verdict.findings if _is_compared(f)]
    found = nearest(shown)
    drawn, rest = found[:ROWS], len(found) - ROWS
    if not compared:
        return None
    title = "Differences, each in units of its limit"
    caption = _caption(len(compared) - len(found), rest)
    if not drawn:
        return element("figure", element("h4", title), element("figcaption", *caption), class_="picture overview")
    height = TOP + STEP * len(drawn) + 34
    x = powers([1.0, 10.0, *(n for near in drawn for n in (near.share, near.noise) if n)], START, END)
    marks: list[Child] = [*_scale(x, height - 34)]
    for place, near in enumerate(drawn):
        marks += _row(near, x, TOP + STEP * place)
    names = [("held", "difference"), ("moved", "beyond its limit"), ("limit", "limit"), ("noise", "measured noise")]
    there = {
        "limit",
        *("moved" if near.moved else "held" for near in drawn),
        *("noise" for near in drawn if near.noise),
    }
    known = [(name, told) for name, told in names if name in there]
    return picture("overview", title, marks, *keys(*known), *caption, height=height, width=WIDTH)


def _scale(x: Scale, bottom: float) -> Iterator[Child]:
    """What lies within the limit, the limit itself, and the numbers below."""
    at = x.place(1.0)
    yield bar(START, TOP - 6, at - START, bottom - TOP + 6, "within")
    for tick, told in zip(x.ticks(), shortly(x.ticks()), strict=True):
        place = x.place(tick)
        yield element("path", d=f"M{place:.1f} {TOP - 6:g}V{bottom:g}", class_="grid")
        yield element("text", told, x=place, y=bottom + 14, class_="tick middle")
    yield line([(at, TOP - 6), (at, bottom)], "limit")
    yield note("limit", at, TOP - 12, "middle")
    yield element("text", "difference / limit", x=(START + END) / 2, y=bottom + 30, class_="label middle")


def _row(near: Near, x: Scale, top: float) -> Iterator[Child]:
    """The name of an Observation, the noise measured for it, and how far it moved."""
    middle, label = top + STEP / 2, near.finding.label
    cut = label if len(label) <= NAME else f"{label[: NAME - 1]}…"
    yield element("text", cut, element("title", label), x=START - 8, y=middle + 4, class_="name end")
    told = in_words(near.finding.difference)
    if near.noise:
        yield bar(START, middle - 3, x.place(near.noise) - START, 6, "noise", f"measured noise: {near.noise:.2g} of it")
    if near.share:
        yield point((x.place(near.share), middle), "moved" if near.moved else "held", f"{label}: {told}", size=4.5)
    else:
        yield point((END, middle), "moved" if near.moved else "held", f"{label}: {told}", size=4.5)
        yield note(told if len(told) <= 44 else f"{told[:43]}…", END - 10, middle + 4, "end")


def _caption(equal: int, rest: int) -> Sequence[str]:
    same = [f" {counted(equal, 'observation')} {'is' if equal == 1 else 'are'} the same, bit for bit."] if equal else []
    return [*same, *([f" {rest} more moved less, or later."] if rest > 0 else [])]


def _is_compared(finding: Finding) -> bool:
    """Whether elements were held against each other: not for contracts, gates, and what one run lacks."""
    return finding.gates and bool(finding.difference.total or finding.difference.structure)


def _share(finding: Finding) -> float | None:
    moved = finding.difference
    if moved.structure or not moved.limit or not moved.max_abs or not math.isfinite(moved.max_abs):
        return None
    return moved.max_abs / moved.limit


def _noise(observation: Observation | None, tolerances: Tolerances) -> float | None:
    """The measured noise of the element of which it uses most of the limit, in units of that limit."""
    if observation is None or not observation.value.is_float:
        return None
    rule = tolerances.rule(observation)
    seen, limits = rule.noise_seen(observation.value), rule.limits(observation.value)
    if seen is None or not (limits > 0).any():
        return None
    return float((seen[limits > 0] / limits[limits > 0]).max()) or None
