from __future__ import annotations

from mlguard.core.record import STAGES
from mlguard.core.run_name import MAIN
from mlguard.report.html.strip import FIRST, HELD, INSIDE, MOVED, NOTHING, STOPPED, WORDS, states, strip
from tests.report.html.made import found, text
from tests.report.verdicts import VERDICTS


def test_the_first_moved_stage_is_marked_and_each_other_says_what_it_is() -> None:
    assert states(VERDICTS["shifted"], MAIN) == {
        "dataset": HELD, "split": HELD, "features": NOTHING, "train": FIRST, "predict": MOVED, "evaluate": MOVED,
        "contracts": HELD,
    }  # fmt: skip
    drawn = strip(VERDICTS["shifted"])
    assert [text(one) for one in found(drawn, "li", "first")] == ["◆ train first moved"]
    assert len(found(drawn, "li", "stage")) == len(STAGES)


def test_a_match_moves_inside_only() -> None:
    assert set(states(VERDICTS["match"], MAIN).values()) == {HELD, NOTHING}
    assert states(VERDICTS["match in the last digits"], MAIN)["train"] == INSIDE


def test_another_run_that_moved_has_a_strip_of_its_own() -> None:
    drawn = strip(VERDICTS["shifted in another run"])
    assert [text(one) for one in found(drawn, "span", "run")] == ["main", "config model.C"]
    assert [text(one) for one in found(drawn, "li", "first")] == ["◆ predict first moved"]
    assert "Unchanged in the run config model.C" in text(strip(VERDICTS["match"]))


def test_the_stage_that_raised_is_where_it_stopped() -> None:
    assert states(VERDICTS["error"], MAIN)["train"] == STOPPED


def test_a_missed_gate_moves_no_stage_first() -> None:
    assert FIRST not in states(VERDICTS["a gate alone"], MAIN).values()
    assert states(VERDICTS["a gate alone"], MAIN)["evaluate"] == MOVED


def test_each_state_has_a_word_and_a_sign_of_its_own() -> None:
    drawn = strip(VERDICTS["shifted"])
    assert len(set(WORDS.values())) == len(WORDS)
    assert all(one.attrib["aria-hidden"] == "true" for one in found(drawn, "span", "sign"))
