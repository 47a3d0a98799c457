"""Listening events beside a catalogue."""

from __future__ import annotations

import numpy as np

from mlguard import Dataset
from tests.generators.case import Case, common, halves


def planted(data: Dataset) -> dict[str, bool]:
    frame, items = data["interactions"], data["items"]
    users = np.sort(frame["user"].unique())
    popularity = frame.drop_duplicates(["user", "item"])["item"].value_counts()
    pairs = frame.drop_duplicates("event")
    return {
        **common(frame, "event", "device", ["event"]),
        # The events hold no free text; the catalogue does.
        "non-ASCII": not "".join(items["title"]).isascii(),
        "gaps": bool((np.diff(users) > 1).all() and (np.diff(items["item"]) > 1).all()),
        "return visits": bool(pairs.duplicated(["user", "item"]).any()),
        "newcomers": int((frame.tail(2)["user"] >= 100_000).sum()) == 2,
        "unplayed items": not set(items["item"]) <= set(frame["item"]),
        "all items known": set(frame["item"]) <= set(items["item"]),
        "equally popular": bool(popularity.duplicated().any()),
        "missing": bool(items["minutes"].isna().any()),
        "equal titles": bool(items["title"].duplicated().any()),
    }


def plain(data: Dataset) -> tuple[float, float]:
    """How often a user's next item is among the five most played of the user's favourite genre, and of all."""
    train, test = halves(data["interactions"].merge(data["items"][["item", "genre"]], on="item", how="left"))
    top = train["item"].value_counts(sort=True).index[:5]
    of_genre = {genre: set(part["item"].value_counts().index[:5]) for genre, part in train.groupby("genre")}
    favourite = train.groupby("user")["genre"].agg(lambda genres: genres.value_counts().index[0])
    known = test[test["user"].isin(favourite.index)]
    hits = [row.item in of_genre[favourite[row.user]] for row in known.itertuples()]
    return float(np.mean(hits)), float(known["item"].isin(top).mean())


CASE = Case(
    "ratings",
    "event:i day:d user:i item:i plays:i device:t",
    planted,
    plain,
    margin=0.2,
    target="item",
    table="interactions",
)
