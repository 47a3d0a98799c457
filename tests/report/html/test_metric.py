"""The small picture of a metric: a match, a small move and a huge one can be told apart, by eye and by ear."""

from __future__ import annotations

import math
from xml.etree.ElementTree import Element

import pytest

from mlguard.report.html.metric import BAND, EDGE, MIDDLE, POWERS, WIDTH, limit_of, small_picture
from mlguard.report.html.tables import metric_table
from mlguard.report.review import Metric
from tests.report.html.made import AUC, GOLDEN, MATCH, found, moved, shown, text


def drawn(golden: object, new: object, limit: float | None = 0.01, *, has_moved: bool = False) -> Element:
    return small_picture(Metric("auc", golden, new, has_moved, better=None), limit)


def place(picture: Element) -> float:
    """How far from the golden the point of now is."""
    (point,) = found(picture, "circle", "mark")
    return float(point.attrib["cx"]) - MIDDLE


def test_within_the_limit_a_point_lies_on_the_band() -> None:
    picture = drawn(0.9, 0.905)
    (band,) = found(picture, "rect", "within")
    assert (float(band.attrib["x"]), float(band.attrib["width"])) == (MIDDLE - BAND, 2 * BAND)
    assert place(picture) == pytest.approx(BAND / 2)
    assert len(found(picture, "circle", "held")) == 1
    assert place(drawn(0.9, 0.9)) == 0


def test_each_mark_outside_of_it_is_ten_times_as_far() -> None:
    step = (EDGE - BAND) / POWERS
    assert place(drawn(0.9, 0.93, has_moved=True)) == pytest.approx(BAND + step * math.log10(3), abs=0.06)
    assert place(drawn(0.9, 0.8, has_moved=True)) == pytest.approx(-BAND - step, abs=0.06)
    assert BAND < place(drawn(0.9, 0.911, has_moved=True)) < place(drawn(0.0, 9999.0, has_moved=True)) <= EDGE


@pytest.mark.parametrize(
    ("golden", "new", "limit"),
    [(0.9, 0.5, 1e-9), (40, 41, 0.0), (0.5, math.inf, 0.01), (0, 10**400, 0.0), (-1e308, 1e308, 1e-300)],
    ids=["far", "exact", "infinite", "no float", "infinitely far"],
)
def test_a_huge_move_is_an_arrow_to_its_side(golden: float, new: float, limit: float) -> None:
    picture = drawn(golden, new, limit, has_moved=True)
    assert found(picture, "circle") == []
    (arrow,) = found(picture, "path", "moved")
    tip = float(arrow.attrib["d"].removeprefix("M").split()[0])
    assert (MIDDLE + EDGE < tip < WIDTH) if new > golden else (0 < tip < MIDDLE - EDGE)


def test_what_is_no_number_new_or_gone_has_no_place_beside_the_golden() -> None:
    assert found(drawn(0.5, math.nan, has_moved=True), "circle") == []
    assert found(drawn(0.5, None, has_moved=True), "circle") == []
    assert found(drawn(None, 0.5, None, has_moved=True), "path", "golden") == []
    assert place(drawn(math.nan, math.nan)) == 0
    assert found(drawn(40, 40, 0.0), "rect") == []


@pytest.mark.parametrize(
    ("golden", "new", "limit", "told"),
    [
        (0.9, 0.9, 0.01, "auc: 0.9, as in the golden"),
        (0.9, 0.905, 0.01, "auc: golden 0.9, now 0.905, 0.5 of its limit"),
        (0.9, 0.64, 0.01, "auc: golden 0.9, now 0.64, 26 times its limit"),
        (40, 41, 0.0, "auc: golden 40, now 41, none may move"),
        (0.9, math.nan, 0.01, "auc: golden 0.9, now NaN, beyond any limit"),
        (1 + 0j, 1j, 0.01, "auc: golden (1+0j), now 1j, 141 times its limit"),
        (None, 0.9, None, "auc: 0.9, new"),
        (0.9, None, 0.01, "auc: 0.9, gone"),
    ],
)
def test_it_is_told_to_those_who_cannot_see_it(golden: object, new: object, limit: float, told: str) -> None:
    picture = drawn(golden, new, limit)
    assert (picture.attrib["role"], text(found(picture, "title")[0])) == ("img", told)


def test_each_metric_of_the_table_has_one_in_units_of_its_own_limit() -> None:
    table = metric_table(shown(GOLDEN, moved(auc=AUC + 7e-9)))
    pictures = found(table, "svg", "metric")
    assert [text(found(one, "title")[0]).partition(":")[0] for one in pictures] == ["auc", "loss"]
    limit = limit_of(Metric("auc", AUC, AUC, moved=False, better=None), MATCH)
    assert limit
    assert place(pictures[0]) == pytest.approx(BAND * 7e-9 / limit, abs=0.06)
