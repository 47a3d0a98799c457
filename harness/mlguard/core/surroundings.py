"""What surrounds a run and decides nothing: the release of the operating system, a container's image, lock files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlguard.core.record import PRIVATE, Provenance

OS, IMAGE, LOCKS = "os", "image", "locks"
"""Its keys in an environment. Every Record has the first; those of an earlier mlguard have none."""

DIGITS = 12
"""Hexadecimal digits of a lock file's digest that are shown."""


def surroundings(before: Provenance, after: Provenance) -> tuple[dict[str, str], dict[str, str]]:
    """These facts of two Records by name, a lock file's as a short digest.

    What one of them was not asked, as by an earlier mlguard, or keeps for itself, neither has.
    """
    both = before.environment, after.environment
    if not all(OS in environment for environment in both):
        return {}, {}
    old, new = map(_facts, both)
    hidden = {name for facts in (old, new) for name, told in facts.items() if told == PRIVATE}
    return _without(old, hidden), _without(new, hidden)


def _facts(environment: Mapping[str, Any]) -> dict[str, str]:
    plain = {name: str(environment[name]) for name in (OS, IMAGE) if name in environment}
    locks: Mapping[str, str] = environment.get(LOCKS) or {}
    return plain | {name: digest.removeprefix("sha256:")[:DIGITS] for name, digest in locks.items()}


def _without(facts: Mapping[str, str], hidden: set[str]) -> dict[str, str]:
    return {name: told for name, told in facts.items() if name not in hidden}
