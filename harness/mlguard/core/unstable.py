"""What differs from itself, between two runs of the same code or under round-off alone, and what probably does it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mlguard.core.difference import Difference
from mlguard.core.record import Record

STEADIED_BY = "steadied by"
"""The Observation that holds settings of the model's library each of which makes two trainings the same."""


DETERMINISTIC_TORCH = "torch.use_deterministic_algorithms(True)"
"""What lets torch choose the algorithms that give the same twice, or raise where it has none."""


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
    settings: tuple[str, ...] = ()
    """Settings of the model's library each of which may make two trainings the same; empty where they are."""


def steadied_by(record: Record) -> tuple[str, ...]:
    """Settings without which the model of a run may come out differently, though nothing changed."""
    said = (text for o in record if o.name == STEADIED_BY and o.stage == "train" for text in o.value.data)
    torch = record.provenance.environment.get("torch") or {}
    return (*said, *([DETERMINISTIC_TORCH] if torch.get("deterministic") is False else []))
