from __future__ import annotations

from dataclasses import replace

import numpy as np

from mlguard.core.outcome import Outcome
from mlguard.report.html.overview import ROWS, nearest, overview
from mlguard.report.html.shown import Shown
from tests.core.records import seen
from tests.report.html.made import AUC, GOLDEN, HIGHER, MATCH, NUMBER, SHIFTED, P, found, moved, shown, text
from tests.report.verdicts import VERDICTS


def test_what_moved_stands_beyond_the_limit_and_what_held_before_it() -> None:
    drawn = overview(shown(GOLDEN, moved(p=HIGHER, auc=AUC + 1e-13)))
    (limit,) = found(drawn, "path", "limit")
    at = float(limit.attrib["d"][1:].split()[0])
    (beyond,), (within,) = found(drawn, "circle", "moved"), found(drawn, "circle", "held")
    assert float(within.attrib["cx"]) < at < float(beyond.attrib["cx"])
    assert "predict test.p: 3 of 20 moved, at most 0.02" in text(beyond)
    assert "4 observations are the same, bit for bit" in text(drawn)


def test_measured_noise_is_drawn_where_it_was_measured() -> None:
    drawn = overview(SHIFTED)
    assert [text(one) for one in found(drawn, "rect", "noise")] == ["measured noise: 6.7e-07 of it"]


def test_what_must_be_equal_is_told_in_words() -> None:
    drawn = overview(shown(GOLDEN, moved(label=np.zeros(NUMBER, int))))
    assert "10 of 20 moved, at most 1" in text(drawn)
    assert len(found(drawn, "circle", "moved")) == 1


def test_of_what_held_the_nearest_to_its_limit_stands_first() -> None:
    near = nearest(shown(GOLDEN, moved(p=P + 1e-13, auc=AUC + 1e-9)))
    assert [one.finding.observation for one in near] == ["auc", "test.p"]
    assert not any(one.moved for one in near)


def test_many_are_counted() -> None:
    many = [seen("predict", f"v{i}", float(i)) for i in range(ROWS + 6)]
    drawn = overview(shown(many, [replace(o, value=seen("predict", "x", 99.5).value) for o in many]))
    assert len(found(drawn, "circle", "moved")) == ROWS
    assert "6 more" in text(drawn)


def test_a_run_that_is_the_same_says_so_and_one_without_any_has_no_picture() -> None:
    assert text(overview(MATCH)).endswith("6 observations are the same, bit for bit.")
    assert overview(Shown(VERDICTS["corrupt"])) is None


def test_a_verdict_without_records_is_drawn_without_noise() -> None:
    drawn = overview(Shown(SHIFTED.verdict))
    assert len(found(drawn, "circle", "moved")) == 2
    assert found(drawn, "rect", "noise") == []


def test_a_contract_has_no_distance_from_a_limit() -> None:
    given = Shown(VERDICTS["violated"])
    assert [one.finding.observation for one in nearest(given) if one.moved] == []


def test_what_moved_and_is_excused_is_not_the_same_bit_for_bit() -> None:
    given = shown(GOLDEN, moved(label=np.zeros(NUMBER, int)))
    tied = [replace(f, outcome=Outcome.MATCH) if f.observation == "test.label" else f for f in given.verdict.findings]
    drawn = overview(replace(given, verdict=replace(given.verdict, outcome=Outcome.MATCH, findings=tuple(tied))))
    assert "10 of 20 moved, at most 1" in text(drawn)
    assert (len(found(drawn, "circle", "held")), found(drawn, "circle", "moved")) == (1, [])
    assert "5 observations are the same, bit for bit" in text(drawn)
