"""What the shops of a bakery sold each day."""

import numpy as np
import pandas as pd

from mlguard import Dataset, settle

PRICES = {"bread": 4.2, "croissant": 1.9, "Stück Kuchen": 3.4}
LEVELS = {"bread": 30, "croissant": 55, "Stück Kuchen": 12}
SHOPS = {"Markt": 1.0, "Bahnhof": 1.6}
WEEK = (0.8, 0.8, 0.9, 1.0, 1.2, 1.5, 0.6)
DAYS, HORIZON = 42, 7


def make(rng):
    """`train` is the past; `test` the days to forecast, with what was sold. One row is a day of an item in a shop.

    Planted: a day that a shop was closed; missing prices of the past; an item that is new in the last days; a day
    without sales; a month's end; equal prices.
    """
    days = pd.date_range("2024-03-04", periods=DAYS + HORIZON)
    rows = pd.MultiIndex.from_product([days, SHOPS, PRICES], names=["date", "shop", "item"]).to_frame(index=False)
    size = len(rows)
    rows["promo"] = (settle(rng.uniform(size=size)) < 0.15).astype(int)
    full = rows["item"].map(PRICES)
    rows["price"] = settle(np.where(rows["promo"] == 1, 0.8 * full, full), 2)
    rows["sold"] = _sold(rng, rows)
    rows.loc[40:200:37, "price"] = np.nan
    rows.loc[30, "sold"] = 0
    closed = (rows["shop"] == "Markt") & (rows["date"] == days[20])
    new = pd.DataFrame({"date": days[-9:], "shop": "Markt", "item": "Krapfen", "promo": 0, "price": 2.1, "sold": 9})
    rows = pd.concat([rows[~closed], new]).sort_values("date", kind="stable").reset_index(drop=True)
    past = rows["date"] < days[DAYS]
    return Dataset({"train": rows[past], "test": rows[~past].reset_index(drop=True)}, target="sold")


def _sold(rng, rows):
    """Level of the item and the shop, the week's rhythm, and half as much again in a promotion."""
    level = rows["item"].map(LEVELS).to_numpy() * rows["shop"].map(SHOPS).to_numpy()
    week = np.array([WEEK[day.weekday()] for day in rows["date"]])
    noise = 1 + 0.1 * rng.normal(size=len(rows))
    return settle(level * week * (1 + 0.5 * rows["promo"].to_numpy()) * noise, 0).astype("int64")
