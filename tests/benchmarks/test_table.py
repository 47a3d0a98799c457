"""The power table counts what was said, and lists every wrong answer."""

from __future__ import annotations

from benchmarks.table import Heard, Row, Share, count, draw, exceptions
from benchmarks.trial import KEEP, MACHINE, SHIFT, Trial

FILL = Trial("own", "Churn", "batch_fill", SHIFT, "features")
SAVED = Trial("own", "Churn", "threshold_not_saved", SHIFT, "contracts")
OUTSIDE = Trial("house", "House", "wrong_axis", SHIFT)
CHAIN = Trial("own", "Churn", "assign_chain", KEEP)
LOOP = Trial("own", "Churn", "loop", KEEP)
OLD = Trial("own", "Churn", "old_cpu", MACHINE)
HIDDEN = frozenset({SAVED.key})

RED, GREEN = Heard(red=True, quiet=False), Heard(red=False, quiet=True)
NEITHER = Heard(red=False, quiet=False, text="environment-changed: numpy")


def at(stage: str) -> Heard:
    return Heard(red=True, quiet=False, stage=stage, text="auc moved")


def test_each_kind_is_counted_by_the_answer_that_it_deserves() -> None:
    heard = {FILL: at("features"), SAVED: at("predict"), OUTSIDE: at("train"), CHAIN: GREEN, LOOP: RED, OLD: GREEN}
    assert count("mlguard", heard, HIDDEN) == Row(
        "mlguard", Share(3, 3), hidden=Share(1, 1), refactors=Share(1, 2), machines=Share(1, 1), stage=Share(1, 2)
    )


def test_a_missed_shift_counts_as_missed_and_not_for_its_stage() -> None:
    row = count("mlguard", {FILL: at("features"), SAVED: GREEN}, HIDDEN)
    assert (row.caught, row.hidden, row.stage) == (Share(1, 2), Share(0, 1), Share(1, 1))


def test_neither_red_nor_quiet_is_right_for_nobody() -> None:
    row = count("mlguard", {FILL: NEITHER, CHAIN: NEITHER, OLD: NEITHER}, frozenset())
    assert (row.caught, row.refactors, row.machines) == (Share(0, 1), Share(0, 1), Share(0, 1))


def test_a_tool_that_names_no_stages_is_not_blamed_for_them() -> None:
    row = count("syrupy", {FILL: RED, SAVED: RED}, HIDDEN)
    assert row.stage == Share(0, 0)
    assert draw([row]).splitlines()[1].split() == ["syrupy", "2", "of", "2", "1", "of", "1", "-", "-", "-"]


def test_every_wrong_answer_is_listed_once() -> None:
    heard = {FILL: at("train"), SAVED: GREEN, OUTSIDE: RED, CHAIN: GREEN, LOOP: RED, OLD: NEITHER}
    assert [line.partition(":")[0] for line in exceptions(heard)] == [
        "first stage",
        "missed",
        "not quiet",
        "not quiet",
    ]
    assert exceptions(heard)[3].endswith("environment-changed: numpy")
