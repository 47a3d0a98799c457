"""Verdicts that cross from one process to another, as JSON: every fact comes back as what it was."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any, get_args, get_type_hints

from mlguard.core.run_name import RunName, run_name
from mlguard.core.verdict import Verdict

TAG = "$"
"""The key that names the type of an object."""


def _kinds(kind: Any, found: dict[str, type[Any]]) -> dict[str, type[Any]]:
    """The dataclasses and enumerations that a type is made of, by their names."""
    for part in get_args(kind):
        _kinds(part, found)
    if isinstance(kind, type) and kind.__name__ not in found and (is_dataclass(kind) or issubclass(kind, StrEnum)):
        found[kind.__name__] = kind
        for hint in get_type_hints(kind).values() if is_dataclass(kind) else ():
            _kinds(hint, found)
    return found


_FOUND = _kinds(Verdict, {})
_ENUMS: Mapping[str, type[StrEnum]] = {name: kind for name, kind in _FOUND.items() if issubclass(kind, StrEnum)}
_CLASSES: Mapping[str, type[Any]] = {name: kind for name, kind in _FOUND.items() if name not in _ENUMS}


def to_json(fact: Any) -> Any:
    """A JSON document for a Verdict, or for a fact of one; an element that JSON has no form for becomes its text."""
    name = type(fact).__name__
    if name in _CLASSES:
        members = {field.name: to_json(getattr(fact, field.name)) for field in fields(fact)}
        return {TAG: name, **members}
    if isinstance(fact, RunName):
        return {TAG: "RunName", "value": str(fact)}
    if name in _ENUMS:
        return {TAG: name, "value": str(fact)}
    if isinstance(fact, float) and not math.isfinite(fact):
        return {TAG: "float", "value": str(fact)}
    if fact is None or isinstance(fact, bool | int | float | str):
        return fact
    if isinstance(fact, tuple | list):
        return [to_json(item) for item in fact]
    return {str(key): to_json(item) for key, item in fact.items()} if isinstance(fact, Mapping) else str(fact)


def from_json(document: Any) -> Any:
    """What `to_json` was given."""
    if isinstance(document, list):
        return tuple(from_json(item) for item in document)
    if not isinstance(document, dict):
        return document
    if TAG not in document:
        return {key: from_json(item) for key, item in document.items()}
    name = document[TAG]
    if name in _CLASSES:
        return _CLASSES[name](**{key: from_json(item) for key, item in document.items() if key != TAG})
    if name in _ENUMS:
        return _ENUMS[name](document["value"])
    return run_name(document["value"]) if name == "RunName" else float(document["value"])
