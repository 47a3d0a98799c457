"""How the noise certificate is worded: what may move far, and which machines could not be emulated."""

from __future__ import annotations

from mlguard.core.loose import Loose
from mlguard.core.record import CONTRACT, EFFECT, Observation, Record
from mlguard.core.run_name import Config
from mlguard.core.value import number, text
from mlguard.report.approval import first
from mlguard.report.loose import loosely_in_short, say_loosely, say_measured, without_effect_in_short

VISITS = Loose("visits", 1.2345, share=1e-3, noise=4e-4, held=True)
MANY = [VISITS, *(Loose(f"metric {number}", 0.5, share=1e-4 * number, noise=1e-5, held=False) for number in range(6))]


def test_each_answer_says_how_far_it_may_move_in_its_own_unit_and_what_would_hold_it():
    (told,) = say_loosely([VISITS])
    assert told.startswith("only loosely guarded: visits may move by ±1.2 unnoticed, since round-off alone moves it by")
    assert "`loose` lets its owner allow more" in told
    assert not any("`loose`" in line for line in say_loosely(MANY[1:]))
    assert list(say_loosely([])) == []


def test_of_many_the_loosest_are_named_and_the_others_counted():
    assert list(say_loosely(MANY))[-1] == "only loosely guarded: 2 more, which `mlguard list --json` names"
    short = loosely_in_short(MANY)
    assert short.startswith("loosely guarded: visits may move by ±1.2, metric 5 may move by ±0.5, metric 4 ")
    assert short.endswith(" and 2 more")
    assert "metric 0" not in short


def test_keys_without_effect_are_named_up_to_five():
    assert without_effect_in_short(["seed", "tol"]) == "without effect on its data: seed, tol"
    assert without_effect_in_short(list("abcdefg")) == "without effect on its data: a, b, c, d, e and 2 more"


def test_a_first_golden_says_which_keys_nothing_shows():
    effect = Observation("predict", "effect", number(0.0), role=EFFECT, run=Config("cap"))
    assert list(first(Record("G", (effect,))))[-1] == "without effect on its data: cap"
    assert list(first(Record("G", ()))) == ["first golden: 0 observations"]


def test_a_first_golden_says_which_contracts_do_not_hold():
    raised = Observation("contracts", "saved bundle", text("raised OSError: no such file"), role=CONTRACT)
    held = Observation("contracts", "batches", text("same"), role=CONTRACT)
    told = list(first(Record("G", (raised, held))))
    assert told[1:] == ["contracts that do not hold: saved bundle (raised OSError)"]


def test_only_what_had_no_effect_is_said_of_the_machines():
    machines = [{"name": "old CPU", "without_effect": ["a", "b"]}, {"name": "new CPU", "without_effect": []}]
    assert list(say_measured((), machines)) == ["on old CPU, without effect here: a, b"]
    (told,) = say_measured(("simd",), [])
    assert told.startswith("no other machine can be emulated by simd here: ")
