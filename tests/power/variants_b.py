"""All variants of the guards whose edits are written down in shifts_b and keeps_b."""

from __future__ import annotations

from tests.power.keeps_b import KEEPS
from tests.power.shifts_b import SHIFTS
from tests.power.variant import Variant

VARIANTS: tuple[Variant, ...] = (*SHIFTS, *KEEPS)
"""Shifts first."""
