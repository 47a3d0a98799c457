"""A Trace: the calls of the project's own functions in one run, in order, with what went in and what came out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from mlguard.core.value import Value

ORDER = "order"
"""The dtype of a leaf that only says how columns are called and in which order they stand."""


FILE = "file"
"""The dtype of a leaf that holds the digest of a file: two files may hold the same and still differ."""

RETURN = "return"
"""What a returned value is called beside the parameters, none of which can have this name."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One named part of what a function was given or gave back."""

    path: str
    """Where it lies: `rows.price`, `model.coef_`, empty for the value itself."""
    value: Value
    """Its elements; for a large array, weighted sums of blocks of them, in which a move of any element shows."""
    shape: tuple[int, ...]
    """Shape of the part itself."""
    digest: bytes
    """Digest of all elements, with dtype and shape."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is kept of a value: enough to tell whether another one is equal, or equal within a tolerance."""

    leaves: tuple[Leaf, ...] = ()
    """Its parts, in a stable order."""
    digest: bytes = b""
    """Digest of all parts and their paths."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of one of the project's functions."""

    function: str
    """Dotted name, the function's own name last; what is nested in a function counts as that function."""
    file: str
    """Its file, relative to the project's root where it lies below."""
    line: int
    """Line of its `def`."""
    end: int
    """Its last line."""
    arguments: Fingerprint
    """What it was given: parameters by name, what it captured, and the state of the global random generators."""
    result: Fingerprint
    """What it returned; what it yielded, one after the other, for a generator."""
    changed: Fingerprint
    """Parameters and random states that it left in another state than it found them in, as it left them."""
    raised: str | None
    """Type of the exception that it ended with; None where it returned."""
    run: str
    """The run it belongs to: `main`, `seed 1`, …; `contracts` and `probes` are asked in the main run."""
    stage: str
    """The stage that was under way."""
    depth: int
    """How many of the project's functions were under way around it."""
    parent: int | None
    """Index of the call around it; None for the outermost."""
    in_guard: bool = False
    """Whether its code stands in the guard's own module."""


@dataclass(frozen=True)
class Trace:
    """What was followed in one run of a guard."""

    calls: tuple[Call, ...] = ()
    """The calls, in the order in which they began."""
    counted: Mapping[str, int] = field(default_factory=dict)
    """How often functions were called after their calls had become too many to look at, by dotted name."""


def parameter(path: str) -> str:
    """The parameter that a leaf belongs to."""
    return re.split(r"[. /\[]", path, maxsplit=1)[0]
