"""Labels counted against each other: the golden's against those of now, or the truth against both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from mlguard.core.value import Value
from mlguard.report.html.answers import LABELS, Answer, in_order, told
from mlguard.report.html.element import element

Counts = Mapping[tuple[str, str], int]
"""How often each pair of labels occurs: that of the row, and that of the column."""


def against_golden(answer: Answer) -> Element:
    """How often each label of the golden became which: what did not move stands on the diagonal."""
    counts = Counter(zip(told(answer.golden), told(answer.new), strict=True))
    labels = answer.labels
    cells = {(row, column): _became(counts, row, column) for row, column in _pairs(labels)}
    return _table(f"{answer.name}: golden and now", "golden", "now", labels, cells)


def against_truth(answer: Answer, truth: Value, target: str) -> Element | None:
    """How often each label was answered where the target has which; None where the two share no label, or have many."""
    real, before, after = told(truth), told(answer.golden), told(answer.new)
    labels = in_order({*real, *before, *after})
    if len(labels) > LABELS or not {*real} & {*before, *after}:
        return None
    old, new = Counter(zip(real, before, strict=True)), Counter(zip(real, after, strict=True))
    cells = {pair: _change(old[pair], new[pair], new) for pair in _pairs(labels)}
    return _table(f"{answer.name}: by {target}", target, answer.column, labels, cells)


def _pairs(labels: Sequence[str]) -> list[tuple[str, str]]:
    return [(row, column) for row in labels for column in labels]


def _became(counts: Counts, row: str, column: str) -> Element:
    count = counts.get((row, column), 0)
    return _cell(str(count or "·"), _shade(count, counts), moved=row != column and count > 0)


def _change(before: int, after: int, counts: Counts) -> Element:
    text = str(after or "·") if before == after else f"{before} → {after}"
    return _cell(text, _shade(after, counts), moved=before != after)


def _cell(text: str, shade: int, *, moved: bool = False) -> Element:
    return element("td", text, class_=f"count shade{shade}{' moved' if moved else ''}")


def _shade(count: int, counts: Counts) -> int:
    """From 0 for none to 4 for the largest."""
    return -(-4 * count // max([*counts.values(), 1])) if count else 0


def _table(
    title: str, down: str, across: str, labels: Sequence[str], cells: Mapping[tuple[str, str], Element]
) -> Element:
    head = element(
        "tr", element("th", f"{down} ↓ {across} →", class_="corner"), [element("th", label) for label in labels]
    )
    rows = [element("tr", element("th", row), [cells[row, column] for column in labels]) for row in labels]
    return element(
        "figure", element("h4", title), element("table", head, rows, class_="counts"), class_="picture confusion"
    )
