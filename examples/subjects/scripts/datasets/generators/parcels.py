"""Parcels and what was paid for them."""

import numpy as np
import pandas as pd


def make(rng, rows=40):
    """One row is a parcel: its zone, its weight in kg, and its price."""
    zone = rng.choice(["near", "far", "abroad"], rows)
    kg = rng.randint(2, 80, rows) / 4
    price = kg * np.select([zone == "near", zone == "far"], [2, 3], 7) + rng.randint(0, 9, rows) / 4
    return pd.DataFrame({"parcel": np.arange(rows), "zone": zone, "kg": kg, "price": price})
