"""Pictures of answers: the golden against now, how far each row moved, and both against the truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

import numpy as np

from mlguard.core.value import Value
from mlguard.report.html.answers import Answer, Array, floats
from mlguard.report.html.element import Child
from mlguard.report.html.marks import BOTTOM, LEFT, RIGHT, TOP, Point, axes, dots, keys, line, picture, point
from mlguard.report.html.scale import Scale, linear, powers
from mlguard.report.numbers import counted, pair

MOST = 300
"""Points of a picture at most, those that moved first."""

MARKED = 24
"""Points of those that moved that say which row they are: those that moved farthest."""

BINS = 10
"""Parts of 0 to 1 in which probabilities are held against the truth."""


def pictures(answer: Answer) -> Iterator[Element]:
    """The pictures of a column of numbers, where both runs gave numbers."""
    if answer.golden.is_numeric and answer.new.is_numeric and not answer.is_label:
        yield scatter(answer)
        if np.isfinite(answer.sizes).any() and (answer.sizes > 0).any():
            yield sizes(answer)


def scatter(answer: Answer) -> Element:
    """The golden's answers across, those of now upwards: what is equal lies on the line."""
    before, after = floats(answer.golden), floats(answer.new)
    finite = np.isfinite(before) & np.isfinite(after)
    both = np.concatenate([before[finite], after[finite]]).tolist()
    x, y = linear(both, LEFT, RIGHT), linear(both, BOTTOM, TOP)
    chosen, left_out = _chosen(answer, finite)
    diagonal = line([(x.place(x.low), y.place(x.low)), (x.place(x.high), y.place(x.high))], "equal")
    places = {i: (x.place(before[i]), y.place(after[i])) for i in chosen}
    marks = [*axes(x, y, "golden", "now"), diagonal, *_rows(answer, places)]
    shown = counted(int(answer.moved.sum()), "row") + " moved" if answer.moved.any() else "none moved"
    caption: list[Child] = [
        "complex numbers by their size" if answer.golden.data.dtype.kind == "c" else None,
        *keys(("held", "within its limit"), ("moved", f"beyond it ({shown})")),
        _left_out(left_out, finite),
    ]
    return picture("scatter", f"{answer.name}: golden and now", marks, *caption)


def sizes(answer: Answer) -> Element:
    """How far each answer moved, on a scale of powers of ten, with its limit and the noise that was measured."""
    before = floats(answer.golden)
    finite = np.isfinite(before) & np.isfinite(answer.sizes)
    chosen, left_out = _chosen(answer, finite & (answer.sizes > 0))
    drawn = [answer.sizes[chosen], *(_of(line_, finite) for line_ in (answer.limits, answer.noise))]
    x = linear(before[finite].tolist(), LEFT, RIGHT)
    y = powers(np.concatenate(drawn).tolist(), BOTTOM, TOP)
    places = {i: (x.place(before[i]), y.place(answer.sizes[i])) for i in chosen}
    marks = [
        *axes(x, y, "golden answer", "difference"),
        _along(x, y, before, answer.limits, finite, "limit"),
        _along(x, y, before, answer.noise, finite, "noise"),
        *_rows(answer, places),
    ]
    equal = int((answer.sizes == 0).sum())
    names = [("limit", "limit")] if answer.limits is not None else []
    names += [("noise", "measured noise")] if answer.noise is not None else []
    said = f" {counted(equal, 'row')} did not move at all." if equal else ""
    return picture("sizes", f"{answer.name}: how far it moved", marks, *keys(*names), said, _left_out(left_out, finite))


def calibration(answer: Answer, truth: Value, target: str) -> Element | None:
    """Probabilities against how often the truth was 1, in tenths; None where either is of another kind."""
    real = floats(truth) if truth.is_numeric or truth.data.dtype.kind == "b" else np.zeros(0)
    before, after = floats(answer.golden), floats(answer.new)
    known = np.isfinite(real) & np.isfinite(before) & np.isfinite(after) if real.size else np.zeros(0, dtype=bool)
    if (
        not known.any()
        or set(real[known]) != {0.0, 1.0}
        or not _are_shares(before[known])
        or not _are_shares(after[known])
    ):
        return None
    x, y = Scale(0.0, 1.0, LEFT, RIGHT), Scale(0.0, 1.0, BOTTOM, TOP)
    marks: list[Element | None] = [*axes(x, y, f"mean {answer.column}", f"share of {target} = 1")]
    marks.append(line([(x.start, y.start), (x.end, y.end)], "equal"))
    for given, name, size in ((before, "golden", 4.5), (after, "now", 3.0)):
        bins = list(_bins(given[known], real[known]))
        marks.append(line([(x.place(mean), y.place(share)) for mean, share, _ in bins], name))
        hints = [f"{name}: {counted(number, 'row')}, mean {mean:.3g}, {share:.0%}" for mean, share, number in bins]
        marks += [
            point((x.place(mean), y.place(share)), name, hint, size=size)
            for (mean, share, _), hint in zip(bins, hints, strict=True)
        ]
    caption = keys(("golden", "golden"), ("now", "now"))
    return picture("calibration", f"{answer.name}: calibration", marks, *caption, " Well calibrated lies on the line.")


