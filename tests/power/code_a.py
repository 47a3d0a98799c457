"""Which file each guard of variants_a protects, and how edits of it are written down."""

from __future__ import annotations

from tests.power.variant import Variant

FILES = {
    "Churn": "examples/churn/model.py",
    "HousePrices": "examples/house_prices/pricing.py",
    "Demand": "examples/demand/forecast.py",
    "Ratings": "examples/ratings/recommend.py",
    "Reviews": "examples/reviews/opinion.py",
    "Survival": "examples/survival/hazard.py",
    "RealIris": "examples/real_iris/neighbours.py",
    "RealWine": "examples/real_wine/growers.py",
}
"""The guarded code of each guard."""


def shift(guard: str, name: str, operator: str, stage: str, description: str, *edits: tuple[str, str]) -> Variant:
    """A behaviour change that the guard must notice, first at this stage."""
    return Variant(guard, name, "shift", operator, stage, description, _in_file(guard, edits))


def keep(guard: str, name: str, operator: str, description: str, *edits: tuple[str, str], moves_bits: bool) -> Variant:
    """A true refactor that the guard must let pass."""
    return Variant(guard, name, "keep", operator, None, description, _in_file(guard, edits), moves_bits)


def _in_file(guard: str, edits: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str, str], ...]:
    return tuple((FILES[guard], old, new) for old, new in edits)
