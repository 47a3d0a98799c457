"""A golden as a usual guard leaves it, and a store to keep it in."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from mlguard.core.record import (
    GATE,
    INTERNAL,
    Approval,
    ConfigurationFacts,
    DatasetFacts,
    Observation,
    Provenance,
    Record,
)
from mlguard.core.run_name import Seed
from mlguard.core.tolerance import Tolerances
from mlguard.core.value import number, numbers, text, texts
from mlguard.golden.folder import FolderBucket
from mlguard.golden.local import LocalStore
from mlguard.golden.objects import Objects

ROWS = tuple(f"c{index}" for index in range(24))


@pytest.fixture
def record() -> Record:
    draw = np.random.RandomState(0)
    observations = (
        Observation("dataset", "columns", texts(["age", "city"])),
        Observation("split", "test.city", texts([f"Zürich {i}" for i in range(24)], rows=ROWS), file="split"),
        Observation("train", "model.coef", numbers(draw.rand(3, 2)), role=INTERNAL),
        Observation("train", "model.big", numbers((draw.rand(5000) * 100).astype(np.int8)), role=INTERNAL),
        Observation("predict", "test.proba", numbers(draw.rand(24), rows=ROWS), column="proba", file="predictions"),
        Observation("predict", "test.label", numbers(np.arange(24) % 2, rows=ROWS), column="label", file="predictions"),
        Observation("predict", "train.proba", numbers(draw.rand(30)), column="proba", file="predictions"),
        Observation("evaluate", "accuracy", number(0.875)),
        Observation("evaluate", "auc", number(0.9342)),
        Observation("evaluate", "note", text("all\r\nfine")),
        Observation("predict", "test.proba", numbers(draw.rand(20)), GATE, Seed(1), "proba", "predictions"),
        Observation("predict", "wide", numbers(draw.rand(20, 100).astype(np.float32))),
    )
    return Record(
        guard="Churn[model_cat]",
        observations=observations,
        provenance=Provenance(
            dataset=DatasetFacts("churn", 0, rows=200),
            configuration=ConfigurationFacts({"C": 1.0, "limit": float("inf")}, "configs/churn.yaml"),
            sources={"shop/churn.py": "sha256:aa", "shop/cli.py": "sha256:bb"},
            environment={"python": "3.11", "packages": {"numpy": "2.0", "pandas": "3.0"}},
        ),
        tolerances=Tolerances(noise={"column proba": 1e-16, "main/train/model.coef": 1e-15}),
        approvals=(Approval("2026-01-02T03:04:05Z", None, "first golden", ("auc 0.9369 -> 0.9342",)),),
        left_out=frozenset({"seed 2"}),
        remarks=("split: three quarters to one",),
        asked={"contract batches": 1, "form objects": 2},
        mlguard="0.2.0",
    )


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "golden", tmp_path)


@pytest.fixture
def world_folder() -> Iterator[Path]:
    """A folder that every user may enter, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A shared folder, which is a place of goldens."""
    folder = tmp_path / "mounted"
    folder.mkdir()
    Objects(FolderBucket(folder.as_uri())).found()
    return folder
