"""Describe columns of labels and of keys: frequent labels as they are, everything else under invented names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from mlguard.tools.like.described import Keys
from mlguard.tools.like.privacy import OTHER, told_labels

MOST_LEVELS = 24
"""Different labels that are told at most."""

_CODE = re.compile(r"\D{0,8}\d{2,}\D{0,3}")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.\w+")
_KEY_NAME = re.compile(r"(^|_)(id|key|uuid|guid|nr|no|number|account|card|phone|zip|postcode|ssn|iban)$", re.IGNORECASE)
_ROOM = 10**6
"""Rows that the script may make before a key no longer fits its type."""


def told_levels(
    name: str, labels: Sequence[str | None], *, target: bool, always: bool = False
) -> dict[str, str | None] | None:
    """What each label becomes, None where it is merged into `other`; None for all where labels are hardly shared.

    `always`: the column is one of categories, whatever they are.
    """
    present = [label for label in labels if label is not None]
    if not always and not target and _are_codes(name, present):
        return None
    told = told_labels(name, present, every=target)
    kept = [label for label, new in told.items() if new is not None][:MOST_LEVELS]
    told = {label: new if label in kept else None for label, new in told.items()}
    counts = Counter(present)
    covered = sum(counts[label] for label in kept) / max(1, len(present))
    return told if kept and (always or covered >= 0.5) else told if always else None


def _are_codes(name: str, present: Sequence[str]) -> bool:
    """Whether labels are names of things: many different ones, called keys by the column or spelled with a number."""
    if len(set(present)) <= MOST_LEVELS:
        return False
    named = _KEY_NAME.search(_underscored(name)) is not None
    return named or sum(_CODE.fullmatch(label) is not None for label in present) > 0.9 * len(present)


def merged(labels: Sequence[str | None], told: dict[str, str | None]) -> list[str | None]:
    """The labels as they are told."""
    return [None if label is None else told[label] or OTHER for label in labels]


def is_key(name: str, values: Sequence[int], dtype: str) -> bool:
    """Whether whole numbers are names of things: by the column's name, or because each stands once and in a row.

    A type that cannot name many things holds none.
    """
    if np.iinfo(dtype).max < _ROOM:
        return False
    if _KEY_NAME.search(_underscored(name)):
        return len(set(values)) > MOST_LEVELS
    if len(set(values)) < 0.9 * len(values):
        return False
    rising = sum(a <= b for a, b in pairwise(values)) / (len(values) - 1)
    return rising > 0.9 or max(values) - min(values) < 2 * len(values)


def number_keys(values: Sequence[int], dtype: str) -> Keys:
    """What is told of whole numbers that name things: their magnitude, and how they repeat."""
    return Keys("", _first(max(values), dtype), _distinct(values), _curve(values), _is_shuffled(values), dtype)


def _underscored(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)


def _first(largest: int, dtype: str) -> int:
    """A first number beyond all that were seen, so that no key comes again by chance; 1 where none fits the type."""
    first = 10 ** len(str(max(1, largest))) + 1
    limit = int(np.iinfo((dtype or "int64").lower()).max)
    return first if first + _ROOM < limit else 1


def text_keys(values: Sequence[str]) -> Keys:
    """What is told of texts that name things: what all of them begin with, their length, and how they repeat."""
    if sum(_ADDRESS.fullmatch(value) is not None for value in values) > len(values) / 2:
        form = "user{:04d}@example.org"
    else:
        shared = re.match(r"[^\W\d]{0,6}[-_#:/.]?", _common_start(values))
        prefix = (shared.group() if shared else "").replace("{", "").replace("}", "")
        width = min(20, max(4, int(np.median([len(value) for value in values])) - len(prefix)))
        form = f"{prefix or 'k'}{{:0{width}d}}"
    numbers = [int(digits) for value in values for digits in re.findall(r"[0-9]{1,18}", value)]
    return Keys(form, _first(max(numbers, default=0), ""), _distinct(values), _curve(values), _is_shuffled(values))


def _distinct(values: Sequence[int] | Sequence[str]) -> float:
    share = len(set(values)) / len(values)
    return 1.0 if share == 1.0 else min(0.99, max(0.01, round(share, 2)))


def _curve(values: Sequence[int] | Sequence[str]) -> tuple[float, ...]:
    more = sorted((count - 1 for count in Counter(values).values()), reverse=True)
    if not sum(more):
        return (0.0, 1.0)
    reached = np.cumsum(more) / sum(more)
    return (
        0.0,
        *(round(float((np.searchsorted(reached, s - 1e-12) + 1) / len(more)), 2) for s in (0.25, 0.5, 0.75, 1)),
    )


def _common_start(values: Sequence[str]) -> str:
    low, high = min(values), max(values)
    return low[: next((at for at, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))]


def _is_shuffled(values: Sequence[int] | Sequence[str]) -> bool:
    return not all(a <= b for a, b in pairwise(values))  # type: ignore[operator]
