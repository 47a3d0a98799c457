"""A table with something of everything, as somebody's real one."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

WORDS = ("bitte", "schnell", "an", "tür", "grüße", "danke")


def orders(rows: int = 600) -> pd.DataFrame:
    """Orders of a shop in the order of their days, with numbers that go together and gaps that do."""
    rng = np.random.RandomState(5)
    days = rng.randint(0, 700, rows)
    days = np.sort(days + 2 * ((days + 3) % 7 >= 5))  # Closed on Saturdays and Sundays.
    size = rng.normal(size=rows)
    frame = pd.DataFrame(
        {
            "order": 2**53 + 1 + 3 * np.arange(rows),
            "customer": [f"K-{number:05d}" for number in (rng.pareto(1.2, rows) * 9).astype(int) % 150],
            "day": [dt.date(1970, 1, 1) + dt.timedelta(days=int(day)) for day in days],
            "at": pd.to_datetime(days * 86400 + rng.randint(28, 80, rows) * 900, unit="s"),
            "items": np.clip(np.round(4 + 2 * size), 1, None).astype(int),
            "weight": np.round(3 + 1.5 * size + rng.normal(0, 0.4, rows), 1),
            "discount": rng.choice([0.0, 0.1, 0.2], rows, p=(0.7, 0.2, 0.1)),
            "price": 500 * rng.randint(4, 60, rows),
            "channel": np.where(size + rng.normal(0, 0.6, rows) > 0.4, "wholesale", rng.choice(["web", "shop"], rows)),
            "currency": "CHF",
            "gift": rng.uniform(size=rows) < 0.15,
            "remark": [" ".join(rng.choice(WORDS, 5)) for _ in range(rows)],
            "tags": [list(rng.choice(["new", "red", "big"], rng.randint(0, 4))) for _ in range(rows)],
            "empty": pd.Series([None] * rows, dtype=object),
        }
    )
    frame["returned"] = (size + (frame["channel"] == "web") + rng.normal(0, 0.7, rows) > 1.0).astype(int)
    gone = rng.uniform(size=rows)
    frame.loc[gone < 0.12, ["weight", "remark"]] = None
    frame.loc[gone > 0.95, "discount"] = None
    return frame
