"""Attributes of a guard that no option has: a misspelled option would be without effect, and nobody would see it.

Methods, properties, nested classes and constants in capitals are the user's own, as is whatever begins with an
underscore. Anything else in small letters is taken for an option, and refused where there is none of that name.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from difflib import get_close_matches

ALMOST = 0.85
"""How alike the name of a helper must be to that of an option or method to be a slip of the pen; 1 is the same."""

MEANT = {
    "atol": "floor", "gate": "require", "gates": "require", "ignore": "waive", "label": "target", "model": "estimator",
    "pipeline": "estimator", "random_state": "seeds", "requirements": "require", "rtol": "floor", "skip": "waive",
    "tolerance": "floor", "y": "target",
}  # fmt: skip
"""What other tools call an option."""


def misspelled(guard: type, known: Collection[str]) -> Iterator[tuple[str, str]]:
    """The public attributes of a guard that are no option, each with the option that was probably meant, or nothing.

    `known` are the options and methods of every guard; a base class of ours may add more.
    """
    known = {*known, *(name for klass in guard.__mro__ if _package(klass) == "mlguard" for name in vars(klass))}
    for name, value in _own_attributes(guard).items():
        if name in known or name.startswith("_") or name.isupper():
            continue
        near = _nearest(name, known)
        if not _is_helper(value) or get_close_matches(name.lower(), [near], cutoff=ALMOST):
            yield name, near


def _own_attributes(guard: type) -> dict[str, object]:
    """What the user's classes set, mixins included; `pytestmark` is how pytest's decorators mark a class."""
    theirs = [k for k in guard.__mro__ if _package(k) != "mlguard" and _package(k) not in sys.stdlib_module_names]
    return {name: value for klass in reversed(theirs) for name, value in vars(klass).items() if name != "pytestmark"}


def _is_helper(value: object) -> bool:
    return callable(value) or hasattr(value, "__get__")


def _nearest(name: str, known: Collection[str]) -> str:
    """The option or method that was probably meant; empty where none comes near."""
    near = get_close_matches(name.lower(), [one for one in known if not one.startswith("_")], n=1)
    return MEANT.get(name.lower()) or (near[0] if near else "")


def _package(klass: type) -> str:
    return klass.__module__.partition(".")[0]
