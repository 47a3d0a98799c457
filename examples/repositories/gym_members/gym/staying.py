"""How long members stay: Cox's proportional hazards, by lifelines."""

import numpy as np
from lifelines import CoxPHFitter
from lifelines.utils import concordance_index

from gym.clean import members

TERMS = ["age", "visits", "yearly", "student"]


def table(df):
    x = members(df)[TERMS].copy()
    x["age"] = x["age"] / 10.0
    x["visits"] = np.log1p(x["visits"])
    return x


def fit(df, penalizer=0.05):
    rows = table(df)
    rows["months"] = df["months"].clip(lower=0.5)
    rows["left"] = df["left"].astype(bool)
    return CoxPHFitter(penalizer=penalizer).fit(rows, duration_col="months", event_col="left")


def risk(model, df):
    """How much more likely than the average member somebody leaves in any month."""
    return model.predict_partial_hazard(table(df)).rename("risk")


def score(df, risks):
    return {"concordance": float(concordance_index(df["months"], -np.asarray(risks), df["left"]))}
