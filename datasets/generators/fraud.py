"""Card payments of one bank in the order in which they arrived, one in twenty of them fraudulent."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlguard import Dataset, run_script, settle

FIRST_PAYMENT = 2**53 + 11
COUNTRIES = ("Deutschland", "Česko", "Türkiye", "España")
CATEGORIES = ("grocery", "fuel", "travel", "electronics", "gaming")
CHANNELS = ("chip", "contactless", "online")
LIMITS = (500.0, 1000.0, 2000.0, 5000.0)
REVIEW = 1000.0


def make(rng: np.random.RandomState, rows: int = 400) -> Dataset:
    """One row is one card payment; rows are in the order of arrival.

    Columns: `payment` (number), `card` (number), `hour` (0 to 23), `amount` and `limit` (euro; the limit of the card
    per week), `country` of the merchant, `category` of the merchant, `channel`, `currency` (text), `fraud` (1 or 0;
    the target).

    Planted: payment numbers above 2**53; one fraud in twenty exactly; amounts of exactly 1000.00, where the review
    rule of a threshold parts `>=` from `>`, and of exactly the card's limit; missing limits; the category `crypto`
    only in the last rows; payments that were booked twice, number and all; the constant `currency`; countries in
    non-ASCII letters.
    """
    frame = pd.DataFrame(
        {
            "payment": FIRST_PAYMENT + 7 * np.arange(rows, dtype=np.int64),
            "card": rng.randint(100, 100 + max(4, rows // 8), rows),
            "hour": rng.randint(0, 24, rows),
            "amount": settle(4.0 + 160.0 * rng.gamma(1.2, 1.0, rows), 2),
            "limit": rng.choice(LIMITS, rows, p=(0.3, 0.3, 0.25, 0.15)),
            "country": rng.choice(COUNTRIES, rows, p=(0.6, 0.2, 0.1, 0.1)),
            "category": rng.choice(CATEGORIES, rows, p=(0.4, 0.2, 0.15, 0.15, 0.1)),
            "channel": rng.choice(CHANNELS, rows, p=(0.35, 0.35, 0.3)),
            "currency": "EUR",
        }
    )
    frame.loc[6::41, "amount"] = REVIEW
    frame.loc[9::47, "amount"] = frame["limit"]
    frame.loc[rows - max(2, rows // 33) :, "category"] = "crypto"
    frame["fraud"] = _one_in_twenty(rng, frame)
    frame.loc[rng.uniform(size=rows) < 0.06, "limit"] = np.nan
    frame.loc[[4, rows - 3], "limit"] = np.nan
    for row in range(13, rows, 37):
        frame.loc[row] = frame.loc[row - 1]
    return Dataset(_typed(frame), target="fraud")


def _one_in_twenty(rng: np.random.RandomState, frame: pd.DataFrame) -> np.ndarray:
    """Mark the most suspicious twentieth within each stretch of twenty payments, so that every split has some."""
    share = np.minimum(frame["amount"] / frame["limit"], 2.0)
    score = (
        1.6 * share
        + 1.1 * (frame["channel"] == "online")
        + 1.2 * ((frame["hour"] < 6) | (frame["hour"] == 23))
        + 0.9 * frame["category"].isin(("gaming", "electronics", "crypto"))
        + 0.5 * (frame["country"] != "Deutschland")
        + 0.4 * (frame["amount"] >= REVIEW)
    )
    noisy = settle(score.to_numpy() + rng.uniform(0.0, 0.8, len(frame)))
    fraud = np.zeros(len(frame), dtype=np.int64)
    for first in range(0, len(frame) - 19, 20):
        fraud[first + int(np.argmax(noisy[first : first + 20]))] = 1
    return fraud


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Whole numbers again, after rows were copied over rows."""
    numbers = ("payment", "card", "hour", "fraud")
    return frame.astype(dict.fromkeys(numbers, "int64") | {"amount": "float64", "limit": "float64"})


if __name__ == "__main__":
    run_script(__file__)
