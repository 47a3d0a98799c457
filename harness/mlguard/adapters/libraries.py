"""Libraries whose models lie in C, so that no walk finds what they learned: one file for each.

None of them is ever imported for this: whose class an object is of says who made it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mlguard.adapters import catboost, lightgbm, xgboost
from mlguard.adapters.ensemble import Ensemble

LIBRARIES: Mapping[str, Mapping[str, Callable[[Any], Ensemble]]] = {
    "catboost": catboost.MODELS,
    "lightgbm": lightgbm.MODELS,
    "xgboost": xgboost.MODELS,
}
"""By library, its classes that hold a model and how such a model is read."""

ROWS: Mapping[str, tuple[str, ...]] = {"catboost": catboost.ROWS, "lightgbm": lightgbm.ROWS, "xgboost": xgboost.ROWS}
"""By library, its classes that hold rows, of which no other rows can be made."""


def is_model(value: object) -> bool:
    """Whether a value is a model of one of these libraries, or of a class derived from theirs."""
    return _class(value) is not None


def is_derived(value: object) -> bool:
    """Whether a model is of somebody else's class, which may keep more than the library does."""
    return _library(type(value)) not in LIBRARIES


def learned(model: Any) -> Ensemble:
    """What a model of one of these libraries learned.

    Raises TypeError for anything else, and what the library raises for a model that is not fitted.
    """
    kind = _class(model)
    if kind is None:
        raise TypeError(f"{type(model).__name__} is no model of {', '.join(LIBRARIES)}")
    return LIBRARIES[_library(kind)][kind.__name__](model)


def rows_of(value: object) -> str:
    """The library's class that holds these rows, as `xgboost.DMatrix`; empty for a table and anything else."""
    kinds = ((_library(kind), kind.__name__) for kind in type(value).__mro__)
    return next((f"{library}.{name}" for library, name in kinds if name in ROWS.get(library, ())), "")


def _class(value: object) -> type | None:
    """The library's own class among those of a value."""
    kinds = type(value).__mro__
    return next((kind for kind in kinds if kind.__name__ in LIBRARIES.get(_library(kind), ())), None)


def _library(kind: type) -> str:
    return str(kind.__module__).partition(".")[0]
