"""Search results that a shop showed, session by session, and which of them were clicked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlguard import Dataset, run_script, settle

FIRST_VISITOR = 2**53 + 101
QUERIES = ("café crème", "running shoes", "smørrebrød", "rain jacket", "thé vert", "desk lamp")
DEVICES = ("phone", "desktop", "tablet")
ITEMS = 90
BRANDS = 24


def make(rng: np.random.RandomState, rows: int = 400) -> Dataset:
    """One row is one item shown at one position of one session's result list; sessions are in the order of time.

    Columns: `session` (number; the ranking group, three to seven rows each), `visitor` (number), `position` (1 is the
    top), `query`, `item`, `brand`, `device`, `page` (text), `price` (euro), `clicked` (1 or 0; the target).

    Planted: some ninety items and two dozen brands, far more than fit one column each; visitor numbers above 2**53;
    prices of exactly 20.00, where the free delivery rule parts `>=` from `>`; missing prices and brands; items and
    the brand `Ærø` that occur in the last sessions only; one item listed twice in a session, so that scores tie; the
    constant `page`; non-ASCII queries.
    """
    sessions = _sessions(rng, rows)
    item = rng.randint(0, ITEMS, rows)
    frame = pd.DataFrame(
        {
            "session": sessions,
            "visitor": FIRST_VISITOR + 13 * (sessions % 29),
            "position": _positions(sessions),
            "query": np.array(QUERIES, dtype=object)[(sessions * 7 + sessions % 5) % len(QUERIES)],
            "item": [f"sku-{number:03d}" for number in item],
            "brand": [f"brand {number % BRANDS:02d}" for number in item],
            "device": np.array(DEVICES, dtype=object)[sessions % 3],
            "page": "search",
            "price": settle(5.0 + 12.0 * rng.gamma(1.8, 1.0, rows), 2),
        }
    )
    frame.loc[8::31, "price"] = 20.0
    last = frame.index >= rows - max(3, rows // 25)
    frame.loc[last, "item"] = [f"sku-9{number:02d}" for number in item[last]]
    frame.loc[frame.index[-2:], "brand"] = "Ærø"
    frame["clicked"] = _clicks(rng, frame, item)
    frame.loc[rng.uniform(size=rows) < 0.05, "price"] = np.nan
    frame.loc[rng.uniform(size=rows) < 0.03, "brand"] = None
    frame.loc[[1, rows - 5], "price"] = np.nan
    frame.loc[[2, rows - 7], "brand"] = None
    _list_twice(frame)
    return Dataset(frame, target="clicked")


def _sessions(rng: np.random.RandomState, rows: int) -> np.ndarray:
    """Session numbers of all rows; the last session is cut where the rows end."""
    lengths = rng.randint(3, 8, rows)
    return np.repeat(1000 + 3 * np.arange(rows, dtype=np.int64), lengths)[:rows]


def _positions(sessions: np.ndarray) -> np.ndarray:
    first = np.flatnonzero(np.r_[True, sessions[1:] != sessions[:-1]])
    lengths = np.diff(np.r_[first, len(sessions)])
    return np.arange(len(sessions)) - np.repeat(first, lengths) + 1


def _clicks(rng: np.random.RandomState, frame: pd.DataFrame, item: np.ndarray) -> np.ndarray:
    """Click or not: the position matters, and the brand, and the price; drawn from a settled probability."""
    logit = (
        2.0
        - 0.8 * frame["position"]
        + 0.8 * (item % BRANDS % 6 - 2.5)
        - 0.04 * (frame["price"] - 26.0)
        + 0.5 * (frame["price"] >= 20.0)
        + 0.4 * (frame["device"] == "phone")
    )
    probability = settle(1.0 / (1.0 + np.exp(-settle(logit.to_numpy()))))
    return (settle(rng.uniform(size=len(frame))) < probability).astype(np.int64)


def _list_twice(frame: pd.DataFrame) -> None:
    """Repeat the item above within its session, price and outcome too."""
    columns = ["item", "brand", "price", "clicked"]
    for row in range(5, len(frame), 43):
        if frame.loc[row, "session"] == frame.loc[row - 1, "session"]:
            for column in columns:
                frame.loc[row, column] = frame.loc[row - 1, column]


if __name__ == "__main__":
    run_script(__file__)
