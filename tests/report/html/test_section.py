from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mlguard.core.record import DatasetFacts
from mlguard.report.html.element import element
from mlguard.report.html.section import COLUMNS, badge, section, words
from mlguard.report.html.shown import Shown
from mlguard.report.wording import explanation
from tests.report.html.made import GOLDEN, MATCH, NUMBER, SHIFTED, P, column, found, shown, text
from tests.report.verdicts import VERDICTS


@pytest.mark.parametrize("name", VERDICTS)
def test_the_page_says_what_the_terminal_says(name: str) -> None:
    """Every line, in the same words; the headline is the summary."""

    def plain(words: str) -> str:
        return "".join(words.replace("`", "").split())

    drawn = plain(text(section(Shown(VERDICTS[name]), 0, is_open=True)))
    for line in explanation(VERDICTS[name])[1:]:
        for part in line.removeprefix("cause: ").removeprefix("note: ").split(" [")[0].split("\\n"):
            assert plain(part) in drawn, part


def test_a_command_can_be_told_from_its_sentence() -> None:
    drawn = section(Shown(VERDICTS["shifted"]), 0, is_open=True)
    assert [one.text for one in found(drawn, "code")] == [
        "mlguard diff 0a1b2c3 --guard Churn",
        'mlguard regen-golden Churn --reason "…"',
    ]


def test_code_in_a_sentence_is_code_and_an_odd_backtick_stays() -> None:
    drawn = element("p", words("`a` and `b"))
    assert ([one.text for one in found(drawn, "code")], text(drawn)) == (["a"], "a and `b")


def test_pictures_are_there_where_answers_are() -> None:
    drawn = section(SHIFTED, 0, is_open=True)
    kinds = [one.attrib["class"].split()[1] for one in found(drawn, "figure", "picture")]
    assert kinds == ["overview", "scatter", "sizes", "calibration", "confusion", "confusion", "rows", "timeline"]
    kinds = [one.attrib["class"].split()[1] for one in found(section(MATCH, 0, is_open=True), "figure", "picture")]
    assert kinds == ["overview", "scatter", "calibration", "confusion", "confusion", "timeline"]


def test_residuals_are_there_where_the_target_is_a_number() -> None:
    assert SHIFTED.record is not None
    assert SHIFTED.record.provenance.dataset is not None
    source = replace(SHIFTED.record.provenance, dataset=replace(SHIFTED.record.provenance.dataset, target="z"))
    drawn = section(replace(SHIFTED, record=replace(SHIFTED.record, provenance=source)), 0, is_open=True)
    assert len(found(drawn, "figure", "residuals")) == 1
    assert found(drawn, "figure", "calibration") == []


def test_columns_without_pictures_are_named() -> None:
    many = [column(f"c{i}", P + i) for i in range(COLUMNS + 2)]
    assert "Without pictures: test.c3, test.c4." in text(section(shown(many, many), 0, is_open=True))


def test_whose_turn_it_is_has_a_colour_a_sign_and_a_word() -> None:
    told = {name: (badge(VERDICTS[name]).attrib["class"], text(badge(VERDICTS[name]))) for name in VERDICTS}
    assert told["match"] == ("badge fine", "✓ match")
    assert told["shifted"] == ("badge red", "◆ shifted")
    assert told["error"] == ("badge red", "✕ error")
    assert told["missing"] == ("badge odd", "▲ missing")
    assert told["dataset-changed"] == ("badge odd", "▲ dataset-changed")


def test_a_name_that_is_written_out_is_told_once() -> None:
    drawn = section(Shown(replace(VERDICTS["shifted"], guard="\u202eA")), 0, is_open=True)
    (where,) = found(drawn, "span", "where")
    assert where.text == "first moved in stage train"


def test_a_guard_that_was_not_run_says_when_it_matched() -> None:
    verdict = replace(VERDICTS["match"], findings=(), unchanged="2026-11-27T08:00:00+00:00")
    drawn = section(Shown(verdict), 0, is_open=False)
    assert "unchanged since it last matched (2026-11-27 08:00 UTC)" in text(drawn)
    assert found(drawn, "ol") == []


def test_what_was_edited_since_is_a_note() -> None:
    given = replace(SHIFTED, remarks=("edited since that run: line.py",))
    assert "edited since that run: line.py" in text(section(given, 0, is_open=True))


COLUMNS_OF_ALL_KINDS = {
    "floats": P,
    "not finite": np.where(P < 0.3, np.nan, np.where(P > 0.7, np.inf, -np.inf)),
    "extreme": np.where(P < 0.5, 1e307, -5e-324),
    "single": P.astype(np.float32),
    "complex": P + 1j * np.inf,
    "whole": np.arange(NUMBER) - 2**62,
    "labels": np.arange(NUMBER) % 3,
    "unsigned": np.full(NUMBER, 2**64 - 1, dtype=np.uint64),
    "truths": P > 0.5,
    "texts": [f"\u202e{i % 2}" for i in range(NUMBER)],
    "fewer": P[:3],
    "none": P[:0],
}


@pytest.mark.parametrize("golden", COLUMNS_OF_ALL_KINDS)
def test_answers_of_all_kinds_can_be_shown_and_become_any_other(golden: str) -> None:
    for place, new in enumerate(COLUMNS_OF_ALL_KINDS.values()):
        given = shown([column("p", COLUMNS_OF_ALL_KINDS[golden])], [column("p", new)])
        assert given.record is not None
        source = replace(given.record.provenance, dataset=DatasetFacts("tiny", 0, target="xyz"[place % 3]))
        drawn = section(replace(given, record=replace(given.record, provenance=source)), 0, is_open=True)
        places = [one.attrib.get(name, "") for one in drawn.iter() for name in ("d", "cx", "cy", "x", "y", "width")]
        assert not any("nan" in one or "inf" in one for one in places)


def test_an_answer_that_is_gone_has_no_pictures() -> None:
    gone = section(shown(GOLDEN, [o for o in GOLDEN if o.name != "test.p"]), 0, is_open=True)
    assert found(gone, "figure", "scatter") == []
    assert found(gone, "figure", "confusion") != []
