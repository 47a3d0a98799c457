"""Handwritten digits, 8 by 8 pixels: a seeded choice from the images that scikit-learn ships."""

from __future__ import annotations

import numpy as np
from sklearn.datasets import load_digits

from mlguard import Dataset, run_script

AVAILABLE = 200


def make(rng: np.random.RandomState, rows: int = 200) -> Dataset:
    """One row is one image: its pixels `pixel_0_0` to `pixel_7_7` (line, then column; 0 to 16) and `digit`, the target.

    At most 200 rows, whatever is asked for.

    Nothing is planted: these rows show that a guard also holds on data which nobody made up.
    """
    bunch = load_digits(as_frame=True)
    chosen = rng.permutation(len(bunch.frame))[: min(rows, AVAILABLE)]
    frame = bunch.data.iloc[chosen].reset_index(drop=True).astype("int64")
    return Dataset(frame.assign(digit=bunch.target.to_numpy()[chosen].astype(np.int64)), target="digit")


if __name__ == "__main__":
    run_script(__file__)
