"""What is read as a table: metrics with their limits, and the rows whose answers moved."""

from __future__ import annotations

import math
from collections.abc import Sequence
from xml.etree.ElementTree import Element

import numpy as np

from mlguard.core.outcome import Outcome
from mlguard.report.html.answers import Answer, moved_rows
from mlguard.report.html.element import element
from mlguard.report.html.metric import legend, limit_of, small_picture
from mlguard.report.html.shown import Shown
from mlguard.report.numbers import apart, counted, shown
from mlguard.report.review import Metric, metrics

ROWS, COLUMNS = 12, 8
"""Rows and columns of the grid of moved rows at most."""

METRICS = 30
"""Metrics of the table at most."""


def metric_table(given: Shown) -> Element | None:
    """Each metric of the main run: in the golden, now, their difference and its limit; those that moved first."""
    record = given.record or given.golden
    if record is None:
        return None
    found = metrics(given.golden, record, given.verdict.findings, given.requirements)
    if not found:
        return None
    head = element("tr", [element("th", name) for name in ("metric", "golden", "now", "difference", "limit")])
    rows = [_metric(one, given) for one in found[:METRICS]]
    more = f" And {len(found) - METRICS} more." if len(found) > METRICS else None
    table = element(
        "table", element("caption", legend(), more), element("thead", head), element("tbody", rows), class_="metrics"
    )
    return element("div", table, class_="table")


def _metric(metric: Metric, given: Shown) -> Element:
    before, now, difference = _numbers(metric)
    told, limit = {True: "better", False: "worse", None: ""}[metric.better], limit_of(metric, given)
    arrow = {"+": "▲", "-": "▼"}.get(difference[:1], "") if metric.moved else ""
    missed = [f for f in given.verdict.moves() if f.stage == "evaluate" and f.outcome is Outcome.VIOLATED]
    is_missed = any(f.observation == metric.name for f in missed)
    required = [f"{r.comparison} {r.bound:g}" for r in given.requirements if r.metric == metric.name]
    gate = (
        element("small", f" required {' and '.join(required)}", class_="missed" if is_missed else "")
        if required
        else None
    )
    return element(
        "tr",
        element("th", metric.name, gate),
        element("td", before),
        element("td", now),
        element("td", element("span", arrow, class_="arrow"), difference, element("em", f" {told}") if told else None),
        element("td", _limit(limit), small_picture(metric, limit)),
        class_=f"metric {'moved' if metric.moved or is_missed else 'held'} {told}".strip(),
    )


def _numbers(metric: Metric) -> tuple[str, str, str]:
    """What stands under golden, now and difference; where only the last digits moved, they tell nobody anything."""
    before, now = ("" if one is None else shown(one) for one in (metric.golden, metric.new))
    if metric.golden is None or metric.new is None:
        return before, now, "new" if metric.golden is None else "gone"
    if metric.golden == metric.new:
        return before, now, "0"
    parts = apart(metric.golden, metric.new)
    return parts if metric.moved else (before, now, parts[2])


def _limit(limit: float | None) -> str:
    """How far a metric may move."""
    if limit is None or not math.isfinite(limit):
        return ""
    return f"±{limit:.2g}" if limit else "none may move"


def moved_grid(found: Sequence[Answer]) -> Element | None:
    """The rows whose answers moved, with what each answer was and is; None where none moved."""
    rows, columns = moved_rows(found), list(found)[:COLUMNS]
    if not rows:
        return None
    total = max(len({answer.golden.row_name(i) for i in range(answer.golden.size)}) for answer in columns)
    places = [{answer.golden.row_name(i): i for i in range(answer.golden.size)} for answer in columns]
    head = element("tr", element("th", "row"), [element("th", answer.name) for answer in columns])
    body = [
        element("tr", element("th", row), [_cell(a, at.get(row)) for a, at in zip(columns, places, strict=True)])
        for row in rows[:ROWS]
    ]
    more = [f"{counted(len(rows) - ROWS, 'more row')} moved."] if len(rows) > ROWS else []
    more += [f"{counted(len(found) - COLUMNS, 'more column')} not shown."] if len(found) > COLUMNS else []
    caption = element("caption", " ".join(more)) if more else None
    table = element("table", caption, element("thead", head), element("tbody", body), class_="grid")
    return element("figure", element("h4", f"Rows that moved: {len(rows)} of {total}"), table, class_="picture rows")


def _cell(answer: Answer, place: int | None) -> Element:
    if place is None:
        return element("td", "")
    before, now, difference = apart(answer.golden.element(place), answer.new.element(place))
    if not answer.moved[place]:
        return element("td", shown(answer.golden.element(place)), class_="held")
    arrow = element("span", {"+": "▲ ", "-": "▼ "}.get(difference[:1], "→ "), class_="arrow")
    return element(
        "td", arrow, f"{before} → {now}", class_=f"moved step{_step(answer, place)}", title=difference or None
    )


def _step(answer: Answer, place: int) -> int:
    """From 1 to 3: how far it moved beside the others of its column; 3 for what has no size."""
    sizes = answer.sizes[np.isfinite(answer.sizes)]
    share = answer.sizes[place] / sizes.max() if sizes.size and sizes.max() > 0 else 1.0
    return 1 + int(share > 0.1) + int(share > 0.5)
