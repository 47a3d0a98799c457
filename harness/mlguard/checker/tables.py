"""The golden's own tables, where they are kept, and what those of a run have differently."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mlguard.core.cause import Cause, CauseKind
from mlguard.core.error import MlguardError
from mlguard.core.finding import Finding
from mlguard.core.record import Record
from mlguard.core.run_name import MAIN
from mlguard.golden.interface import Store


def changed(moves: Sequence[Finding]) -> Cause:
    """Which tables moved, and which of their columns."""
    names = []
    for finding in moves:
        if finding.stage == "dataset" and finding.observation.endswith(".content"):
            table = finding.observation.removesuffix(".content")
            columns = ", ".join(finding.difference.rows[:6]) or "all of it"
            names.append(f"{table} ({columns})" if finding.run == MAIN else f"{table} of {finding.run}")
    others = [f"{f.observation} of {f.run}" for f in moves if f.stage == "dataset"]
    return Cause(CauseKind.DATASET_CHANGED, names=tuple(names or others[:3]))


def kept(goldens: Store, golden: Record) -> Path | Cause:
    """Where the tables lie that a golden was recorded on, or why they cannot be used."""
    name = golden.provenance.dataset.name if golden.provenance.dataset else ""
    try:
        found = goldens.datasets.load(name)
    except MlguardError as error:
        return Cause(CauseKind.TABLES_GONE, detail=error.message)
    if found is None or found[1].digest != golden.provenance.data_digest:
        return Cause(CauseKind.TABLES_GONE)
    return Path(goldens.datasets.place(name))
