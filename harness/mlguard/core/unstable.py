"""What differs from itself, between two runs of the same code or under round-off alone, and what probably does it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mlguard.core.difference import Difference


class Suspect(StrEnum):
    """What probably decides by round-off or by chance."""

    SET_ORDER = "set order"
    TREE = "tree"
    UNDEFINED = "undefined"
    TIE = "tie"
    CANCELLED = "cancelled"
    BEHIND = "behind"
    CHANCE = "chance"


@dataclass(frozen=True)
class Unstable:
    """One Observation that differs from itself."""

    label: str
    """Its stage and name."""
    suspect: Suspect
    """The likely cause."""
    row: str = ""
    """The row where it differs most; empty where there is none."""
    machines: tuple[str, ...] = ()
    """The emulated machines on which it jumps; empty where two plain runs differ."""
    difference: Difference | None = None
    """How far two plain runs are apart."""
