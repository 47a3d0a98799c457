"""Who books a trainer: a logistic regression of statsmodels."""

import numpy as np
import statsmodels.api as sm

from gym.clean import members

TERMS = ["age", "visits", "yearly", "student"]


def design(df):
    """Ages in decades from 40 on, visits on a log scale, and a constant."""
    x = members(df)[TERMS].copy()
    x["age"] = (x["age"] - 40.0) / 10.0
    x["visits"] = np.log1p(x["visits"])
    return sm.add_constant(x, has_constant="add")


def fit(df, maxiter=50):
    return sm.Logit(df["trainer"].astype(float), design(df)).fit(disp=0, maxiter=maxiter)


def chances(result, df):
    """The chance that each member books a trainer."""
    return result.predict(design(df)).rename("chance")


def table(result):
    """Odds ratios with their 95 % intervals, as the report shows them."""
    bounds = result.conf_int()
    out = np.exp(bounds.assign(odds=result.params)).rename(columns={0: "low", 1: "high"})
    return out[["low", "odds", "high"]]


def accuracy(df, chance):
    hit = (np.asarray(chance) > 0.5) == (df["trainer"] == 1).to_numpy()
    return {"accuracy": float(hit.mean()), "mean_chance": float(np.mean(chance))}
