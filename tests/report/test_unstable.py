"""Guards that differ from themselves: each likely cause once, with the places that it explains."""

from __future__ import annotations

from mlguard.core.cause import Cause, CauseKind
from mlguard.core.difference import Difference
from mlguard.core.unstable import Suspect, Unstable
from mlguard.report.unstable import CURES, unstable_in_words

MOVED = Difference(exact=False, moved=4, total=4, max_abs=0.6)


def differs(*names: str) -> list[Unstable]:
    return [Unstable(f"predict {name}", Suspect.CHANCE, difference=MOVED) for name in names]


def test_one_cause_is_told_once_and_the_places_are_named_and_counted() -> None:
    lines = unstable_in_words(differs("a", "b", "c", "d", "e", "f", "g")).splitlines()
    assert lines == [
        "predict a differs between two runs: 4 of 4 moved, at most 0.6",
        "  so do predict b, predict c, predict d, predict e and 2 more",
        f"  likely {CURES[Suspect.CHANCE].cause}; {CURES[Suspect.CHANCE].cure}",
    ]
    assert "so does predict b" in unstable_in_words(differs("a", "b"))
    assert "so do" not in unstable_in_words(differs("a"))


def test_each_cause_stands_below_its_own_places() -> None:
    tie = Unstable("predict label", Suspect.TIE, row="3", machines=("an old machine",))
    lines = unstable_in_words([*differs("a"), tie, *differs("b")]).splitlines()
    assert [line for line in lines if line[0] != " "] == [
        "predict a differs between two runs: 4 of 4 moved, at most 0.6",
        "predict label jumps, row 3 on an old machine",
    ]
    assert lines[-1] == f"  likely {CURES[Suspect.TIE].cause}; {CURES[Suspect.TIE].cure}"


def test_the_day_is_a_cause_of_its_own() -> None:
    assert "today's date" in unstable_in_words([Cause(CauseKind.DAY_DECIDES, stage="predict")])


def test_settings_of_the_library_that_would_steady_it_are_named_once() -> None:
    places = [Unstable(f"predict {name}", Suspect.CHANCE, settings=("updater='a'", "nthread=1")) for name in "ab"]
    said = "  a setting of the model's library may make it the same twice: updater='a' or nthread=1"
    assert unstable_in_words(places).splitlines()[-1] == said
    assert said not in unstable_in_words(differs("a"))
