"""What stands for a large array: weighted sums of its blocks, in which every element has a say."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlguard.core.value import Value, text

BLOCKED = 8192
"""Elements past which an array is not kept whole."""

BLOCKS = 256
"""Sums that stand for a large array of floats."""

_GOLDEN = 0.6180339887498949


def blocks(value: Value, digest: bytes) -> Value:
    """Weighted sums of the blocks of a large array of floats, with its gaps and infinities; else its digest.

    Weights lie in [0.5, 1.5) and follow the golden ratio's low-discrepancy sequence (Weyl, 1916): neighbours differ,
    so that two elements that swap places move their sum.
    """
    if not value.is_float or "c" in value.data.dtype.kind:
        return text(digest.hex(), dtype="digest")
    data = value.data.astype(np.float64)
    finite = np.isfinite(data)
    weights = 0.5 + (np.arange(data.size) * _GOLDEN) % 1.0
    starts = np.linspace(0, data.size, BLOCKS, endpoint=False).astype(np.int64)
    sums = np.add.reduceat(np.where(finite, data, 0.0) * weights, starts)
    unusual = np.add.reduceat(np.where(finite, 0.0, weights), starts)
    kept: np.ndarray[Any, Any] = np.concatenate([sums, np.where(unusual > 0, unusual * value.scale, 0.0)])
    return Value(value.dtype, kept.shape, kept)
