"""Pumps under observation until they fail or until the record ends."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlguard import Dataset, run_script, settle

FIRST_PUMP = 2**53 + 9
SITES = ("Genf", "Łódź", "Malmö")
VENDORS = ("Alfa", "Brno", "Cobra")
END = 730
"""Days after which every observation ends."""


def make(rng: np.random.RandomState, rows: int = 240) -> Dataset:
    """One row is a pump; rows are in the order of installation.

    Columns: `pump` (number), `site`, `vendor` (text), `load` (share of the rated load), `heat` (degrees Celsius of
    the medium), `age` (years at the start), `medium` (text), `days` (observed, whole days), `failed` (1 the pump
    failed on that day, 0 it was still running, so that its life is censored; the target, with `days`).

    Planted: many pumps that fail on the same day, since inspections are weekly (ties, for which Efron's and
    Breslow's rules differ); censored rows on days when others fail; observations that end on day 730 exactly; `load`
    of exactly 1.0, where overload begins; missing `heat`; the vendor `Delta` only in the last rows; pump numbers
    above 2**53, some of them twice; the constant `medium`; site names in non-ASCII letters.
    """
    frame = pd.DataFrame(
        {
            "pump": FIRST_PUMP + 6 * np.arange(rows, dtype=np.int64),
            "site": rng.choice(SITES, rows),
            "vendor": rng.choice(VENDORS, rows, p=(0.4, 0.35, 0.25)),
            "load": settle(rng.uniform(0.3, 1.25, rows), 2),
            "heat": settle(rng.normal(48.0, 12.0, rows), 1),
            "age": settle(rng.gamma(1.5, 2.5, rows), 1),
            "medium": "water",
        }
    )
    frame.loc[6::18, "load"] = 1.0
    frame.loc[rows - max(2, rows // 30) :, "vendor"] = "Delta"
    frame["days"], frame["failed"] = _observed(rng, frame)
    for row in range(11, rows, 45):
        frame.loc[row] = frame.loc[row - 3]
    frame = frame.astype({"pump": "int64", "days": "int64", "failed": "int64"})
    frame.loc[settle(rng.uniform(size=rows)) < 0.08, "heat"] = np.nan
    frame.loc[[2, rows - 4], "heat"] = np.nan
    return Dataset(frame, target="failed")


def _observed(rng: np.random.RandomState, frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Days observed and whether a failure ended them; failures are found at weekly inspections."""
    size = len(frame)
    risk = (
        2.4 * (frame["load"] - 0.7)
        + 0.8 * (frame["load"] >= 1.0)
        + 0.045 * (frame["heat"] - 48.0)
        + 0.12 * frame["age"]
        + 1.0 * (frame["vendor"] == "Cobra")
        - 0.6 * (frame["site"] == "Malmö")
    )
    share = settle(rng.uniform(0.000001, 1.0, size))
    life = settle(-np.log(share) * 1100.0 / np.exp(settle(risk.to_numpy())), 3)
    inspected = 7 * np.ceil(life / 7.0).astype(np.int64)
    ends = np.minimum(rng.randint(90, 1100, size), END)
    ends[4::9] = 7 * (ends[4::9] // 7)
    failed = inspected <= ends
    return np.maximum(np.where(failed, inspected, ends), 1), failed.astype(np.int64)


if __name__ == "__main__":
    run_script(__file__)
