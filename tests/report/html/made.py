"""Guards as a page shows them, made of Records in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
import pandas as pd

from mlguard.core.compare import compare
from mlguard.core.dataset import Dataset
from mlguard.core.record import Approval, DatasetFacts, Observation, Provenance, Record
from mlguard.core.rules import Rules
from mlguard.core.run_name import MAIN
from mlguard.core.tolerance import Tolerances
from mlguard.core.value import numbers, texts
from mlguard.core.verdict import Verdict
from mlguard.report.html.shown import Shown
from tests.core.records import seen

NUMBER = 20
"""Rows of the answers."""

ROWS = tuple(str(i) for i in range(NUMBER))
TABLE = Dataset(
    pd.DataFrame({"x": np.arange(NUMBER) / 10, "y": [i % 2 for i in range(NUMBER)], "z": np.arange(NUMBER) * 1.5}),
    target="y",
)


def column(name: str, values: Any, **facts: Any) -> Observation:
    """A column of answers."""
    array = np.asarray(values)
    value = (
        texts(values, rows=ROWS[: len(values)]) if array.dtype.kind == "U" else numbers(array, rows=ROWS[: len(array)])
    )
    return seen("predict", f"test.{name}", value, column=name, **facts)


def run(*observations: Observation, **facts: Any) -> Record:
    """A Record on the table above."""
    source = DatasetFacts("tiny", 0, "sha256:0123456789abcdef", {"rows": NUMBER}, target="y")
    environment = {"python": "3.11.7", "packages": {"numpy": "2.4.6"}, "system": "Linux"}
    return Record("Churn", observations, Provenance(source, environment=environment), **facts)


def shown(golden: Sequence[Observation], new: Sequence[Observation], **rules: Any) -> Shown:
    """What comparing two runs shows."""
    before = run(
        *golden,
        tolerances=Tolerances(noise={"column p": 1e-14}),
        approvals=(
            Approval("2026-11-20T08:00:00+00:00", "abc1234", "softer ratio", ("auc 0.9 -> 0.91",)),
            Approval("2026-10-01T08:00:00+00:00", None, "first golden"),
        ),
    )
    return against(before, run(*new), **rules)


def against(golden: Record, record: Record, **rules: Any) -> Shown:
    """What comparing two Records shows."""
    made = Rules(**rules)
    comparison = compare(golden, record, made)
    first = comparison.first
    verdict = Verdict(
        golden.guard,
        comparison.outcome,
        findings=comparison.findings,
        first_moved=first.stage if first else None,
        first_run=first.run if first else MAIN,
    )
    return Shown(verdict, golden, record, TABLE, made.requirements)


AUC = 0.936912345678901
"""A metric with as many digits as metrics have: rounded ones are held to their last digit."""

P = np.linspace(0.05, 0.95, NUMBER)
"""Probabilities."""

GOLDEN = (
    seen("dataset", "rows.schema", texts(["float64, 0 missing", "int64, 0 missing"], rows=["x", "y"])),
    seen("split", "test.rows", texts(ROWS)),
    column("p", P),
    column("label", (P > 0.5).astype(int)),
    seen("evaluate", "auc", AUC),
    seen("evaluate", "loss", 0.212345678901),
)
"""A golden with a column of probabilities, one of labels, and two metrics."""


def moved(**values: Any) -> list[Observation]:
    """The golden's Observations with other values, by the last part of their name."""
    return [
        replace(o, value=numbers(np.asarray(values[name]), rows=o.value.rows))
        if (name := o.name.rpartition(".")[2]) in values
        else o
        for o in GOLDEN
    ]


HIGHER = np.where(np.arange(NUMBER) < 3, P + 0.02, P)
"""Probabilities of which the first three are higher."""

MATCH, SHIFTED = shown(GOLDEN, GOLDEN), shown(GOLDEN, moved(p=HIGHER, auc=0.9342))


def text(root: Element | None) -> str:
    """All the words of an element."""
    assert root is not None
    return " ".join(" ".join(root.itertext()).split())


def found(root: Element | None, tag: str, class_: str = "") -> list[Element]:
    """The elements below one that have a tag and a class."""
    assert root is not None
    return [one for one in root.iter(tag) if not class_ or class_ in one.attrib.get("class", "").split()]
