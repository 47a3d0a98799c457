"""Measured tumours."""

from __future__ import annotations

from tests.generators.case import Case, ranking, real

NUCLEUS = "radius texture perimeter area smoothness compactness concavity concave_points symmetry fractal_dimension"
MEASURED = [pattern.format(name) for pattern in ("mean_{}", "{}_error", "worst_{}") for name in NUCLEUS.split()]

CASE = Case(
    "real_breast_cancer",
    " ".join([*(f"{name}:f" for name in MEASURED), "benign:i"]),
    real,
    lambda data: (ranking(data["rows"], "benign"), 0.5),
    margin=0.4,
    target="benign",
    most=200,
)
