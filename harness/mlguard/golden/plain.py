"""Plain facts (configuration, environment, details) as strict JSON and back, with what JSON itself cannot say."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import PurePath, PurePosixPath
from typing import Any

import numpy as np

from mlguard.core.error import UsageError

TAG = "$"
"""The key that marks an object as standing for something that JSON has no form for."""

_TAGGED: tuple[tuple[type, str, Callable[[Any], str], Callable[[str], Any]], ...] = (
    (float, "float", lambda fact: repr(float(fact)), float),
    (bytes, "bytes", bytes.hex, bytes.fromhex),
    (dt.datetime, "timestamp", dt.datetime.isoformat, dt.datetime.fromisoformat),
    (dt.date, "date", dt.date.isoformat, dt.date.fromisoformat),
    (dt.time, "time", dt.time.isoformat, dt.time.fromisoformat),
    (complex, "complex", str, complex),
    (Decimal, "decimal", str, Decimal),
    (PurePath, "path", PurePath.as_posix, PurePosixPath),
)
"""What is written as a text beside its kind, and how it is read; the first type that fits counts."""

_READ = {kind: read for _, kind, _, read in _TAGGED}


def to_plain(fact: Any) -> Any:
    """A JSON document for a fact: numbers, texts, dates, and containers of them.

    A tuple is written as a list and read back as one. Raises UsageError naming the type of anything else.
    """
    if isinstance(fact, np.generic):
        fact = fact.item()
    if fact is None or isinstance(fact, bool | int):
        return fact
    if isinstance(fact, str):
        return str(fact)
    if isinstance(fact, float) and math.isfinite(fact):
        return float(fact)
    if isinstance(fact, Mapping):
        return _mapping(fact)
    if isinstance(fact, list | tuple):
        return [to_plain(item) for item in fact]
    return _special(fact)


def from_plain(document: Any) -> Any:
    """The fact that a JSON document stands for."""
    if isinstance(document, list):
        return [from_plain(item) for item in document]
    if not isinstance(document, dict):
        return document
    if TAG not in document:
        return {key: from_plain(item) for key, item in document.items()}
    kind, inside = document[TAG], document["value"]
    if kind == "mapping":
        return {_hashable(from_plain(key)): from_plain(item) for key, item in inside}
    if kind == "set":
        return {_hashable(from_plain(item)) for item in inside}
    return _READ[kind](inside)


def _tagged(kind: str, value: Any) -> dict[str, Any]:
    return {TAG: kind, "value": value}


def _mapping(fact: Mapping[Any, Any]) -> Any:
    if all(isinstance(key, str) for key in fact) and TAG not in fact:
        return {str(key): to_plain(item) for key, item in fact.items()}
    return _tagged("mapping", [[to_plain(key), to_plain(item)] for key, item in fact.items()])


def _special(fact: Any) -> Any:
    if isinstance(fact, set | frozenset):
        return _tagged("set", sorted((to_plain(item) for item in fact), key=repr))
    for klass, kind, write, _ in _TAGGED:
        if isinstance(fact, klass):
            return _tagged(kind, write(fact))
    raise UsageError(
        f"a {type(fact).__module__}.{type(fact).__qualname__} in the configuration cannot be kept in a golden; "
        "use numbers, texts, dates, lists and mappings",
        slug="fact-unstorable",
    )


def _hashable(fact: Any) -> Any:
    return tuple(fact) if isinstance(fact, list) else fact
