from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from mlguard.core.dataset import Dataset
from mlguard.core.record import DatasetFacts, Provenance
from mlguard.core.value import numbers
from mlguard.report.html.answers import answers, in_order, moved_rows, of_target, told, truth
from mlguard.report.html.shown import Shown
from tests.report.html.made import GOLDEN, HIGHER, MATCH, NUMBER, ROWS, SHIFTED, P, column, moved, shown


def test_answers_that_moved_stand_first_with_their_limits_and_noise() -> None:
    first, second = answers(shown(GOLDEN, moved(label=(P > 0.4).astype(int))))
    assert (first.name, first.column, first.is_label) == ("test.label", "label", True)
    assert [first.golden.row_name(int(i)) for i in np.flatnonzero(first.moved)] == ["8", "9"]
    assert (second.name, second.is_label, second.moved.any()) == ("test.p", False, False)
    assert second.limits is not None
    assert second.noise is not None
    assert (second.noise < second.limits).all()
    assert np.allclose(second.noise / second.noise[0], second.limits / second.limits[0])


def test_rows_are_matched_by_name() -> None:
    other = column("p", P[::-1])
    other = replace(other, value=replace(other.value, rows=ROWS[::-1]))
    (answer,) = answers(shown([column("p", P)], [other]))
    assert not answer.moved.any()
    assert (answer.sizes == 0).all()


def test_rows_that_one_run_lacks_are_left_out() -> None:
    (answer,) = answers(shown([column("p", P)], [column("p", P[:12])]))
    assert answer.golden.size == answer.new.size == 12


def test_without_both_records_there_are_no_answers() -> None:
    assert answers(replace(MATCH, golden=None)) == answers(replace(MATCH, record=None)) == []
    assert answers(Shown(MATCH.verdict)) == []


def test_the_rows_that_moved_farthest_stand_first() -> None:
    further = np.where(np.arange(NUMBER) == 2, P + 0.3, HIGHER)
    assert moved_rows(answers(shown(GOLDEN, moved(p=further))))[0] == "2"
    assert sorted(moved_rows(answers(SHIFTED))) == ["0", "1", "2"]
    assert moved_rows(answers(MATCH)) == []


def test_the_truth_is_the_target_of_the_same_rows() -> None:
    label = answers(MATCH)[1]
    real = truth(MATCH, label)
    assert real is not None
    assert real.data.tolist() == [i % 2 for i in range(NUMBER)]


def test_a_truth_with_gaps_keeps_its_labels() -> None:
    gaps = Dataset(pd.DataFrame({"y": pd.array([None, *([0, 1] * 10)][:NUMBER], dtype="Int64")}))
    real = truth(replace(MATCH, data=gaps), answers(MATCH)[1])
    assert real is not None
    assert told(real)[:3] == ["missing", "0", "1"]


def test_no_truth_is_invented() -> None:
    (first, *_) = answers(MATCH)
    assert truth(replace(MATCH, data=None), first) is None
    assert truth(replace(MATCH, data=Dataset(pd.DataFrame({"x": range(NUMBER)}))), first) is None
    assert truth(replace(MATCH, data=Dataset(pd.DataFrame({"y": range(3)}))), first) is None
    assert MATCH.record is not None
    nameless = replace(MATCH.record, provenance=Provenance(DatasetFacts("tiny", 0)))
    assert truth(replace(MATCH, record=nameless), first) is None
    keyed = column("p", P)
    keyed = replace(keyed, value=replace(keyed.value, rows=tuple(f"u{i}|1" for i in range(NUMBER))))
    (answer,) = answers(shown([keyed], [keyed]))
    assert truth(MATCH, answer) is None


def test_only_one_column_of_each_kind_is_held_against_the_target() -> None:
    three = [column("p", P), column("q", P / 2), column("label", (P > 0.5).astype(int))]
    found = answers(shown(three, three))
    assert [a.column for a in of_target(found, "y")] == ["label"]
    assert [a.column for a in of_target(found, "q")] == ["label", "q"]
    own = [column("p", P), column("prediction", P)]
    assert [a.column for a in of_target(answers(shown(own, own)), "y")] == ["prediction"]


def test_labels_are_ordered_as_people_do() -> None:
    assert in_order({"10", "9", "b", "-1", "a", "9" * 400}) == ["-1", "9", "10", "9" * 400, "a", "b"]


def test_a_column_that_became_something_else_keeps_its_rows() -> None:
    (answer,) = answers(shown([column("p", P)], [column("p", ["a"] * NUMBER)]))
    assert answer.moved.all()
    bools = replace(column("p", P), value=numbers(P > 0.5, rows=ROWS))
    (answer,) = answers(shown([column("p", P)], [bools]))
    assert answer.golden.size == NUMBER
