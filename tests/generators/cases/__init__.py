"""The table of datasets: one file each."""

from __future__ import annotations

from tests.generators.case import Case
from tests.generators.cases import (
    churn,
    clicks,
    credit,
    demand,
    digits,
    fraud,
    house_prices,
    ratings,
    real_breast_cancer,
    real_diabetes,
    real_digits,
    real_iris,
    real_wine,
    reviews,
    segments,
    sensors,
    survival,
)

CASES: tuple[Case, ...] = (
    churn.CASE,
    house_prices.CASE,
    demand.CASE,
    ratings.CASE,
    reviews.CASE,
    survival.CASE,
    real_iris.CASE,
    real_wine.CASE,
    fraud.CASE,
    clicks.CASE,
    sensors.CASE,
    segments.CASE,
    digits.CASE,
    credit.CASE,
    real_breast_cancer.CASE,
    real_diabetes.CASE,
    real_digits.CASE,
)
"""Every built-in dataset."""
