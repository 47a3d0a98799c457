"""Numbers as people compare them: with the digits that differ, and the difference beside them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

WIDTH = 80
"""Characters of an element that a message shows."""

_HASH = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{20,}\b")
"""Hexadecimal digits that nobody reads, and enough of them to tell two apart."""

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")

MOST_DIGITS = 17
"""Significant digits that tell any two different float64 apart."""


def pair(golden: object, new: object) -> str:
    """Two elements and, for numbers, their difference: `0.9369 -> 0.9342 (-0.0027)`."""
    if _is_digest(golden) and _is_digest(new):
        return "other content"
    before, after, between = apart(golden, new)
    return f"{before} -> {after} ({between})" if between else f"{before} -> {after}"


def apart(golden: object, new: object) -> tuple[str, str, str]:
    """The same in its parts; no difference where one of the two is no finite number."""
    if not (_is_number(golden) and _is_number(new)):
        return shown(golden), shown(new), ""
    if isinstance(golden, int) and isinstance(new, int):
        return shown(golden), shown(new), f"{new - golden:+}"
    old, now = float(golden), float(new)  # type: ignore[arg-type]  # Both are numbers.
    if not (math.isfinite(old) and math.isfinite(now)):
        return _not_finite(old), _not_finite(now), ""
    digits = next((n for n in range(4, MOST_DIGITS) if _rounded_apart(old, now, n)), MOST_DIGITS)
    return f"{old:.{digits}g}", f"{now:.{digits}g}", f"{now - old:+.3g}"


def shown(value: object) -> str:
    """An element as messages show it."""
    if value is None:
        return "missing"
    text = f"{value:.6g}" if isinstance(value, float) and math.isfinite(value) else _HASH.sub(r"\1…", repr(value))
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 3]}…"


def few(words: Sequence[str], most: int, between: str = ", ") -> str:
    """The first of some words, and how many more there are: `a, b and 3 more`."""
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return between.join(words[:most]) + more


def counted(number: int, noun: str) -> str:
    """`1 observation`, `2 observations`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _rounded_apart(old: float, new: float, digits: int) -> bool:
    """Whether so many digits tell two numbers apart by more than the last digit's rounding."""
    step = 10.0 ** (math.floor(math.log10(max(abs(old), abs(new)) or 1.0)) - digits + 1)
    return abs(new - old) >= 2 * step


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _not_finite(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return f"{value:.6g}" if math.isfinite(value) else "infinite" if value > 0 else "minus infinite"
