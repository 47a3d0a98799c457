"""Chemical analyses of wines from three growers as scikit-learn ships them, a seeded share of the 178 bottles."""

from __future__ import annotations

import numpy as np

from mlguard import Dataset, run_script


def make(rng: np.random.RandomState, rows: int = 150) -> Dataset:
    """One row is a bottle, in random order; there are no more than 178, whatever is asked for.

    Columns: thirteen analyses in the units of the source (alcohol in per cent, proline in milligrams per litre and so
    on), named as scikit-learn names them, and `grower` (whole number, 0 to 2; the target).

    Nothing is planted: the analyses differ in scale by a factor of a thousand, which is what scaling is for.
    """
    # Imported here, since only the real datasets need it and loading it takes longer than making all others.
    from sklearn.datasets import load_wine

    wine = load_wine(as_frame=True)
    picked = rng.permutation(len(wine.data))[:rows]
    bottles = wine.data.iloc[picked].reset_index(drop=True)
    bottles.columns = [name.replace("/", "_over_") for name in bottles.columns]
    bottles["grower"] = wine.target.iloc[picked].to_numpy().astype(np.int64)
    return Dataset(bottles, target="grower", decimals=4)


if __name__ == "__main__":
    run_script(__file__)
