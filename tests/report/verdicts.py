"""One Verdict of every outcome, as a check leaves it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mlguard.core.cause import Cause, CauseKind, Change, ChangeOf
from mlguard.core.compare import Comparison
from mlguard.core.outcome import Outcome
from mlguard.core.record import INTERNAL
from mlguard.core.requirement import parse_requirements
from mlguard.core.run_name import MAIN
from mlguard.core.value import numbers, texts
from mlguard.core.verdict import Verdict
from tests.core.records import against, contract, effect, floats, found, proba, probed, seen

GOLDEN = [
    seen("dataset", "rows.content", texts(["sha256:0", "sha256:1"], dtype="digest", rows=["age", "city"])),
    seen("split", "test.rows", texts(["3", "8", "9", "11"])),
    seen("train", "coef_", floats(1.0, 2.0, 3.0), role=INTERNAL),
    proba(0.1, 0.9, 0.4, 0.35),
    seen("predict", "test.label", texts(["no", "yes", "no", "no"], rows=["r0", "r1", "r2", "r3"]), column="label"),
    *probed(["answered", "answered"], floats(0.5, 0.6)),
    seen("evaluate", "auc", 0.9369),
    *contract("inputs unchanged", "same"),
    effect("model.C", 0.25),
]
DATA, SPLIT, COEF, PROBA, LABEL, STATUS, PROBED, AUC, INPUTS, EFFECT = range(len(GOLDEN))


def changed(**new: Any) -> list[Any]:
    """The golden's Observations with some values replaced, by name."""
    places = {
        "data": DATA,
        "coef": COEF,
        "proba": PROBA,
        "label": LABEL,
        "status": STATUS,
        "auc": AUC,
        "effect": EFFECT,
    }
    made = list(GOLDEN)
    for name, value in new.items():
        made[places[name]] = replace(made[places[name]], value=value)
    return made


def told(comparison: Comparison, **facts: Any) -> Verdict:
    first = comparison.first
    return Verdict(
        "Churn",
        facts.pop("outcome", comparison.outcome),
        findings=comparison.findings,
        first_moved=first.stage if first else None,
        first_run=first.run if first else MAIN,
        **facts,
    )


ROWS = ("r0", "r1", "r2", "r3")
LOWER = floats(0.1, 0.7, 0.4, 0.36, rows=ROWS)

VERDICTS = {
    "match": told(against(GOLDEN, GOLDEN)),
    "match in the last digits": told(
        against(GOLDEN, changed(proba=floats(0.1, 0.9 + 1e-15, 0.4, 0.35, rows=ROWS), coef=floats(1.0, 2.0, 3.5)))
    ),
    "shifted": told(
        against(
            GOLDEN,
            changed(
                coef=floats(1.0, 2.0, 2.5),
                proba=LOWER,
                label=texts(["no", "no", "no", "no"], rows=ROWS),
                status=texts(["answered", "raised KeyError"], rows=["unseen city #0", "unseen city #1"]),
                auc=numbers(floats(0.9342).data.reshape(())),
            ),
        ),
        causes=(Cause(CauseKind.CONFIGURATION_EDITED, changes=(Change("model.C", "1.0", "2.0"),)),),
        changed=(ChangeOf.CONFIGURATION,),
        commit="0a1b2c3",
    ),
    "shifted in another run": told(against(GOLDEN, changed(effect=numbers(floats(0.0).data.reshape(()))))),
    "shifted in many": told(
        against(
            [seen("predict", f"v{i}", float(i)) for i in range(14)],
            [seen("predict", f"v{i}", 99.0) for i in range(14)],
        )
    ),
    "violated": told(
        against(
            GOLDEN,
            [o for o in GOLDEN if o.name != "inputs unchanged"]
            + contract("inputs unchanged", "differs", found("inputs unchanged", "predict changed column age of rows")),
            requirements=parse_requirements({"auc": ">= 0.95"}),
        )
    ),
    "a gate alone": told(
        against(GOLDEN, GOLDEN, requirements=parse_requirements({"auc": ">= 0.95"})), commit="0a1b2c3"
    ),
    "a gate and a move": told(
        against(GOLDEN, changed(auc=numbers(floats(0.91).data.reshape(()))),
                requirements=parse_requirements({"auc": ">= 0.95"}))
    ),
    "another type": told(
        against([proba(0.5, 0.25, 0.75)], [replace(proba(0.5, 0.25, 0.75), value=numbers(
            floats(0.5, 0.25, 0.75).data.astype("float32"), rows=ROWS[:3]))])
    ),
    "dataset-changed": told(
        against(GOLDEN, changed(data=texts(["sha256:0", "sha256:9"], dtype="digest", rows=["age", "city"]))),
        outcome=Outcome.DATASET_CHANGED,
        causes=(Cause(CauseKind.DATASET_CHANGED, names=("rows (city)",)),
                Cause(CauseKind.OWN_CODE_AGREES, commit="0a1b2c3")),
    ),
    "environment-changed": told(
        against(GOLDEN, changed(proba=LOWER)),
        outcome=Outcome.ENVIRONMENT_CHANGED,
        changed=(ChangeOf.ENVIRONMENT,),
        causes=(Cause(CauseKind.LIBRARIES_DIFFER, changes=(Change("numpy", "2.0", "2.1"),)),
                Cause(CauseKind.OWN_CODE_AGREES, commit="0a1b2c3")),
    ),
    "missing": Verdict(
        "Churn[model_cat]", Outcome.MISSING, problem="guard Churn[model_cat] has no golden: nothing was compared",
        slug="golden-missing", remarks=("the rows were split in order, three quarters to one",),
    ),
    "missing one": told(against(GOLDEN[:-1], [*GOLDEN[:-1], seen("evaluate", "f1", 0.5), seen("evaluate", "n", 40)])),
    "corrupt": Verdict(
        "Churn", Outcome.CORRUPT, problem="golden/Churn/record.json has merge markers in line 12", slug="golden-markers"
    ),
    "stale": Verdict("Old", Outcome.STALE, problem="golden Old has no guard; `mlguard prune` deletes it"),
    "unstable": Verdict(
        "Churn", Outcome.UNSTABLE, problem="predict test.label jumps, row r1, under round-off alone (likely a tie)"
    ),
    "error": Verdict(
        "Churn", Outcome.ERROR, problem="guard Churn: `train` raised KeyError: 'income'", slug="guarded-code-raised",
        traceback='  File "shop/churn.py", line 3, in train\n    rows["income"]\nKeyError: \'income\'', stage="train",
    ),
    "usage": Verdict(
        "Churn", Outcome.ERROR, problem="2 problems:\n  - guard Churn: one\n  - guard Churn: two", usage=True,
        slug="guard-declaration",
    ),
    "nothing compared": told(against([], []), problem="guard Churn: nothing was compared"),
}  # fmt: skip
