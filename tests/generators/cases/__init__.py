"""The table of datasets: one file each."""

from __future__ import annotations

from tests.generators.case import Case
from tests.generators.cases import (
    churn,
    clicks,
    credit,
    deliveries,
    demand,
    digits,
    fraud,
    heating,
    house_prices,
    invoices,
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
    tickets,
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
    heating.CASE,
    tickets.CASE,
    deliveries.CASE,
    invoices.CASE,
)
"""Every built-in dataset."""
