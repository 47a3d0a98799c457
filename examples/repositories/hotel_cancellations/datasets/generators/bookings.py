"""Hotel bookings, and whether they were cancelled."""

import numpy as np
import pandas as pd

from mlguard import Dataset, settle

COUNTRIES = ("PRT", "ESP", "DEU", "CÔT", "JPN")
ROOMS = {"A": 80, "B": 110, "Suite": 190}


def make(rng, rows=240):
    """One row is a booking, numbered in the order of booking.

    Planted: missing children, rates, agencies and countries; a lead time on each edge of a band; a country and a segment
    that only the last rows have; equal rates; the constant `currency`.
    """
    frame = pd.DataFrame({"booking_id": 50001 + np.arange(rows)})
    frame["hotel"] = rng.choice(("city", "resort"), rows)
    frame["arrival"] = pd.Timestamp("2024-01-05") + pd.to_timedelta(rng.randint(0, 700, rows), unit="D")
    frame["lead_time"] = rng.randint(0, 260, rows)
    frame["nights"] = 1 + rng.randint(0, 7, rows)
    frame["adults"] = 1 + rng.randint(0, 3, rows)
    frame["children"] = np.where(settle(rng.uniform(size=rows)) < 0.2, np.nan, rng.randint(0, 3, rows))
    frame["country"] = rng.choice(COUNTRIES, rows, p=(0.4, 0.2, 0.2, 0.1, 0.1))
    frame["segment"] = rng.choice(("online", "corporate", "groups"), rows, p=(0.6, 0.2, 0.2))
    frame["agency"] = rng.choice(("a9", "a240", "a14"), rows, p=(0.6, 0.3, 0.1))
    frame["room"] = rng.choice(tuple(ROOMS), rows, p=(0.6, 0.3, 0.1))
    frame["deposit"] = rng.choice(("none", "paid"), rows, p=(0.8, 0.2))
    frame["rate"] = frame["room"].map(ROOMS) + 5.0 * rng.randint(-6, 7, rows)
    frame["requests"] = rng.randint(0, 6, rows)
    frame["currency"] = "EUR"
    frame["is_canceled"] = _cancelled(rng, frame)
    frame.loc[2::17, "agency"] = None
    frame.loc[5::23, "country"] = None
    frame.loc[6:150:11, "rate"] = np.nan
    frame.loc[[10, 60, 110, 200], "lead_time"] = (7, 30, 90, 180)
    frame.loc[rows - 6 :, "segment"] = "aviation"
    frame.loc[rows - 4 :, "country"] = "ISL"
    return Dataset(frame, target="is_canceled")


def _cancelled(rng, frame):
    """Long before the day, from abroad and with a deposit paid; rarely by guests with wishes."""
    score = frame["lead_time"] / 90 + (frame["country"] == "PRT") + 1.5 * (frame["deposit"] == "paid")
    score = score - 0.4 * frame["requests"] + 0.01 * (frame["rate"] - 100) - 0.8
    return (settle(score + rng.normal(0, 1.2, len(frame))) > 0).astype(int)
