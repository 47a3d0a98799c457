from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import Element

import numpy as np

from mlguard.core.requirement import parse_requirements
from mlguard.report.html.answers import answers
from mlguard.report.html.shown import Shown
from mlguard.report.html.tables import ROWS, metric_table, moved_grid
from tests.core.records import seen
from tests.report.html.made import AUC, GOLDEN, MATCH, NUMBER, SHIFTED, P, column, found, moved, shown, text
from tests.report.verdicts import VERDICTS


def rows(given: Shown) -> list[str]:
    """The rows of the table without what their pictures say."""
    return [text(without_pictures(one)) for one in found(metric_table(given), "tr", "metric")]


def without_pictures(row: Element) -> Element:
    for cell in found(row, "td"):
        for picture in cell.findall("svg"):
            cell.remove(picture)
    return row


def test_metrics_stand_with_both_values_their_difference_and_their_limit() -> None:
    assert rows(SHIFTED) == ["auc 0.9369 0.9342 ▼ -0.00271 worse ±1.4e-08", "loss 0.212346 0.212346 0 ±3.2e-09"]
    assert len(found(metric_table(SHIFTED), "tr", "moved")) == 1


def test_better_follows_from_the_name_or_the_requirement() -> None:
    assert rows(shown(GOLDEN, moved(auc=0.95)))[0].split()[3:6] == ["▲", "+0.0131", "better"]
    assert rows(shown(GOLDEN, moved(loss=0.3)))[0].split()[3:6] == ["▲", "+0.0877", "worse"]
    gate = parse_requirements({"score": ">= 0.9"})
    one, other = ([seen("evaluate", "score", value)] for value in (0.95, 0.85))
    drawn = metric_table(shown(one, other, requirements=gate))
    assert "score required >= 0.9 0.95 0.85 ▼ -0.1 worse" in text(drawn)
    assert len(found(drawn, "small", "missed")) == 1


def test_a_metric_that_came_or_went_says_so() -> None:
    without = [o for o in GOLDEN if o.name != "auc"]
    assert rows(shown(without, GOLDEN))[0] == "auc 0.936912 new"
    assert rows(shown(GOLDEN, without))[0].startswith("auc 0.936912 gone")


def test_round_off_is_told_as_a_difference_alone() -> None:
    assert rows(shown(GOLDEN, moved(auc=AUC + 1e-12)))[0] == "auc 0.936912 0.936912 +1e-12 ±1.4e-08"


def test_without_records_or_metrics_there_is_no_table() -> None:
    assert metric_table(Shown(VERDICTS["corrupt"])) is None
    assert metric_table(shown(GOLDEN[:4], GOLDEN[:4])) is None


def test_a_golden_alone_shows_its_metrics() -> None:
    assert metric_table(replace(MATCH, record=None)) is not None


def test_the_grid_has_a_line_for_each_moved_row_and_a_column_for_each_answer() -> None:
    drawn = moved_grid(answers(SHIFTED))
    cells = [[text(cell) for cell in line] for line in found(drawn, "tr")]
    assert cells[0] == ["row", "test.p", "test.label"]
    assert sorted(cells[1:]) == [
        ["0", "▲ 0.05 → 0.07", "0"],
        ["1", "▲ 0.09737 → 0.1174", "0"],
        ["2", "▲ 0.1447 → 0.1647", "0"],
    ]
    assert text(drawn).startswith("Rows that moved: 3 of 20")


def test_darker_moved_farther_beside_the_others_of_its_column() -> None:
    far = P + np.where(np.arange(NUMBER) == 0, 0.5, np.where(np.arange(NUMBER) == 1, 0.01, 0.0))
    drawn = moved_grid(answers(shown(GOLDEN, moved(p=far))))
    assert [len(found(drawn, "td", f"step{step}")) for step in (1, 2, 3)] == [1, 0, 1]


def test_labels_and_what_is_no_number_have_their_place() -> None:
    drawn = moved_grid(answers(shown([column("p", P)], [column("p", np.where(P < 0.07, np.nan, P))])))
    assert "0.05 → NaN" in text(drawn)
    words = [column("p", ["a"] * NUMBER)], [column("p", ["b"] + ["a"] * (NUMBER - 1))]
    assert "→ 'a' → 'b'" in text(moved_grid(answers(shown(*words))))


def test_where_nothing_moved_there_is_no_grid_and_many_are_counted() -> None:
    assert moved_grid(answers(MATCH)) is None
    drawn = moved_grid(answers(shown(GOLDEN, moved(p=P + 0.01))))
    assert len(found(drawn, "tr")) == ROWS + 1
    assert f"{NUMBER - ROWS} more rows moved" in text(drawn)
