"""A dataset of everything that machines disagree on: settled it has the same bytes everywhere, unsettled it has not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlguard import settle


def make(rng: np.random.RandomState, rows: int = 8000) -> pd.DataFrame:
    """One row is a set of numbers that pass through a mathematical library, SIMD loops and a BLAS."""
    return computed(rng, rows, settle)


def computed(rng, rows, settle):
    """The columns, with any function in the place of `settle`."""
    normal = settle(rng.normal(size=rows))
    chance = settle(1.0 / (1.0 + np.exp(-normal)))
    bent = settle(np.tanh(normal) + np.sin(chance) + np.cos(normal))
    mixed = settle((np.column_stack([normal, chance, bent]) @ rng.uniform(size=(3, 40))) @ np.ones(40) / 40.0)
    limit = settle(np.exp(np.log(chance)))
    frame = pd.DataFrame({"normal": normal, "chance": chance, "bent": bent, "mixed": mixed, "label": chance >= limit})
    return frame.sort_values("mixed", kind="stable", ignore_index=True)
