"""Applications for small loans, and whether the loan was in default after two years."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlguard import Dataset, run_script, settle

HOMES = ("owner", "tenant", "mit Eltern", "gefördert")
PURPOSES = ("car", "kitchen", "study", "move")


def make(rng: np.random.RandomState, rows: int = 400) -> Dataset:
    """One row is one application; rows are in the order of the applications.

    Columns: `application` (number), `age` (whole years), `income` and `debt_service` (euro per month), `amount`
    (euro), `years_employed` (years, in steps of a half), `late` (late payments in three years), `home`, `purpose`,
    `product` (text), `default` (1 or 0; the target). Risk falls with income and years employed, and rises with late
    payments and with the share of income that debt takes.

    Planted: application numbers above 2**53; ages of exactly 25, incomes of exactly 2000.00 and shares of exactly 0.4,
    which lie on the edges of bins; missing incomes and years; the purpose `solar` only in the last rows; applications
    handed in twice; applications that differ in nothing but the number; the constant `product`; non-ASCII homes.
    """
    frame = pd.DataFrame(
        {
            "application": 2**53 + 3 + 5 * np.arange(rows, dtype=np.int64),
            "age": rng.randint(19, 71, rows),
            "income": settle(1100.0 + 700.0 * rng.gamma(2.0, 1.0, rows), 2),
            "debt_service": settle(150.0 * rng.gamma(2.0, 1.5, rows), 2),
            "amount": 500.0 * rng.randint(2, 41, rows),
            "years_employed": 0.5 * rng.randint(0, 41, rows),
            "late": rng.poisson(0.8, rows),
            "home": rng.choice(HOMES, rows, p=(0.3, 0.4, 0.2, 0.1)),
            "purpose": rng.choice(PURPOSES, rows, p=(0.4, 0.3, 0.2, 0.1)),
            "product": "small loan",
        }
    )
    frame.loc[6::29, "age"] = 25
    frame.loc[8::27, "income"] = 2000.0
    frame.loc[8::54, "debt_service"] = 800.0
    frame.loc[rows - max(2, rows // 40) :, "purpose"] = "solar"
    frame["default"] = _outcome(rng, frame)
    frame.loc[rng.uniform(size=rows) < 0.06, "income"] = np.nan
    frame.loc[rng.uniform(size=rows) < 0.05, "years_employed"] = np.nan
    frame.loc[[4, rows - 3], "income"] = np.nan
    frame.loc[[9, rows - 5], "years_employed"] = np.nan
    return Dataset(_repeat(frame), target="default")


def _outcome(rng: np.random.RandomState, frame: pd.DataFrame) -> np.ndarray:
    """Default or not, drawn from a probability that is settled first."""
    share = frame["debt_service"] / frame["income"]
    logit = (
        -2.6
        + 6.0 * np.minimum(share, 1.0)
        + 1.0 * frame["late"]
        - 0.0005 * (frame["income"] - 2000.0)
        - 0.09 * frame["years_employed"]
        + 0.7 * (frame["age"] < 25)
        + 0.5 * (frame["home"] == "tenant")
    )
    probability = settle(1.0 / (1.0 + np.exp(-settle(logit.to_numpy()))))
    return (settle(rng.uniform(size=len(frame))) < probability).astype(np.int64)


def _repeat(frame: pd.DataFrame) -> pd.DataFrame:
    """Hand in some applications twice, and some with the values of an earlier one under a new number."""
    for row in range(11, len(frame), 39):
        for column in frame.columns:
            frame.loc[row, column] = frame.loc[row - 1, column]
    for row in range(18, len(frame), 51):
        for column in frame.columns.drop("application"):
            frame.loc[row, column] = frame.loc[row - 2, column]
    return frame


if __name__ == "__main__":
    run_script(__file__)
