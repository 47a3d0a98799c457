"""Subscribers of a regional newspaper, and whether they cancelled within the next quarter."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlguard import Dataset, run_script, settle

FIRST_ACCOUNT = 2**53 + 1
REGIONS = ("Zürich", "Genève", "Ticino", "Basel")
PLANS = ("monthly", "quarterly", "yearly")
PAYERS = ("card", "invoice", "debit")


def make(rng: np.random.RandomState, rows: int = 240) -> Dataset:
    """One row is the state of one account on its review day; rows are in the order of the reviews.

    Columns: `account` (number), `region`, `plan`, `payer` (text), `months` (tenure, whole months), `price` (francs
    per month), `reads_week` (articles read per week), `calls` (support calls in the quarter), `country` (text),
    `churned` (1 cancelled, 0 stayed; the target).

    Planted: account numbers above 2**53, which a float column would merge; `price` of exactly 25 and `months` of
    exactly 12, where `>=` and `>` part; missing `reads_week` and `payer`; the plan `student` only in the last rows,
    so that a chronological test split meets it unseen; accounts that were reviewed twice with equal values;
    pairs of accounts that differ in nothing but the number; the constant `country`; regions in non-ASCII letters.
    """
    frame = pd.DataFrame(
        {
            "account": FIRST_ACCOUNT + 3 * np.arange(rows, dtype=np.int64),
            "region": rng.choice(REGIONS, rows, p=(0.4, 0.2, 0.1, 0.3)),
            "plan": rng.choice(PLANS, rows, p=(0.5, 0.2, 0.3)),
            "payer": rng.choice(PAYERS, rows),
            "months": rng.randint(0, 97, rows),
            "price": settle(rng.uniform(12.0, 38.0, rows), 2),
            "reads_week": settle(rng.gamma(2.0, 3.0, rows), 1),
            "calls": rng.poisson(1.2, rows),
            "country": "CH",
        }
    )
    frame.loc[::17, "price"] = 25.0
    frame.loc[5::19, "months"] = 12
    frame.loc[rows - max(2, rows // 30) :, "plan"] = "student"
    frame["churned"] = _outcome(rng, frame)
    frame.loc[rng.uniform(size=rows) < 0.09, "reads_week"] = np.nan
    frame.loc[rng.uniform(size=rows) < 0.05, "payer"] = None
    # Missing values may not be there in a short table, and the guard's probes ask for them.
    frame.loc[[3, rows - 4], "reads_week"] = np.nan
    frame.loc[[7, rows - 6], "payer"] = None
    return Dataset(_repeat(frame), target="churned")


def _outcome(rng: np.random.RandomState, frame: pd.DataFrame) -> np.ndarray:
    """Cancel or stay, drawn from a probability that is settled first."""
    logit = (
        0.9
        - 0.03 * frame["months"]
        + 0.08 * (frame["price"] - 25.0)
        - 0.22 * frame["reads_week"]
        + 0.7 * frame["calls"]
        + 1.1 * (frame["plan"] == "monthly")
        - 0.9 * (frame["plan"] == "yearly")
        + 0.5 * (frame["price"] >= 25.0)
        + 0.6 * (frame["months"] < 12)
    )
    probability = settle(1.0 / (1.0 + np.exp(-settle(logit.to_numpy()))))
    return (settle(rng.uniform(size=len(frame))) < probability).astype(np.int64)


def _repeat(frame: pd.DataFrame) -> pd.DataFrame:
    """Review some accounts twice, and give some other account the same values."""
    for row in range(10, len(frame), 23):
        frame.loc[row] = frame.loc[row - 8]
    columns = [name for name in frame.columns if name != "account"]
    for row in range(15, len(frame), 29):
        frame.loc[row, columns] = frame.loc[row - 3, columns]
    return frame.astype({"account": "int64", "months": "int64", "calls": "int64", "churned": "int64"})


if __name__ == "__main__":
    run_script(__file__)
