"""Which file each guard of variants_b protects, and how edits of it are written down."""

from __future__ import annotations

from tests.power.variant import Variant

FILES = {
    "Fraud": "examples/fraud/detector.py",
    "Clicks": "examples/clicks/ranker.py",
    "Sensors": "examples/sensors/watch.py",
    "Segments": "examples/segments/model.py",
    "Digits": "examples/digits/network.py",
    "Credit": "examples/credit/scorecard.py",
    "RealBreastCancer": "examples/real_breast_cancer/classifier.py",
    "RealDiabetes": "examples/real_diabetes/progression.py",
    "RealDigits": "examples/real_digits/reader.py",
}
"""The guarded code of each guard."""


def shift(guard: str, name: str, operator: str, stage: str, description: str, *edits: tuple[str, str]) -> Variant:
    """A variant whose behaviour moves, first in `stage`."""
    return Variant(guard, name, "shift", operator, stage, description, _in_file(guard, edits))


def keep(
    guard: str, name: str, operator: str, description: str, *edits: tuple[str, str], moves_bits: bool = False
) -> Variant:
    """A true refactor."""
    return Variant(guard, name, "keep", operator, None, description, _in_file(guard, edits), moves_bits)


def _in_file(guard: str, edits: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str, str], ...]:
    return tuple((FILES[guard], old, new) for old, new in edits)
