"""Measured cell nuclei of breast tumours: a seeded choice from the Wisconsin data that scikit-learn ships."""

from __future__ import annotations

import numpy as np
from sklearn.datasets import load_breast_cancer

from mlguard import Dataset, run_script

AVAILABLE = 200


def make(rng: np.random.RandomState, rows: int = 180) -> Dataset:
    """One row is one tumour: thirty measurements of its nuclei, and `benign` (1 or 0; the target).

    Columns keep scikit-learn's names with underscores (`mean_radius`, `worst_concave_points`); lengths are in the
    image's own unit, the other measurements are ratios. At most 200 rows, whatever is asked for.

    Nothing is planted: these rows show that a guard also holds on data which nobody made up.
    """
    bunch = load_breast_cancer(as_frame=True)
    chosen = rng.permutation(len(bunch.frame))[: min(rows, AVAILABLE)]
    frame = bunch.data.iloc[chosen].reset_index(drop=True)
    frame.columns = [str(name).replace(" ", "_") for name in frame.columns]
    return Dataset(frame.assign(benign=bunch.target.to_numpy()[chosen].astype(np.int64)), target="benign")


if __name__ == "__main__":
    run_script(__file__)
