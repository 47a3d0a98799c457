"""Scanned handwritten digits."""

from __future__ import annotations

from sklearn.neighbors import KNeighborsClassifier

from tests.generators.case import Case, real, score

PIXELS = [f"pixel_{line}_{column}" for line in range(8) for column in range(8)]

CASE = Case(
    "real_digits",
    " ".join([*(f"{name}:i" for name in PIXELS), "digit:i"]),
    real,
    lambda data: (score(KNeighborsClassifier(3), data["rows"], "digit"), 0.2),
    margin=0.6,
    target="digit",
    most=200,
)
