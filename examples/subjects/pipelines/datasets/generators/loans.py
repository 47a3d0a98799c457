"""Loans, and which were not paid back."""

import numpy as np
import pandas as pd


def make(rng, rows=120):
    """One row is a loan: income, purpose, and whether it was lost."""
    income = rng.randint(10, 90, rows) / 1.0
    purpose = rng.choice(["car", "house", "other"], rows)
    lost = rng.randint(0, 100, rows) > income + 10 * (purpose == "house")
    income[::7] = np.nan
    return pd.DataFrame({"loan": np.arange(rows), "income": income, "purpose": purpose, "lost": lost})
