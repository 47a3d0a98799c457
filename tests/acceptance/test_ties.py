"""Round-off that turns votes of exactly one half is told as ties; what only looks like a tie is red."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from mlguard.checker.check import Checker
from mlguard.core.finding import Kind
from mlguard.core.outcome import Outcome
from mlguard.core.verdict import Verdict
from mlguard.runner.order import Extent
from tests.project import CODE, FILES, GUARD, Project

VOTES = """\
import numpy as np


def answer(rows):
    x = rows["x"].to_numpy()
    first = np.where(x < 2, 0.0, 0.05)
    second = np.where(x < 2, 0.1, 0.15)
    third = np.where(x < 2, 0.1, np.where(x < 4, 0.3, 0.6))
    proba = first + second + third
    label = (proba >= 0.5).astype(int)
    confidence = np.maximum(proba, 1 - proba)
    return {
        "label": label,
        "proba": np.stack([1 - proba, proba], axis=1),
        "confidence": confidence,
        "horizon_days": np.full(len(x), 7.0),
    }


def score(y, answers):
    return {"accuracy": float((answers["label"] == (y.to_numpy() > 7)).mean()), "rows": len(y)}
"""

DECLARED = """\
import line
from mlguard import Guard


class Line(Guard):
    dataset = "tiny"
    seeds = (0, 1)

    def train(self, train):
        return None

    def predict(self, model, rows):
        return line.answer(rows)

    def evaluate(self, test, predictions):
        return line.score(test["y"], predictions)
"""

ROUND_OFF = ("first + second + third", "third + second + first")
"""Turns one half into the next smaller number: each is a sum of 0.05, 0.15 and 0.3."""

HALVED = ("np.maximum(proba, 1 - proba)", "0.5 + np.abs(proba - 0.5)")
"""Moves the last digits of a number that decides nothing."""


@pytest.fixture(scope="module")
def votes(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose answers are votes, many of them of exactly one half, with its golden."""
    generator = FILES["datasets/generators/tiny.py"].replace("rows=16", "rows=40")
    files = {**FILES, CODE: VOTES, GUARD: DECLARED, "datasets/generators/tiny.py": generator}
    project = Project(tmp_path_factory.mktemp("votes"), files)
    assert project.regen().proposal is not None
    return project


def checked(project: Project, *edits: tuple[str, str], extent: Extent = Extent.MAIN) -> Verdict:
    with ExitStack() as stack:
        for old, new in edits:
            stack.enter_context(project.editing(CODE, old, new))
        runner = stack.enter_context(project.runner())
        return Checker(runner.settings, runner, extent=extent).check(project.declared()).verdict


def tied(verdict: Verdict) -> set[tuple[str, str]]:
    return {(finding.run, finding.observation) for finding in verdict.findings if finding.kind is Kind.TIED}


def test_round_off_alone_is_told_as_ties_and_so_are_the_metrics_that_follow(votes: Project) -> None:
    verdict = checked(votes, ROUND_OFF)
    assert verdict.outcome is Outcome.MATCH, verdict.moves()
    assert tied(verdict) == {("main", "test.label"), ("main", "train.label"), ("main", "accuracy")}


def test_probe_rows_boundaries_and_other_seeds_are_held_to_the_same_rule(votes: Project) -> None:
    verdict = checked(votes, ROUND_OFF, extent=Extent.FULL)
    assert verdict.outcome is Outcome.MATCH, verdict.moves()
    elsewhere = {("main", "boundary"), ("main", "probes.label"), ("seed 1", "test.label"), ("seed 1", "accuracy")}
    assert {*elsewhere, ("main", "degenerate.accuracy")} <= tied(verdict)
    verdict = checked(votes, (".astype(int)", ".astype(int) * (x < 5.95)"), ROUND_OFF, extent=Extent.FULL)
    assert verdict.outcome is Outcome.SHIFTED
    assert {finding.observation for finding in verdict.moves()} >= {"probes.label"}


@pytest.mark.parametrize(
    ("edits", "stage", "moved"),
    [
        pytest.param([(">= 0.5", "> 0.5")], "predict", "test.label", id="the comparison"),
        pytest.param([(">= 0.5", "> 0.5"), HALVED], "predict", "test.label", id="the comparison, beside round-off"),
        pytest.param([(">= 0.5", "< 0.5")], "predict", "test.label", id="all labels"),
        pytest.param([(".astype(int)", ".astype(int) * (x < 5)")], "predict", "test.label", id="some labels"),
        pytest.param([(".astype(int)", ".astype(int) ^ (x > 5)")], "predict", "test.label", id="a band inverted"),
        pytest.param(
            [(".astype(int)", ".astype(int) * (x < 5)"), ROUND_OFF], "predict", "test.label", id="some, beside ties"
        ),
        pytest.param([("] == (", "] != ("), ROUND_OFF], "evaluate", "accuracy", id="a metric beside ties"),
        pytest.param([("len(y)", "len(y) + 1"), ROUND_OFF], "evaluate", "rows", id="another metric beside ties"),
    ],
)
def test_what_only_looks_like_a_tie_is_red(
    votes: Project, edits: list[tuple[str, str]], stage: str, moved: str
) -> None:
    verdict = checked(votes, *edits)
    assert (verdict.outcome, verdict.first_moved) == (Outcome.SHIFTED, stage)
    assert moved in {finding.observation for finding in verdict.moves()}
