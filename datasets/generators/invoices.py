"""Unpaid invoices of a wholesaler, some of which nobody will ever pay."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlguard import Dataset, run_script, settle

FIRST_INVOICE = 2**53 + 19
SECTORS = ("Bau", "Café", "Handel", "Praxis")
RISK = {"Bau": 0.6, "Café": 0.9, "Handel": -0.2, "Praxis": -0.8, "Verein": 0.0}
CLOSING = pd.Timestamp("2024-03-31")
"""The day for which receivables are valued."""


def make(rng: np.random.RandomState, rows: int = 220) -> Dataset:
    """One row is an invoice that was open at the end of March 2024; rows are in the order in which they fell due.

    Columns: `invoice` (number), `customer` (number), `sector` (text), `due` (date), `contacted_at` (when the customer
    last answered; UTC, without a zone), `reminders` (number sent), `amount` (euros and cents), `currency` (text),
    `lost` (1 nobody ever paid, 0 it was paid; the target).

    Planted: invoices that are exactly 0, 30, 60 and 90 days overdue, where the buckets begin; contacts late in the
    evening, which belong to the next day where the customer lives; contacts in the night in which clocks are put
    forward; missing contacts; invoices that are not due yet; invoices entered twice (duplicate keys); a sector that
    comes in the last rows only; amounts that end in half a cent when halved; invoice numbers above 2**53; the
    constant `currency`; a sector with a non-ASCII name.
    """
    overdue = rng.randint(-20, 150, rows)
    overdue[4::15] = 30 * (np.maximum(overdue[4::15], 0) // 30)
    overdue = np.sort(overdue)[::-1]
    sector = rng.choice(SECTORS, rows, p=(0.3, 0.2, 0.3, 0.2)).astype(object)
    sector[rows - max(2, rows // 40) :] = "Verein"
    silent = np.minimum(rng.gamma(1.6, 18.0, rows), 170.0)
    minute = rng.randint(0, 24 * 60, rows)
    minute[3::13] = 23 * 60 + rng.randint(0, 60, len(minute[3::13]))
    day = CLOSING - pd.to_timedelta(np.floor(settle(silent)) + 1.0, unit="D")
    frame = pd.DataFrame(
        {
            "invoice": FIRST_INVOICE + 4 * np.arange(rows, dtype=np.int64),
            "customer": 300 + 7 * rng.randint(0, max(3, rows // 4), rows),
            "sector": sector,
            "due": CLOSING - pd.to_timedelta(overdue, unit="D"),
            "contacted_at": day + pd.to_timedelta(minute, unit="min"),
            "reminders": rng.poisson(np.maximum(overdue, 0) / 45.0),
            "amount": settle(rng.gamma(1.4, 900.0, rows) + 20.0, 2),
            "currency": "EUR",
        }
    )
    frame.loc[5::16, "amount"] = np.floor(frame.loc[5::16, "amount"]) + 0.01
    frame["lost"] = _lost(rng, frame, overdue, settle(silent))
    frame.loc[settle(rng.uniform(size=rows)) < 0.08, "contacted_at"] = pd.NaT
    frame.loc[[6, rows - 6], "contacted_at"] = pd.NaT
    frame.loc[9::41, "contacted_at"] = pd.Timestamp("2024-03-31 00:45:00")
    for row in range(12, rows, 51):
        frame.loc[row] = frame.loc[row - 1]
    whole = {"invoice": "int64", "customer": "int64", "reminders": "int64", "lost": "int64"}
    return Dataset(frame.astype(whole), target="lost")


def _lost(rng: np.random.RandomState, frame: pd.DataFrame, overdue: np.ndarray, silent: np.ndarray) -> np.ndarray:
    """Old debts of silent customers are lost more often, and more in some sectors than in others."""
    risk = np.array([RISK[name] for name in frame["sector"]])
    odds = settle(np.exp(settle(-2.6 + 0.022 * np.maximum(overdue, 0) + 0.03 * silent + risk)))
    return (settle(rng.uniform(size=len(frame))) < settle(odds / (1.0 + odds))).astype(np.int64)


if __name__ == "__main__":
    run_script(__file__)
