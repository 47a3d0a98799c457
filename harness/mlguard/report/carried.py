"""Verdicts that cross from one process to another, as JSON: every fact comes back as what it was."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any

from mlguard.core.cause import Cause, CauseKind, Change
from mlguard.core.contract import Judgement
from mlguard.core.difference import Difference, Moved
from mlguard.core.finding import (
    Added,
    Carried,
    Finding,
    InCommon,
    Judged,
    Kind,
    Missed,
    NotCarried,
    Question,
    Symmetry,
)
from mlguard.core.outcome import Outcome
from mlguard.core.record import Role
from mlguard.core.requirement import Requirement
from mlguard.core.run_name import RunName, run_name
from mlguard.core.structure import Altered, NotAnswered, OtherRows, Reordered, Repeated, Unnamed
from mlguard.core.verdict import Verdict

TAG = "$"
"""The key that names the type of an object."""

_CLASSES: dict[str, type[Any]] = {
    klass.__name__: klass
    for klass in (
        Added, Altered, Carried, Cause, Change, Difference, Finding, InCommon, Judged, Judgement, Missed, Moved,
        NotAnswered, NotCarried, OtherRows, Question, Reordered, Repeated, Requirement, Symmetry, Unnamed, Verdict,
    )
}  # fmt: skip
_ENUMS: dict[str, type[StrEnum]] = {enum.__name__: enum for enum in (CauseKind, Kind, Outcome, Role)}


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
