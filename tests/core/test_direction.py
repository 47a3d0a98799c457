"""Whether a metric is better when higher: its owner's word first, then its name, and else nobody's guess."""

from __future__ import annotations

import pytest

from mlguard.core.direction import higher_is_better
from mlguard.core.requirement import parse_requirements


@pytest.mark.parametrize(
    ("metric", "higher"),
    [
        ("accuracy", True), ("roc_auc", True), ("ndcg@10", True), ("f1_macro", True), ("R2", True), ("valid.auc", True),
        ("mae", False), ("brier", False), ("brier_score", False), ("log_loss", False), ("RMSE", False),
        ("neg_log_loss", True), ("neg_brier_score", True),
        ("rows", None), ("top", None), ("accuracy_loss", None), ("", None), ("mapping", None),
    ],
)  # fmt: skip
def test_the_name_tells_or_nothing_does(metric: str, higher: bool | None):
    assert higher_is_better(metric) is higher


def test_what_is_required_comes_before_the_name():
    assert higher_is_better("mae", parse_requirements({"mae": ">= 1"})) is True
    assert higher_is_better("rows", parse_requirements({"rows": "< 10", "auc": "> 0.5"})) is False
