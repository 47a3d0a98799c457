from __future__ import annotations

from dataclasses import replace

from mlguard.core.value import texts
from mlguard.report.html.answers import Answer, answers, truth
from mlguard.report.html.confusion import against_golden, against_truth
from tests.report.html.made import GOLDEN, MATCH, NUMBER, P, column, found, moved, shown, text

OTHER = shown(GOLDEN, moved(label=(P > 0.4).astype(int)))


def label(given: object) -> Answer:
    return next(a for a in answers(given) if a.column == "label")  # type: ignore[arg-type]


def test_what_did_not_move_stands_on_the_diagonal() -> None:
    assert text(against_golden(label(MATCH))) == "test.label: golden and now golden ↓ now → 0 1 0 10 · 1 · 10"
    assert found(against_golden(label(MATCH)), "td", "moved") == []


def test_labels_that_became_others_are_marked() -> None:
    drawn = against_golden(label(OTHER))
    assert [one.text for one in found(drawn, "td")] == ["8", "2", "·", "10"]
    assert [one.text for one in found(drawn, "td", "moved")] == ["2"]


def test_counts_by_truth_show_both_runs_where_they_differ() -> None:
    real = truth(OTHER, label(OTHER))
    assert real is not None
    drawn = against_truth(label(OTHER), real, "y")
    assert [one.text for one in found(drawn, "td")] == ["5 → 4", "5 → 6", "5 → 4", "5 → 6"]
    assert len(found(drawn, "td", "moved")) == 4
    same = against_truth(label(MATCH), real, "y")
    assert [one.text for one in found(same, "td")] == ["5", "5", "5", "5"]
    assert found(same, "td", "moved") == []


def test_a_truth_of_other_words_is_not_held_against_labels() -> None:
    assert against_truth(label(MATCH), texts(["yes", "no"] * (NUMBER // 2)), "y") is None


def test_labels_may_be_texts_and_missing() -> None:
    words = column("label", ["a", "b"] * (NUMBER // 2))
    gone = replace(words, value=replace(words.value, missing=P > 0.9))
    drawn = against_golden(label(shown([words], [gone])))
    assert "missing" in text(drawn)
    assert [one.text for one in found(drawn, "td", "moved")] == ["1", "1"]
