"""Members of a gym: whether they booked a trainer, and how long they stayed."""

import numpy as np
import pandas as pd

from mlguard import Dataset, settle


def make(rng, rows=160):
    """Planted: ages below and above the bounds, a broken turnstile, contracts with blanks and capitals, equal months."""
    age = rng.randint(14, 96, rows)
    visits = rng.randint(0, 25, rows).astype(float)
    contract = rng.choice(["monthly", "yearly", "student", " Yearly "], rows, p=[0.5, 0.25, 0.15, 0.1])
    months = settle(1 + 24 * rng.uniform(size=rows) ** 2 + 6 * (contract == "yearly") + visits / 5, 0)
    left = settle(rng.uniform(size=rows), 2) < 0.7
    wish = (age - 40) / 20 + visits / 12 - 1
    trainer = (settle(rng.uniform(size=rows), 3) < settle(1 / (1 + np.exp(-wish)), 3)).astype(int)
    visits[7::29] = np.nan
    members = pd.DataFrame(
        {"age": age, "visits": visits, "contract": contract, "months": months, "left": left, "trainer": trainer}
    )
    return Dataset({"train": members[:120], "test": members[120:].reset_index(drop=True)}, target="trainer")
