"""Each picture shows what it is given: as many marks as rows, in their places."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree.ElementTree import Element

import numpy as np

from mlguard.core.value import numbers, texts
from mlguard.report.html.answers import Answer, answers, truth
from mlguard.report.html.charts import MARKED, MOST, calibration, pictures, residuals, scatter, sizes
from mlguard.report.html.marks import BOTTOM, LEFT, RIGHT, TOP
from tests.core.records import seen
from tests.report.html.made import GOLDEN, MATCH, NUMBER, SHIFTED, P, column, found, moved, shown, text


def first(given: object = SHIFTED) -> Answer:
    return answers(given)[0]  # type: ignore[arg-type]


def places(root: Element, class_: str) -> list[tuple[float, float]]:
    """Where the dots of a class stand."""
    drawn = "".join(one.attrib["d"] for one in found(root, "path", class_))
    return [(float(x), float(y)) for x, y in re.findall(r"M([\d.-]+) ([\d.-]+)h0", drawn)]


def marked(root: Element, class_: str) -> list[tuple[float, float]]:
    return [(float(one.attrib["cx"]), float(one.attrib["cy"])) for one in found(root, "circle", class_)]


def test_equal_answers_lie_on_the_line_and_moved_ones_off_it() -> None:
    drawn = scatter(first())
    held, off = places(drawn, "held"), marked(drawn, "moved")
    assert (len(held), len(off)) == (NUMBER - 3, 3)
    (diagonal,) = found(drawn, "path", "equal")
    x0, y0, x1, y1 = map(float, re.findall(r"[\d.]+", diagonal.attrib["d"]))

    def above(place: tuple[float, float]) -> float:
        return y0 + (place[0] - x0) * (y1 - y0) / (x1 - x0) - place[1]

    assert all(abs(above(place)) < 0.2 for place in held)
    assert all(above(place) > 1 for place in off)
    assert "3 rows moved" in text(drawn)
    assert "row 0: 0.05 -> 0.07 (+0.02)" in text(drawn)


def test_complex_answers_are_said_to_be_drawn_by_their_size() -> None:
    drawn = scatter(first(shown([column("z", [3 + 4j, 1.0])], [column("z", [3 + 4j, 2j])])))
    assert "complex numbers by their size" in text(drawn)
    assert "complex" not in text(scatter(first()))


def test_differences_stand_above_their_limit_where_they_moved() -> None:
    drawn = sizes(first())
    (limit,), (noise,) = found(drawn, "path", "limit"), found(drawn, "path", "noise")
    levels = [min(map(float, re.findall(r" ([\d.]+)", line.attrib["d"]))) for line in (limit, noise)]
    assert levels[0] < levels[1]  # Larger is higher up.
    assert all(y < levels[0] for _, y in marked(drawn, "moved"))
    assert len(marked(drawn, "moved")) == 3
    assert f"{NUMBER - 3} rows did not move at all" in text(drawn)


def test_what_is_the_same_to_the_last_bit_has_no_picture_of_differences() -> None:
    assert [one.attrib["class"] for one in pictures(first(MATCH))] == ["picture scatter"]
    assert len(list(pictures(first()))) == 2


def test_a_picture_has_room_for_a_limited_number_of_rows_and_says_so() -> None:
    many = np.linspace(0, 1, 5000)
    before = replace(column("p", P), value=numbers(many))
    after = replace(before, value=numbers(np.where(np.arange(5000) == 4321, many + 0.1, many)))
    drawn = scatter(first(shown([before], [after])))
    assert len(places(drawn, "held")) + len(marked(drawn, "moved")) == MOST
    assert len(marked(drawn, "moved")) == 1
    assert f"{5000 - MOST} more rows are not drawn" in text(drawn)


def test_the_rows_that_moved_farthest_are_named() -> None:
    many = np.linspace(0.1, 1, 100)
    before = replace(column("p", P), value=numbers(many))
    drawn = scatter(first(shown([before], [replace(before, value=numbers(many + 1 / np.arange(1, 101)))])))
    assert [text(one).split(":")[0] for one in found(drawn, "circle", "moved")][:2] == ["row 0", "row 1"]
    assert (len(marked(drawn, "moved")), len(places(drawn, "moved"))) == (MARKED, 100 - MARKED)


def test_numbers_that_are_none_are_counted_and_not_drawn() -> None:
    broken = np.where(np.arange(NUMBER) < 4, np.nan, np.where(np.arange(NUMBER) == 4, np.inf, P))
    for drawn in pictures(first(shown(GOLDEN, moved(p=broken)))):
        assert "5 rows without a finite number" in text(drawn)
        for x, y in [*places(drawn, "held"), *marked(drawn, "moved")]:
            assert LEFT <= x <= RIGHT
            assert TOP <= y <= BOTTOM


def test_no_row_at_all_is_no_error() -> None:
    nothing = replace(column("p", P), value=numbers(np.zeros(0)))
    given = shown([nothing], [nothing])
    assert [len(found(one, "circle")) for answer in answers(given) for one in pictures(answer)] in ([], [0])


def test_probabilities_are_held_against_the_share_of_the_truth() -> None:
    answer = first()
    real = truth(SHIFTED, answer)
    assert real is not None
    drawn = calibration(answer, real, "y")
    assert drawn is not None
    assert len(marked(drawn, "golden")) == 10
    assert "golden: 2 rows, mean 0.0737, 50%" in text(drawn)
    assert calibration(answer, numbers(np.arange(NUMBER)), "y") is None
    assert calibration(answer, texts(["a"] * NUMBER), "y") is None
    above_one = first(shown([column("p", P * 2)], [column("p", P * 2)]))
    assert calibration(above_one, real, "y") is None


def test_residuals_are_answer_minus_truth_in_both_runs() -> None:
    drawn = residuals(first(), numbers(P), "y")
    assert drawn is not None
    assert (len(places(drawn, "golden")), len(places(drawn, "now"))) == (NUMBER, NUMBER)
    (zero,) = found(drawn, "path", "equal")
    level = float(zero.attrib["d"].split("L")[0].split()[1])
    assert all(abs(y - level) < 0.2 for _, y in places(drawn, "golden"))
    assert sum(y < level - 1 for _, y in places(drawn, "now")) == 3
    assert residuals(first(), texts(["a"] * NUMBER), "y") is None


def test_tables_of_numbers_are_drawn_element_by_element() -> None:
    square = seen("predict", "test.scores", numbers(np.arange(8.0).reshape(4, 2)), column="scores")
    other = replace(square, value=numbers(np.arange(8.0).reshape(4, 2) + 1))
    drawn = scatter(first(shown([square], [other])))
    assert len(marked(drawn, "moved")) == 8
    assert "row 1, 0: 2 -> 3 (+1)" in text(drawn)
