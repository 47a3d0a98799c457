"""Answers that say the same in another way: equal up to sign, relabelling or permutation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mlguard.core.difference import has_moved
from mlguard.core.tolerance import Tolerance
from mlguard.core.value import Value

SIGN, RELABELLING, PERMUTATION = "sign", "relabelling", "permutation"
"""A component may point either way, clusters have no names, and some sets have no order."""

CLASSES = 50
"""Labels up to which a relabelling is looked for; ids of many rows are no labels."""


def symmetry(golden: Value, new: Value, rule: Tolerance) -> str | None:
    """The symmetry under which two Values that differ are equal; None where there is none."""
    if golden.shape != new.shape or golden.dtype != new.dtype or golden.rows != new.rows or golden.size < 2:
        return None
    if golden.missing is not None or new.missing is not None:
        return None
    if golden.is_float:
        if golden.data.dtype.kind == "f" and _up_to_sign(golden, new, rule):
            return SIGN
        return PERMUTATION if _permuted(golden, new, rule) else None
    if _relabelled(golden, new):
        return RELABELLING
    return PERMUTATION if sorted(map(repr, golden.data.tolist())) == sorted(map(repr, new.data.tolist())) else None


def _up_to_sign(golden: Value, new: Value, rule: Tolerance) -> bool:
    """Whether each component, a column or a row of a matrix or the whole of a vector, is the same or its opposite."""
    shape = golden.shape if len(golden.shape) == 2 else (-1, 1)
    old, other = golden.data.reshape(shape), new.data.reshape(shape)
    if not (np.isfinite(old).all() and np.isfinite(other).all()):
        return False
    limit = rule.limits(golden).reshape(shape)
    for axis in (0, 1) if len(golden.shape) == 2 else (0,):
        with np.errstate(over="ignore"):
            same = (np.abs(old - other) <= limit).all(axis=axis)
            opposite = (np.abs(old + other) <= limit).all(axis=axis)
        if (same | opposite).all() and not same.all():
            return True
    return False


def _permuted(golden: Value, new: Value, rule: Tolerance) -> bool:
    old, other = _ordered(golden), _ordered(new)
    return not has_moved(old, other, rule)


def _ordered(value: Value) -> Value:
    return replace(value, data=np.sort(value.data, kind="stable"), rows=None)


def _relabelled(golden: Value, new: Value) -> bool:
    """Whether one label stands for one label throughout, in both directions."""
    pairs = set(zip(golden.data.tolist(), new.data.tolist(), strict=True))
    old, other = {a for a, _ in pairs}, {b for _, b in pairs}
    return len(pairs) == len(old) == len(other) <= min(CLASSES, golden.size // 2) and old == other
