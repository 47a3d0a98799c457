"""Fisher's iris measurements as scikit-learn ships them, a seeded share of the 150 flowers."""

from __future__ import annotations

import numpy as np

from mlguard import Dataset, run_script

COLUMNS = ("sepal_length", "sepal_width", "petal_length", "petal_width")


def make(rng: np.random.RandomState, rows: int = 120) -> Dataset:
    """One row is a flower, in random order; there are no more than 150, whatever is asked for.

    Columns: the four measurements in centimetres, to one decimal, and `species` (text; the target).

    Nothing is planted: real measurements bring their own edges. One decimal makes many distances between flowers
    equal.
    """
    # Imported here, since only the real datasets need it and loading it takes longer than making all others.
    from sklearn.datasets import load_iris

    iris = load_iris(as_frame=True)
    picked = rng.permutation(len(iris.data))[:rows]
    flowers = iris.data.iloc[picked].reset_index(drop=True)
    flowers.columns = list(COLUMNS)
    flowers["species"] = [str(iris.target_names[code]) for code in iris.target.iloc[picked]]
    return Dataset(flowers, target="species", decimals=1)


if __name__ == "__main__":
    run_script(__file__)
