"""The gate decides by facts alone: each thing that speaks against a bundle, and which of several decides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlguard.core.bundle import ApprovalSeen, BundleCheck, GuardSeen, Libraries, MetricSeen
from mlguard.core.gate import Here, Rule, decide
from mlguard.core.outcome import Outcome, worst

A, B = 64 * "a", 64 * "b"
PASSED = GuardSeen("Churn", "match", 40, None, "sha256:1", (ApprovalSeen("2026-01-01T00:00:00Z"),))
CHECK = BundleCheck({"model": A}, (PASSED,), Libraries("3.12.4", {"numpy": "2.1.0"}), "c0ffee", True, "0.1.0")
PLAIN = Rule()
ENV = "environment-changed"
HERE = Here(CHECK.files, {"Churn": "sha256:1"}, (), CHECK.environment)


def found(check: BundleCheck = CHECK, here: Here = HERE, rule: Rule = PLAIN) -> list[tuple[str, str, str]]:
    return [(str(one.why), str(one.outcome), one.metric or one.name) for one in decide(check, here, rule).objections]


def of_guard(**facts: Any) -> BundleCheck:
    return replace(CHECK, guards=(replace(PASSED, **facts),))


def test_what_holds_passes():
    assert found() == []
    assert decide(CHECK, HERE).outcome is Outcome.MATCH


@pytest.mark.parametrize(
    ("check", "here", "seen"),
    [
        (CHECK, replace(HERE, files={"model": B}), ("file changed", "missing", "model")),
        (CHECK, replace(HERE, files={"model": A, "x": A}), ("file added", "missing", "x")),
        (CHECK, replace(HERE, files={}), ("file removed", "missing", "model")),
        (CHECK, replace(HERE, goldens={"Churn": "sha256:2"}), ("other golden", "missing", "Churn")),
        (CHECK, replace(HERE, goldens={}), ("golden gone", "missing", "Churn")),
        (replace(CHECK, guards=()), HERE, ("no guard", "missing", "")),
        (of_guard(compared=0), HERE, ("nothing compared", "missing", "Churn")),
        (of_guard(golden=None), HERE, ("nothing compared", "missing", "Churn")),
        (of_guard(outcome="shifted"), HERE, ("guard failed", "shifted", "Churn")),
        (of_guard(outcome="violated"), HERE, ("guard failed", "violated", "Churn")),
        (of_guard(outcome="dataset-changed"), HERE, ("guard failed", "dataset-changed", "Churn")),
        (of_guard(outcome="error"), HERE, ("guard failed", "error", "Churn")),
        (CHECK, replace(HERE, libraries=Libraries("3.13.0", {"numpy": "2.1.0"})), ("other library", ENV, "Python")),
        (CHECK, replace(HERE, libraries=Libraries("3.12.4", {"numpy": "2.2.0"})), ("other library", ENV, "numpy")),
        (CHECK, replace(HERE, libraries=Libraries("3.12.4", {})), ("other library", ENV, "numpy")),
    ],
)
def test_each_thing_speaks_against_it(check: BundleCheck, here: Here, seen: tuple[str, str, str]):
    assert found(check, here) == [seen]


def test_what_is_only_to_be_looked_at_refuses_nothing():
    check, here = replace(CHECK, clean=False), replace(HERE, others=("Rents",))
    assert found(check, here) == [("not selected", "match", "Rents"), ("uncommitted", "match", "")]
    assert decide(check, here).outcome is Outcome.MATCH
    assert found(replace(CHECK, clean=None, commit=None)) == []


def test_the_patch_level_of_python_counts_for_nothing():
    assert found(here=replace(HERE, libraries=Libraries("3.12.9", {"numpy": "2.1.0", "pandas": "3.0"}))) == []


def test_a_guard_that_is_wanted_has_to_be_there():
    here = replace(HERE, others=("Rents",))
    assert found(rule=Rule(("Churn",))) == []
    assert found(here=here, rule=Rule(("Rents",))) == [("guard left out", "missing", "Rents")]


def test_metrics_that_moved_are_named_with_the_guard():
    metrics = {"auc": MetricSeen(0.9, 0.92, 1e-6), "loss": MetricSeen(0.5, 0.5 + 1e-9, 1e-6), "gone": MetricSeen(1.0)}
    seen = found(of_guard(outcome="shifted", metrics=metrics))
    assert [name for _, _, name in seen] == ["Churn", "auc", "gone"]


def test_the_worst_decides_and_stands_first():
    here = replace(HERE, files={}, libraries=Libraries("3.11.0", {}))
    assert [outcome for _, outcome, _ in found(of_guard(outcome="violated"), here)] == [
        "violated",
        "missing",
        "environment-changed",
        "environment-changed",
    ]
    assert decide(of_guard(outcome="violated"), here).outcome.exit_code == 1
    assert decide(CHECK, here).outcome.exit_code == 3
    assert decide(CHECK, replace(HERE, libraries=Libraries("3.11.0", {}))).outcome.exit_code == 4


@given(st.lists(st.sampled_from(list(Outcome)), min_size=1), st.booleans())
def test_the_exit_code_is_that_of_the_precedence_of_outcomes(outcomes: list[Outcome], has_file: bool):
    guards = tuple(replace(PASSED, name=f"G{n}", outcome=str(outcome)) for n, outcome in enumerate(outcomes))
    here = replace(HERE, goldens={guard.name: "sha256:1" for guard in guards}, files=CHECK.files if has_file else {})
    wanted = worst([*outcomes, *([] if has_file else [Outcome.MISSING])])
    assert decide(replace(CHECK, guards=guards), here).outcome is wanted


class TestSinceTheReleaseThatIsReplaced:
    """Metrics against those of the current release, and what was promised of them."""

    @staticmethod
    def seen(
        now: float | None, *intents: str, before: float | None = 0.80, metric: str = "auc", declared: bool = False
    ) -> list[tuple[str, str, str]]:
        approvals = tuple(ApprovalSeen(f"2026-02-{n:02}T00:00:00Z", intent) for n, intent in enumerate(intents, 1))
        check = of_guard(metrics={metric: MetricSeen(now, now, 1e-6)}, approvals=(*approvals, *PASSED.approvals))
        old = of_guard(metrics={"auc": MetricSeen(before, before, 1e-6)})
        return found(check, replace(HERE, replaced=old), Rule(declared=declared))

    @pytest.mark.parametrize(
        ("now", "intents"),
        [
            (0.80, []),
            (0.80 + 1.5e-6, []),  # Each within its limit.
            (0.81, ["changing: auc up 0.01"]),
            (0.85, ["changing: auc up"]),
            (0.83, ["changing: auc up 0.01", "changing: auc up 0.02"]),
            (0.75, ["changing: auc up 0.01", "changing: auc down 0.1"]),  # Nothing is promised over all.
            (0.75, ["changing: auc down 0.05"]),
            (0.80, ["preserving", "changing", ""]),
        ],
    )
    def test_promises_that_are_kept_are_quiet(self, now: float, intents: list[str]):
        assert self.seen(now, *intents, declared=True) == []

    @pytest.mark.parametrize(
        ("now", "intents"),
        [
            (0.805, ["changing: auc up 0.01"]),
            (0.80, ["changing: auc up"]),
            (0.79, ["changing: auc up 0.01"]),
            (0.82, ["changing: auc up 0.01", "changing: auc up 0.02"]),
            (None, ["changing: auc up"]),
        ],
    )
    def test_a_promise_that_is_not_kept_is_behaviour(self, now: float | None, intents: list[str]):
        assert self.seen(now, *intents) == [("promise not kept", "shifted", "auc")]

    @pytest.mark.parametrize("now", [0.85, 0.75, None])
    @pytest.mark.parametrize("intents", [[], ["changing"], ["changing: f1 up"]])
    def test_what_nobody_declared_is_flagged_and_refused_where_that_is_wanted(
        self, now: float | None, intents: list[str]
    ):
        assert self.seen(now, *intents) == [("undeclared", "match", "auc")]
        assert self.seen(now, *intents, declared=True) == [("undeclared", "shifted", "auc")]

    @pytest.mark.parametrize("intents", [[], ["changing"], ["changing: auc up 0.01"]])
    def test_a_metric_that_went_is_flagged_whatever_was_promised_of_it(self, intents: list[str]):
        assert self.seen(0.5, *intents, metric="f1") == [("metric gone", "match", "auc")]
        assert self.seen(0.5, *intents, metric="f1", declared=True) == [("metric gone", "shifted", "auc")]

    def test_a_metric_that_came_is_compared_with_nothing(self):
        check = of_guard(metrics={"auc": MetricSeen(0.8, 0.8)})
        assert found(check, replace(HERE, replaced=CHECK), Rule(declared=True)) == []

    def test_a_guard_that_went_is_flagged(self):
        old = replace(CHECK, guards=(PASSED, replace(PASSED, name="Rents")))
        gone = [("guard gone", "match", "Rents")]
        assert found(here=replace(HERE, replaced=old), rule=Rule(declared=True)) == gone
        left = replace(HERE, replaced=old, others=("Rents",))
        assert found(here=left) == [("not selected", "match", "Rents")]

    def test_an_intent_that_the_current_release_had_already_promises_nothing_more(self):
        approvals = (ApprovalSeen("2026-02-01T00:00:00Z", "changing: auc up 0.1"),)
        check = of_guard(metrics={"auc": MetricSeen(0.8, 0.8)}, approvals=approvals)
        assert found(check, replace(HERE, replaced=check), Rule(declared=True)) == []
