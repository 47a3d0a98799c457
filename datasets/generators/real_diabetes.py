"""Patients with diabetes and the state of their disease a year later: a seeded choice from what scikit-learn ships."""

from __future__ import annotations

import numpy as np
from sklearn.datasets import load_diabetes

from mlguard import Dataset, run_script

AVAILABLE = 200


def make(rng: np.random.RandomState, rows: int = 200) -> Dataset:
    """One row is one patient: ten measurements as they were taken, and `progression` (a score; the target).

    Columns: `age` (years), `sex` (1 or 2), `bmi` (kilograms per square metre), `bp` (mean blood pressure), `s1` to
    `s6` (blood serum), all unscaled. At most 200 rows, whatever is asked for.

    Nothing is planted: these rows show that a guard also holds on data which nobody made up.
    """
    bunch = load_diabetes(as_frame=True, scaled=False)
    chosen = rng.permutation(len(bunch.frame))[: min(rows, AVAILABLE)]
    frame = bunch.data.iloc[chosen].reset_index(drop=True).astype({"age": "int64", "sex": "int64"})
    return Dataset(frame.assign(progression=bunch.target.to_numpy()[chosen]), target="progression")


if __name__ == "__main__":
    run_script(__file__)
