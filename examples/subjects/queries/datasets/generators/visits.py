"""Visits to a shop, and its customers."""

import numpy as np
import pandas as pd


def make(rng, rows=32):
    """One row is a visit: who came, for how many minutes, and what was spent."""
    visits = pd.DataFrame({"visit": np.arange(rows), "customer": rng.choice(["ann", "bob", "new"], rows)})
    visits["minutes"] = rng.randint(12, 80, rows) / 4
    visits.loc[::6, "minutes"] = 5.0
    visits["spent"] = 2 * visits["minutes"] + rng.randint(0, 9, rows)
    customers = pd.DataFrame({"customer": ["ann", "bob"], "country": ["DE", "FR"]})
    return {"train": visits[:22], "test": visits[22:].reset_index(drop=True), "customers": customers}
