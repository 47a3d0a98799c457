"""Sales of homes in one city, with the long right tail that prices have."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlguard import Dataset, run_script, settle

FIRST_PARCEL = 2**53 + 11
DISTRICTS = ("Altstadt", "Brühl", "Côte", "Hafen", "Södermalm")
LOCATION = {"Altstadt": 0.35, "Brühl": 0.05, "Côte": 0.2, "Hafen": -0.2, "Södermalm": -0.05, "Neuland": -0.1}


def make(rng: np.random.RandomState, rows: int = 260) -> Dataset:
    """One row is a sale; rows are in the order of registration.

    Columns: `parcel` (land register number), `district` (text), `kind` (`flat` or `house`), `area` (square metres),
    `rooms` (halves count), `built` (year), `sold` (date), `station` (distance to the next station, kilometres),
    `lift` (yes or no), `currency` (text), `price` (thousand francs; the target).

    Planted: parcel numbers above 2**53, some sold twice (duplicate keys); `area` of exactly 120 and `station` of
    exactly 1.0, edges of the bins that buyers think in; missing `station`; the district `Neuland` only in the last
    rows; a few sales whose features are equal while the price is not (ties); the constant `currency`; district
    names in non-ASCII letters; a handful of mansions far out in the tail.
    """
    frame = pd.DataFrame(
        {
            "parcel": FIRST_PARCEL + 7 * np.arange(rows, dtype=np.int64),
            "district": rng.choice(DISTRICTS, rows, p=(0.25, 0.25, 0.2, 0.15, 0.15)),
            "kind": rng.choice(("flat", "house"), rows, p=(0.65, 0.35)),
            "area": settle(22.0 + rng.gamma(4.0, 21.0, rows), 1),
            "rooms": 1.0,
            "built": rng.randint(1880, 2022, rows),
            "sold": pd.Timestamp("2022-01-03") + pd.to_timedelta(np.sort(rng.randint(0, 700, rows)), unit="D"),
            "station": settle(rng.gamma(1.5, 0.7, rows), 2),
            "lift": rng.uniform(size=rows) < 0.4,
            "currency": "CHF",
        }
    )
    frame.loc[4::31, "area"] = 120.0
    frame.loc[9::27, "station"] = 1.0
    frame.loc[11::61, "area"] = 410.0
    frame["rooms"] = np.maximum(2, np.round(settle(frame["area"] / 13.0 + rng.uniform(-1.5, 1.5, rows), 3))) / 2
    frame.loc[rows - max(2, rows // 25) :, "district"] = "Neuland"
    for row in range(13, rows - 8, 37):
        features = [name for name in frame.columns if name not in ("parcel", "sold")]
        frame.loc[row, features] = frame.loc[row - 2, features]
    for row in range(16, rows, 41):
        frame.loc[row, "parcel"] = frame.loc[row - 10, "parcel"]
    frame = frame.astype({"parcel": "int64", "built": "int64", "lift": "bool", "area": "float64", "station": "float64"})
    frame["price"] = _price(rng, frame)
    frame.loc[rng.uniform(size=rows) < 0.08, "station"] = np.nan
    frame.loc[[5, rows - 5], "station"] = np.nan
    return Dataset(frame, target="price")


def _price(rng: np.random.RandomState, frame: pd.DataFrame) -> np.ndarray:
    """A log-linear price with noise, rounded to thousands of francs."""
    location = np.array([LOCATION[name] for name in frame["district"]])
    size = 0.9 * np.log(frame["area"].to_numpy()) + 0.02 * frame["rooms"].to_numpy()
    age = (2022 - frame["built"].to_numpy()) / 100.0
    extras = 0.08 * frame["lift"].to_numpy() + 0.12 * (frame["kind"] == "house").to_numpy()
    near = 0.1 * (frame["station"] <= 1.0).to_numpy() - 0.06 * frame["station"].to_numpy()
    noise = 0.12 * settle(rng.normal(size=len(frame)))
    return settle(np.exp(settle(2.4 + size + location - 0.25 * age + extras + near + noise)), 0)


if __name__ == "__main__":
    run_script(__file__)
