"""All variants of the guards whose edits are written down in shifts_a and keeps_a."""

from __future__ import annotations

from tests.power.keeps_a import KEEPS
from tests.power.shifts_a import SHIFTS
from tests.power.variant import Variant

VARIANTS: tuple[Variant, ...] = (*SHIFTS, *KEEPS)
"""Shifts first."""
