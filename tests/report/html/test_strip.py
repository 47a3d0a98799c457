from __future__ import annotations

from dataclasses import replace

from mlguard.core.record import STAGES, Observation
from mlguard.core.run_name import MAIN
from mlguard.core.value import number
from mlguard.report.html.strip import FIRST, HELD, INSIDE, MOVED, NOTHING, STOPPED, WORDS, states, strip
from tests.core.records import seen
from tests.report.html.made import found, shown, text
from tests.report.verdicts import VERDICTS


def test_the_first_moved_stage_is_marked_and_each_other_says_what_it_is() -> None:
    assert states(VERDICTS["shifted"], MAIN) == {
        "dataset": HELD, "split": HELD, "features": NOTHING, "train": FIRST, "predict": MOVED, "evaluate": MOVED,
        "contracts": HELD,
    }  # fmt: skip
    drawn = strip(VERDICTS["shifted"])
    (first,) = found(drawn, "li", "first")
    assert text(first).startswith("◆ train first moved")
    assert len(found(drawn, "li", "stage")) == len(STAGES)


def test_a_match_moves_inside_only() -> None:
    assert set(states(VERDICTS["match"], MAIN).values()) == {HELD, NOTHING}
    assert states(VERDICTS["match in the last digits"], MAIN)["train"] == INSIDE


def test_another_run_that_moved_has_a_strip_of_its_own() -> None:
    drawn = strip(VERDICTS["shifted in another run"])
    assert [text(one) for one in found(drawn, "span", "run")] == ["main", "config model.C"]
    assert [text(one) for one in found(drawn, "li", "first")] == ["◆ predict first moved"]
    assert "Unchanged in the run config model.C" in text(strip(VERDICTS["match"]))


def test_a_bar_says_how_much_of_a_stage_held_and_moved() -> None:
    one, other = seen("evaluate", "auc", 0.9), seen("evaluate", "loss", 0.212345678901)
    rows = [seen("evaluate", f"rows {i}", 40) for i in range(2)]
    verdict = shown([one, other, *rows], [replace(one, value=number(0.8)), near(other), *rows]).verdict
    (bar,) = found(strip(verdict), "svg", "bar")
    shares = {part.attrib["class"]: float(part.attrib["width"]) for part in found(bar, "rect")}
    assert shares == {"same": 50, "held": 25, "moved": 25}
    assert text(bar) == "evaluate, 4 observations: 2 the same, bit for bit, 1 within their limits, 1 moved"


def test_each_stage_that_was_observed_has_a_bar() -> None:
    drawn = strip(VERDICTS["shifted"])
    without = [one for one in found(drawn, "li", "stage") if not found(one, "svg")]
    assert without == found(drawn, "li", "nothing")
    assert len(found(strip(VERDICTS["shifted in another run"]), "svg")) < 2 * len(STAGES)


def near(observation: Observation) -> Observation:
    """The same within its limit."""
    return replace(observation, value=number(float(observation.value.data.reshape(-1)[0]) + 1e-12))


def test_the_stage_that_raised_is_where_it_stopped() -> None:
    assert states(VERDICTS["error"], MAIN)["train"] == STOPPED


def test_a_missed_gate_moves_no_stage_first() -> None:
    assert FIRST not in states(VERDICTS["a gate alone"], MAIN).values()
    assert states(VERDICTS["a gate alone"], MAIN)["evaluate"] == MOVED


def test_each_state_has_a_word_and_a_sign_of_its_own() -> None:
    drawn = strip(VERDICTS["shifted"])
    assert len(set(WORDS.values())) == len(WORDS)
    assert all(one.attrib["aria-hidden"] == "true" for one in found(drawn, "span", "sign"))
