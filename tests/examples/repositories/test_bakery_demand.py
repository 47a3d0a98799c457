"""A demand pipeline: schemas at its edges, lags by group, boosted trees, and all paths in its configuration."""

from __future__ import annotations

from operator import attrgetter

import pytest

from mlguard.core.outcome import Outcome
from tests.examples.edit import CONTRACTS, PROBES, told
from tests.examples.repositories.conftest import Repository
from tests.examples.repositories.edit import Edit

pytestmark = pytest.mark.repositories
REPOSITORY, GUARD = "bakery_demand", "Demand"
FEATURES, PIPELINE, SCHEMAS = "demand/features.py", "demand/pipeline.py", "demand/schemas.py"

EDITS = (
    Edit(
        "lags are looked up in a series",
        GUARD,
        FEATURES,
        """\
        past = history[[*KEYS, "sold"]].copy()
        past["date"] = past["date"] + pd.Timedelta(days=lag)
        df = df.merge(past.rename(columns={"sold": f"lag_{lag}"}), on=KEYS, how="left")
""",
        """\
        sold = history.set_index(KEYS)["sold"]
        wanted = pd.MultiIndex.from_arrays([df["shop"], df["item"], df["date"] - pd.Timedelta(days=lag)])
        df[f"lag_{lag}"] = sold.reindex(wanted).to_numpy(dtype=float)
""",
    ),
    Edit(
        "the cap is a method of the series",
        GUARD,
        PIPELINE,
        'out["forecast"] = np.minimum(expected, cap).round(4)',
        'out["forecast"] = pd.Series(expected, index=cap.index).clip(upper=cap).round(4)',
    ),
    Edit(
        "lags begin a day late",
        GUARD,
        FEATURES,
        'past["date"] = past["date"] + pd.Timedelta(days=lag)',
        'past["date"] = past["date"] + pd.Timedelta(days=lag + 1)',
        stage="train",
    ),
    Edit(
        "only whole pieces are baked",
        GUARD,
        PIPELINE,
        "np.minimum(expected, cap).round(4)",
        "np.minimum(expected, cap).round(0)",
        stage="predict",
    ),
    Edit(
        "the error is divided by the forecast",
        GUARD,
        PIPELINE,
        '"wape": float(error.abs().sum() / sold.sum())',
        '"wape": float(error.abs().sum() / expected.sum())',
        stage="evaluate",
    ),
    Edit(
        "free goods are refused",
        GUARD,
        SCHEMAS,
        "pa.Check.ge(0), nullable=True",
        "pa.Check.gt(0), nullable=True",
        stage="predict",
        only=PROBES,
    ),
    Edit(
        "a table for debugging stays behind",
        GUARD,
        PIPELINE,
        "    features = build(future, history, cfg)\n",
        '    features = build(future, history, cfg)\n    features.to_csv("debug_features.csv", index=False)\n',
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
