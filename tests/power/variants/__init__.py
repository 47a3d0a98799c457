"""The table of variants: one file per guard."""

from __future__ import annotations

from tests.power.variant import Variant
from tests.power.variants import (
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

VARIANTS: tuple[Variant, ...] = (
    *churn.VARIANTS,
    *house_prices.VARIANTS,
    *demand.VARIANTS,
    *ratings.VARIANTS,
    *reviews.VARIANTS,
    *survival.VARIANTS,
    *real_iris.VARIANTS,
    *real_wine.VARIANTS,
    *fraud.VARIANTS,
    *clicks.VARIANTS,
    *sensors.VARIANTS,
    *segments.VARIANTS,
    *digits.VARIANTS,
    *credit.VARIANTS,
    *real_breast_cancer.VARIANTS,
    *real_diabetes.VARIANTS,
    *real_digits.VARIANTS,
    *heating.VARIANTS,
    *tickets.VARIANTS,
    *deliveries.VARIANTS,
    *invoices.VARIANTS,
)
"""Every variant of every own guard."""
