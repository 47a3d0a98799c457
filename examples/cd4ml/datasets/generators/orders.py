"""Orders of a shop: how far, how much, when, and by which vehicle; some distances are missing."""

import numpy as np
import pandas as pd

RUSH = (11, 12, 17, 18, 19)


def make(rng, rows=160):
    """One row per order."""
    distance = rng.randint(5, 90, rows) / 10
    items, hour = rng.randint(1, 12, rows), rng.randint(9, 22, rows)
    vehicle = rng.choice(["bike", "car"], rows)
    # In whole numbers, so that the same orders are late on every machine.
    slow = 10 * distance.round(1) * 1.2 + 2 * items + 30 * np.isin(hour, RUSH) + 20 * (vehicle == "bike")
    late = slow.round() + rng.randint(-25, 26, rows) > 85
    distance[::19] = np.nan
    orders = {"order": np.arange(1, rows + 1), "distance_km": distance, "items": items, "hour": hour}
    return pd.DataFrame({**orders, "vehicle": vehicle, "late": late})