def residuals(answer: Answer, truth: Value, target: str) -> Element | None:
    """Answer minus truth, for the golden and now; None where either is no number."""
    if not (truth.is_numeric and answer.golden.is_numeric and answer.new.is_numeric):
        return None
    real, before, after = floats(truth), floats(answer.golden), floats(answer.new)
    known = np.isfinite(real) & np.isfinite(before) & np.isfinite(after)
    if not known.any():
        return None
    chosen, left_out = _chosen(answer, known)
    x = linear(real[known].tolist(), LEFT, RIGHT)
    y = linear([0.0, *(before - real)[known].tolist(), *(after - real)[known].tolist()], BOTTOM, TOP)
    old, new = ([(x.place(real[i]), y.place(given[i] - real[i])) for i in chosen] for given in (before, after))
    marks = [
        *axes(x, y, target, f"{answer.column} - {target}"),
        line([(x.start, y.place(0.0)), (x.end, y.place(0.0))], "equal"),
        dots(old, "golden"),
        dots(new, "now"),
    ]
    caption: list[Child] = [*keys(("golden", "golden"), ("now", "now")), _left_out(left_out, known)]
    return picture("residuals", f"{answer.name}: residuals", marks, *caption)


def _along(x: Scale, y: Scale, before: Array, sizes: Array | None, finite: Array, name: str) -> Element | None:
    """A limit, or noise, over all golden answers from the smallest to the largest."""
    if sizes is None or not (sizes[finite] > 0).any():
        return None
    order = sorted(np.flatnonzero(finite).tolist(), key=lambda i: float(before[i]))
    step = max(1, len(order) // 60)
    picked = [*order[::step], order[-1]]
    places: list[Point] = [(x.place(before[i]), y.place(sizes[i])) for i in picked]
    return line([(x.start, places[0][1]), *places, (x.end, places[-1][1])], name)


def _rows(answer: Answer, places: Mapping[int, Point]) -> Iterator[Element | None]:
    """The rows in their places: those within their limits, those beyond, and the farthest of these by name."""
    moved = sorted((i for i in places if answer.moved[i]), key=lambda i: -answer.times(i))
    yield dots([place for i, place in places.items() if not answer.moved[i]], "held")
    yield dots([places[i] for i in moved[MARKED:]], "moved")
    yield from (point(places[i], "moved", _row(answer, i)) for i in moved[:MARKED])


def _chosen(answer: Answer, possible: Array) -> tuple[list[int], int]:
    """Which elements are drawn, those that moved first and the others evenly; and how many are not."""
    moved = np.flatnonzero(possible & answer.moved)[:MOST]
    others = np.flatnonzero(possible & ~answer.moved)
    room = MOST - len(moved)
    if len(others) > room:
        others = others[np.linspace(0, len(others) - 1, room).astype(int)] if room else others[:0]
    chosen = sorted([*moved.tolist(), *others.tolist()])
    return chosen, int(possible.sum()) - len(chosen)


def _of(sizes: Array | None, finite: Array) -> Array:
    return np.zeros(0) if sizes is None else np.asarray(sizes[finite])


def _left_out(number: int, finite: Array) -> str:
    """What a picture does not show."""
    odd = len(finite) - int(finite.sum())
    told_ = f" {number} more rows are not drawn." if number else ""
    return told_ + (f" {counted(odd, 'row')} without a finite number." if odd else "")


def _row(answer: Answer, i: int) -> str:
    return f"row {answer.golden.row_name(i)}: {pair(answer.golden.element(i), answer.new.element(i))}"


def _are_shares(given: Array) -> bool:
    return bool(((given >= 0) & (given <= 1)).all())


def _bins(given: Array, real: Array) -> Iterator[tuple[float, float, int]]:
    """Mean answer, share of the truth and number of rows, for each part of 0 to 1 that has rows."""
    parts = np.minimum((given * BINS).astype(int), BINS - 1)
    for part in np.unique(parts):
        inside = parts == part
        yield float(given[inside].mean()), float(real[inside].mean()), int(inside.sum())
