"""What a shop sold on a day."""

import numpy as np
import pandas as pd


def make(rng, rows=100):
    """One row is a day: the price, the temperature, the shop, and how many were sold."""
    price, warm, shop = rng.randint(10, 60, rows) / 10, rng.randint(0, 30, rows), rng.choice(["a", "b", "c"], rows)
    sold = 40 - 5 * price + warm + 8 * (shop == "b") + rng.randint(-4, 5, rows)
    return pd.DataFrame({"day": np.arange(rows), "price": price, "warm": warm, "shop": shop, "sold": sold})
