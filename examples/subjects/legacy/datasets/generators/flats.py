"""Flats to let; the rent of those to answer lies in a table of its own."""

import pandas as pd


def make(rng, rows=36):
    """One row is a flat: its area in square metres, its floor, its rent, and who let it."""
    area, floor = rng.randint(20, 90, rows), rng.randint(0, 6, rows)
    flats = pd.DataFrame({"flat": range(rows), "area": area / 1.0, "floor": floor})
    rent = 11.0 * area + 5 * floor + rng.randint(-40, 41, rows)
    test = flats[24:].reset_index(drop=True)
    return {
        "train": flats[:24].assign(rent=rent[:24], agent=rng.choice(["Ito", "Roy", None], 24)),
        "test": test,
        "truth": test[["flat"]].assign(rent=rent[24:]),
    }
