"""Who listened to what: implicit feedback of users on a small catalogue."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlguard import Dataset, run_script, settle

FIRST_EVENT = 2**53 + 7
GENRES = ("jazz", "polka", "techno")
TITLES = ("Blåtid", "Éclat", "Ñandú", "夜の川", "Drift", "Waltz")
PER_GENRE = 8


def make(rng: np.random.RandomState, rows: int = 360) -> Dataset:
    """The table `interactions` has a row per listening event in the order of days; `items` is the catalogue.

    Columns of `interactions`: `event` (number), `day` (date), `user` (number), `item` (number; the target), `plays`
    (whole number, 1 or more), `device` (text). Columns of `items`: `item` (number), `title`, `genre` (text),
    `minutes` (length).

    Planted: user and item numbers with gaps, so that a number is no position; event numbers above 2**53; events
    exported twice (duplicate keys); users who come back to an item; newcomers whose only event is in the last rows;
    catalogue items that nobody played; items that are equally popular (ties); missing `minutes`; the constant
    `device`; titles in non-ASCII letters, some of them twice.
    """
    items = _catalogue(rng)
    newcomers = max(2, rows // 60)
    size = rows - newcomers
    users = max(4, size // 9)
    taste = rng.choice(len(GENRES), users, p=(0.4, 0.35, 0.25))
    user = rng.randint(0, users, size)
    at_home = settle(rng.uniform(size=size)) < 0.8
    genre = np.where(at_home, taste[user], rng.choice(len(GENRES), size))
    # The last item of each genre stays in the catalogue and is never played.
    place = rng.choice(PER_GENRE - 1, size, p=(0.24, 0.2, 0.16, 0.12, 0.12, 0.08, 0.08))
    frame = pd.DataFrame(
        {
            "event": FIRST_EVENT + 2 * np.arange(size, dtype=np.int64),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.sort(rng.randint(0, 90, size)), unit="D"),
            "user": 100 + 7 * user.astype(np.int64),
            "item": items["item"].to_numpy()[genre * PER_GENRE + place],
            "plays": 1 + rng.poisson(1.0 + 1.5 * at_home),
            "device": "phone",
        }
    )
    for row in range(9, size, 26):
        frame.loc[row] = frame.loc[row - 1]
    late = frame.tail(newcomers).copy()
    late["event"] = late["event"].max() + 2 + 2 * np.arange(newcomers, dtype=np.int64)
    late["user"] = 100_000 + 11 * np.arange(newcomers, dtype=np.int64)
    events = pd.concat([frame, late], ignore_index=True)
    events = events.astype({"event": "int64", "user": "int64", "item": "int64", "plays": "int64"})
    return Dataset({"interactions": events, "items": items}, target="item")


def _catalogue(rng: np.random.RandomState) -> pd.DataFrame:
    """The items, genre by genre."""
    size = len(GENRES) * PER_GENRE
    minutes = settle(rng.uniform(2.0, 9.0, size), 2)
    minutes[[2, 13, size - 1]] = np.nan
    return pd.DataFrame(
        {
            "item": 5 + 4 * np.arange(size, dtype=np.int64) + 3 * (np.arange(size) // 5),
            "title": [TITLES[number % len(TITLES)] for number in range(size)],
            "genre": np.repeat(GENRES, PER_GENRE),
            "minutes": minutes,
        }
    )


if __name__ == "__main__":
    run_script(__file__)
