"""What the service promises, whatever answers behind it: the fields of a request and of an answer."""

import pandas as pd

from late import model, rule

KINDS = {"rule": rule, "model": model}
"""What can answer, by the word in `config.yaml`."""

REQUEST = {"order": "int64", "distance_km": "float64", "items": "int64", "hour": "int64", "vehicle": object}
"""The fields of a request. The distance alone may be missing."""


def fit(config, rows):
    """Learn from orders of which it is known whether they were late."""
    return {"kind": config["kind"], **KINDS[config["kind"]].fit(config, rows)}


def answer(fitted, rows):
    """One row per order: its number, whether it will be late, and how likely that is."""
    probability = KINDS[fitted["kind"]].probability(fitted, rows)
    columns = {"order": rows["order"].to_numpy(), "late": probability >= 0.5, "probability": probability}
    return pd.DataFrame(columns, index=rows.index)


def rows_of(requests):
    """Requests as a table, with each field of its type: a whole number in JSON may be a distance."""
    return pd.DataFrame(requests, columns=list(REQUEST)).astype(REQUEST)
