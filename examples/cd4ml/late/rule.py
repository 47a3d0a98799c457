"""The first version: far orders and orders of rush hours are late. It learns how often that was so."""

import numpy as np


def fit(config, rows):
    """How often orders were late: near and calm, near or calm, far and rushed."""
    level = _level(config["far_km"], config["rush_hours"], rows)
    share = [float(rows["late"][level == each].mean()) for each in range(3)]
    return {"far_km": config["far_km"], "rush_hours": config["rush_hours"], "share": share}


def probability(model, rows):
    """How likely each order is late."""
    return np.asarray(model["share"])[_level(model["far_km"], model["rush_hours"], rows)]


def _level(far_km, rush_hours, rows):
    far = rows["distance_km"].to_numpy(dtype=float) > far_km
    return far.astype(int) + rows["hour"].isin(rush_hours).to_numpy().astype(int)
