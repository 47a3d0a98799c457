"""A competition's scripts: features with a registry and a cache, boosted trees by fold, a submission and its scores."""

from __future__ import annotations

from operator import attrgetter

import pytest

from mlguard.core.outcome import Outcome
from tests.examples.edit import CONTRACTS, PROBES, told
from tests.examples.repositories.conftest import Repository
from tests.examples.repositories.edit import Edit

pytestmark = pytest.mark.repositories
REPOSITORY, GUARD = "hotel_cancellations", "Cancellations"
BOOKING, RUN = "features/booking.py", "run.py"

EDITS = (
    Edit(
        "bands are cut by pandas",
        GUARD,
        BOOKING,
        'out["lead_band"] = np.digitize(df["lead_time"], [7, 30, 90, 180])',
        "edges = [-np.inf, 7, 30, 90, 180, np.inf]\n"
        '        out["lead_band"] = pd.cut(df["lead_time"], edges, right=False, labels=False)',
    ),
    Edit(
        "the best iteration is what predict takes anyway",
        GUARD,
        RUN,
        "pred += model.predict(X_test, num_iteration=model.best_iteration) / len(split(y))",
        "pred += model.predict(X_test) / len(split(y))",
    ),
    Edit(
        "the weekend begins on Saturday",
        GUARD,
        BOOKING,
        "(day.dt.weekday >= 4)",
        "(day.dt.weekday > 4)",
        stage="features",
    ),
    Edit("one fold too many in the mean", GUARD, RUN, "/ len(split(y))", "/ (len(split(y)) + 1)", stage="predict"),
    Edit(
        "the score is the mean of the folds",
        GUARD,
        RUN,
        'scores["auc"] = roc_auc_score(y, oof)',
        'scores["auc"] = np.mean([scores[f"auc_fold{k}"] for k in range(len(models))])',
        stage="evaluate",
    ),
    Edit(
        "an unknown room has no usual price",
        GUARD,
        BOOKING,
        '(rate / df["room"].map(usual).fillna(overall)).round(6)',
        '(rate / df["room"].map(usual)).round(6)',
        stage="predict",
        only=PROBES,
    ),
    Edit(
        "the id is the first column",
        GUARD,
        RUN,
        "pd.DataFrame({ID: test[ID], TARGET: pred})",
        "pd.DataFrame({ID: test.iloc[:, 0], TARGET: pred})",
        stage="contracts",
        only=CONTRACTS,
    ),
)


def test_the_golden_is_that_of_the_code(repository: Repository) -> None:
    verdict = repository.check(GUARD)
    assert verdict.outcome is Outcome.MATCH, told(verdict)


@pytest.mark.parametrize("edit", EDITS, ids=attrgetter("id"))
def test_an_edit(edit: Edit, repository: Repository) -> None:
    repository.expect(edit)
