"""One metric as a small picture: where it stands now, beside the golden and in units of its limit."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from mlguard.core.run_name import MAIN
from mlguard.report.html.element import Child, element
from mlguard.report.html.marks import bar, keys, line, point
from mlguard.report.html.shown import Shown
from mlguard.report.numbers import apart, shown
from mlguard.report.review import Metric

WIDTH, HEIGHT = 132.0, 18.0
"""Size of the picture."""

MIDDLE, BAND, EDGE = WIDTH / 2, 18.0, 57.0
"""Where the golden stands, and how far from it its limit and a million of these. Within the limit the scale is linear,
beyond it one of powers of ten, so that a small move and a huge one can both be seen."""

POWERS = 6
"""Powers of ten between the limit and the edge; what moved farther is an arrow at the edge."""


def limit_of(metric: Metric, given: Shown) -> float | None:
    """How far a metric may move: 0 where it may not, None where nobody knows."""
    observation = given.golden.by_key().get((MAIN, "evaluate", metric.name)) if given.golden else None
    if observation is None:
        return None
    return float(given.tolerances.rule(observation).limits(observation.value)[0]) if observation.value.is_float else 0.0


def small_picture(metric: Metric, limit: float | None) -> Element:
    """The golden's value as a line, its limit as a band, and the value of now as a point or, far outside, an arrow."""
    times = _times(metric, limit)
    marks = [*_scale(limit), *_values(metric, times)]
    told = element("title", f"{metric.name}: {_words(metric, times, limit)}")
    return element("svg", told, marks, viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}", role="img", class_="metric")


def legend() -> list[Child]:
    """What the marks mean."""
    marks = keys(("golden upright", "golden"), ("within", "its limit"), ("held", "now"), ("moved", "now, beyond it"))
    return [*marks, "Each mark outside of the limit is ten times as far."]


def _scale(limit: float | None) -> Iterator[Child]:
    middle, length = HEIGHT / 2, EDGE - BAND
    ends = f"M{MIDDLE - BAND:g} {middle:g}h{-length:g}M{MIDDLE + BAND:g} {middle:g}h{length:g}"
    yield element("path", d=ends, class_="powers")  # The style sheet has a dash for each power of ten.
    if limit:
        yield bar(MIDDLE - BAND, 2, 2 * BAND, HEIGHT - 4, "within")


def _values(metric: Metric, times: float) -> Iterator[Child]:
    if metric.golden is not None:
        yield line([(MIDDLE, 1), (MIDDLE, HEIGHT - 1)], "golden")
    if metric.new is None or math.isnan(times):
        return
    class_, side, far = "moved" if metric.moved else "held", math.copysign(1, times), abs(times)
    if far > 10**POWERS:
        tip = MIDDLE + side * (EDGE + 8)
        yield element("path", d=f"M{tip:g} {HEIGHT / 2:g}l{-9 * side:g} -5v10z", class_=f"mark {class_}")
    else:
        beyond = BAND + (EDGE - BAND) * math.log10(far) / POWERS if far > 1 else BAND * far
        yield point((MIDDLE + side * beyond, HEIGHT / 2), class_, size=4)


def _times(metric: Metric, limit: float | None) -> float:
    """How many limits above the golden it stands, or below; infinite where none may move, NaN where it is no number."""
    if metric.golden is None or metric.new is None or _is_same(metric):
        return 0.0
    far = _difference(metric.golden, metric.new)
    return far / limit if limit else math.nan if math.isnan(far) else math.copysign(math.inf, far)


def _difference(golden: Any, new: Any) -> float:
    """Now minus golden; of complex numbers its size, and NaN where there is none."""
    try:
        return abs(new - golden) if isinstance(new - golden, complex) else float(new - golden)
    except OverflowError:
        return math.inf if new > golden else -math.inf


def _is_same(metric: Metric) -> bool:
    return metric.golden == metric.new or (metric.golden != metric.golden and metric.new != metric.new)


def _words(metric: Metric, times: float, limit: float | None) -> str:
    """The picture for those who cannot see it."""
    if metric.golden is None or metric.new is None:
        return f"{shown(metric.new)}, new" if metric.golden is None else f"{shown(metric.golden)}, gone"
    if _is_same(metric):
        return f"{shown(metric.new)}, as in the golden"
    before, now, _ = apart(metric.golden, metric.new)
    return f"golden {before}, now {now}, {_far(abs(times), limit)}"


def _far(times: float, limit: float | None) -> str:
    if not math.isfinite(times):
        return "none may move" if limit == 0 else "beyond any limit"
    return f"{times:.2g} of its limit" if times <= 1 else f"{times:.3g} times its limit"
