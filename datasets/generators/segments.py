"""Customers of a grocery chain, drawn from four ways of shopping of unequal size."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlguard import Dataset, run_script, settle

CITIES = ("København", "Malmö", "Århus", "Lund")
# Per way of shopping: share of customers, visits per month, basket in euro, share bought online and on discount.
WAYS = (
    (0.40, 9.0, 22.0, 0.10, 0.20),
    (0.30, 3.0, 95.0, 0.15, 0.12),
    (0.20, 4.0, 60.0, 0.80, 0.15),
    (0.10, 15.0, 12.0, 0.05, 0.70),
)


def make(rng: np.random.RandomState, rows: int = 300) -> Dataset:
    """One row is one customer in one quarter, in no order.

    Columns: `customer` (number), `city` (text), `visits` (per month, whole), `basket` (mean euro per visit),
    `online` and `discount` (shares, 0 to 1), `idle_days` (days since the last visit), `chain` (text), `way` (0 to 3:
    the way of shopping that the row was drawn from; the clustering never sees it).

    Planted: four clusters of clearly unequal size; customer numbers above 2**53; baskets of exactly 50.00, where the
    big-basket flag parts `>=` from `>`; customers without any visit; missing `idle_days`; the city `Ystad` only in the
    last rows; customers listed twice; customers who differ in nothing but the number, so that distances tie; the
    constant `chain`; non-ASCII cities.
    """
    shares = tuple(way[0] for way in WAYS)
    way = rng.choice(len(WAYS), rows, p=shares)
    visits, basket, online, discount = (np.array([row[field] for row in WAYS])[way] for field in range(1, 5))
    frame = pd.DataFrame(
        {
            "customer": 2**53 + 5 + 9 * np.arange(rows, dtype=np.int64),
            "city": rng.choice(CITIES, rows, p=(0.4, 0.3, 0.2, 0.1)),
            "visits": rng.poisson(visits),
            "basket": settle(basket * rng.uniform(0.75, 1.25, rows), 2),
            "online": settle(np.clip(online + rng.uniform(-0.1, 0.1, rows), 0.0, 1.0), 3),
            "discount": settle(np.clip(discount + rng.uniform(-0.1, 0.1, rows), 0.0, 1.0), 3),
            "idle_days": settle(rng.gamma(1.5, 6.0, rows), 0),
            "chain": "Grøn",
            "way": way,
        }
    )
    frame.loc[7::37, "basket"] = 50.0
    frame.loc[19::71, "visits"] = 0
    frame.loc[rows - max(2, rows // 50) :, "city"] = "Ystad"
    frame.loc[rng.uniform(size=rows) < 0.07, "idle_days"] = np.nan
    frame.loc[[3, rows - 2], "idle_days"] = np.nan
    return Dataset(_repeat(frame), target="way")


def _repeat(frame: pd.DataFrame) -> pd.DataFrame:
    """List some customers twice, and give others the habits of an earlier one."""
    for row in range(12, len(frame), 43):
        for column in frame.columns:
            frame.loc[row, column] = frame.loc[row - 5, column]
    for row in range(16, len(frame), 47):
        for column in frame.columns.drop("customer"):
            frame.loc[row, column] = frame.loc[row - 4, column]
    return frame


if __name__ == "__main__":
    run_script(__file__)
