"""The JSON documents of `--json`, key by key.

`docs/json.md` is written from these declarations, and tests compare them with what the commands answer. Whoever adds a
key adds it here with one line of meaning; one that exists keeps its name and its type.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlguard.report.documents.checks import Check, Round, Trial
from mlguard.report.documents.goldens import (
    Approvals,
    Decided,
    Listing,
    Moved,
    Pruned,
    Report,
    Status,
    Transfer,
    Waiting,
)
from mlguard.report.documents.projects import (
    Datasets,
    Explanation,
    Failed,
    FewestRows,
    GeneratorScripts,
    SetUp,
    Slugs,
)
from mlguard.report.documents.releases import Gate, Released, RolledBack
from mlguard.report.documents.tools import Audits, Bisection, CheckedShapes, Comparison

DOCUMENTS: Mapping[str, type[Any]] = {
    "init": SetUp,
    "make-dataset": Datasets,
    "make-dataset --like": GeneratorScripts,
    "make-dataset --shrink": FewestRows,
    "list": Listing,
    "check": Check,
    "check --try": Trial,
    "watch": Round,
    "regen-golden": Approvals,
    "review --list": Waiting,
    "review": Decided,
    "report": Report,
    "status": Status,
    "gate": Gate,
    "release": Released,
    "rollback": RolledBack,
    "calibrate": Approvals,
    "audit": Audits,
    "diff": Comparison,
    "diff --bisect": Bisection,
    "shapes": CheckedShapes,
    "explain": Slugs,
    "explain SLUG": Explanation,
    "move": Moved,
    "golden": Transfer,
    "prune": Pruned,
    "any command that fails": Failed,
}
"""The document of each command, in the order of use."""
