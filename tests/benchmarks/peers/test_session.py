"""The peers' tests run through their libraries, and each is red where its kind of comparison sees a move."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.answers import Answer
from benchmarks.peers import session
from benchmarks.peers.session import ask_peers
from benchmarks.trial import Gate

BEFORE = Answer(pd.DataFrame({"score": [0.1, 0.7, 0.9], "label": ["no", "yes", "yes"]}), {"loss": 0.5, "auc": 0.8})


def moved(by: float, loss: float = 0.5) -> Answer:
    return Answer(BEFORE.predictions.assign(score=BEFORE.predictions["score"] * (1 + by)), {"loss": loss, "auc": 0.8})


AFTER = {
    "same": BEFORE,
    "last-digit": moved(float(np.finfo(float).eps)),
    "small": moved(1e-6),
    "large": moved(1e-3),
    "other-label": Answer(BEFORE.predictions.assign(label=["no", "no", "yes"]), BEFORE.metrics),
    "worse": moved(0.0, loss=0.52),
    "better": moved(0.0, loss=0.4),
    "raised": Answer(raised="ValueError: no such column"),
}


def test_each_peer_sees_what_its_comparison_can(tmp_path: Path) -> None:
    before, gates = dict.fromkeys(AFTER, BEFORE), dict.fromkeys(AFTER, Gate("loss", higher=False))
    failures = ask_peers(before, AFTER, gates, tmp_path / "peers")
    assert {peer: [key for key in AFTER if found[key]] for peer, found in failures.items()} == {
        "pytest-regressions": ["large", "other-label", "worse", "better", "raised"],
        "syrupy": ["last-digit", "small", "large", "other-label", "worse", "better", "raised"],
        "assert_allclose": ["small", "large", "other-label", "worse", "better", "raised"],
        "accuracy gate": ["worse", "raised"],
    }


def test_a_test_that_fails_without_a_change_ends_the_benchmark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        session, "_session", lambda *arguments: {"syrupy": {"same": None, "unfit": "AssertionError: no"}}
    )
    with pytest.raises(SystemExit, match=r"fail without any change.*: syrupy unfit: AssertionError: no$"):
        ask_peers({}, {}, {}, tmp_path / "peers")
