"""Animals of a shelter, and which of them found a home within a month."""

import numpy as np
import pandas as pd

from mlguard import Dataset, settle

COLOURS = ("black", "tabby", "white")


def make(rng, rows=160):
    """`train` and `test` rows; one is an animal: age in months, weight in kg, days here, photos, colour.

    Planted: missing weights and ages; a colour that only the test rows have; weights exactly at the limits of sizes;
    two animals that are equal; an animal without photos.
    """
    age = rng.randint(1, 150, rows).astype(float)
    weight = settle(2 + 30 * rng.uniform(size=rows) ** 2, 1)
    here, photos = rng.randint(0, 90, rows), rng.randint(0, 9, rows)
    colour = rng.choice(COLOURS, rows)
    liked = 1.2 - age / 60 + photos / 5 - here / 80 + 0.5 * (colour == "white") + rng.normal(size=rows) / 2
    animals = pd.DataFrame(
        {"age_months": age, "weight_kg": weight, "days_here": here, "photos": photos, "colour": colour}
    )
    animals["adopted"] = (settle(liked) > 0.2).astype("int64")
    animals.loc[5::23, "weight_kg"] = np.nan
    animals.loc[9::41, "age_months"] = np.nan
    animals.loc[[20, 130], "weight_kg"] = 8.0
    animals.loc[[21, 131], "weight_kg"] = 20.0
    animals.loc[3, "photos"] = 0
    animals.loc[30] = animals.loc[31]
    animals.loc[[125, 140], "colour"] = "calico"
    cut = rows * 3 // 4
    return Dataset({"train": animals[:cut], "test": animals[cut:].reset_index(drop=True)}, target="adopted")
