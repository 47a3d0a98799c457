"""What a taxi costs, with polars."""

import polars as pl


def split(trips):
    """The last quarter of the trips is for the test."""
    cut = len(trips) * 3 // 4
    return trips[:cut], trips[cut:]


def see(rows, usual):
    """What the model sees of each trip."""
    return rows.select(
        km=pl.col("km").fill_null(usual),
        night=(pl.col("hour") >= 22) | (pl.col("hour") < 6),
    )


def fit(trips):
    """A price per kilometre, by day and by night."""
    seen = see(trips, trips["km"].mean()).with_columns(trips["fare"])
    rates = seen.group_by("night", maintain_order=True).agg(rate=pl.col("fare").sum() / pl.col("km").sum())
    return {"rates": rates.sort("night"), "usual": trips["km"].mean()}


def answer(model, trips):
    """The fare of each trip."""
    seen = see(trips, model["usual"]).join(model["rates"], on="night", how="left", maintain_order="left")
    return seen.select(fare=pl.col("km") * pl.col("rate"))


def score(trips, answers):
    """How far the answers are off, on average."""
    return {"mae": (trips["fare"] - pl.Series(answers["fare"])).abs().mean()}
