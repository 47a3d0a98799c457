"""The fields of an object that holds nothing else: named tuples, dataclasses, attrs, pydantic, plain objects."""

from __future__ import annotations

import dataclasses
import functools
import types
from collections.abc import Iterator, Mapping
from typing import Any

CODE = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType, type)
"""What is code, and no value."""


def is_named_tuple(value: object) -> bool:
    """Whether a tuple names its items."""
    return isinstance(value, tuple) and isinstance(getattr(type(value), "_fields", None), tuple)


def fields_of(value: Any) -> dict[str, object] | None:
    """What an object holds, by name and in order; None for what may hold more than its attributes say.

    A field that was never set has no entry. No class is imported to find out what an object is.
    """
    if isinstance(value, (*CODE, BaseException)) or hasattr(type(value), "__next__"):
        return None
    names = _declared(value)
    if names is None:
        return _attributes(value) if _is_plain(value) else None
    return {**{name: getattr(value, name) for name in names if hasattr(value, name)}, **_undeclared(value)}


def attributes_beside(value: Any) -> dict[str, object]:
    """What a subclass of a number, text, array or container holds besides its content, by public name."""
    return {name: part for name, part in getattr(value, "__dict__", {}).items() if not name.startswith("_")}


def _declared(value: Any) -> list[str] | None:
    if is_named_tuple(value):
        return list(value._fields)
    if dataclasses.is_dataclass(value):
        return [field.name for field in dataclasses.fields(value)]
    if hasattr(type(value), "__attrs_attrs__"):
        return [field.name for field in type(value).__attrs_attrs__]
    models = getattr(type(value), "model_fields", None)
    return list(models) if isinstance(models, Mapping) else None


def _undeclared(value: Any) -> Mapping[str, object]:
    """What a pydantic object was given beyond its fields."""
    extra: Mapping[str, object] | None = getattr(value, "__pydantic_extra__", None)
    return extra or {}


def _is_plain(value: Any) -> bool:
    """Whether Python itself would copy this object by its attributes: no state in C, no protocol of its own."""
    kind = type(value)
    if isinstance(value, list | tuple | dict | set | frozenset):
        return False
    own = (getattr(kind, name) is not getattr(object, name) for name in ("__reduce__", "__reduce_ex__"))
    if kind is object or any(own):
        return False
    try:
        object.__reduce_ex__(value, 2)
    except Exception:  # Python refuses an object with more in it than attributes; its class may raise what it likes.
        return False
    return True


def _attributes(value: Any) -> dict[str, object]:
    return {name: getattr(value, name) for name in _names(value) if hasattr(value, name)}


def _names(value: Any) -> Iterator[str]:
    kinds = type(value).__mro__
    cached = {n for kind in kinds for n, part in vars(kind).items() if isinstance(part, functools.cached_property)}
    slots = [_slot(kind, name) for kind in kinds for name in _slots(kind)]
    names = dict.fromkeys([*getattr(value, "__dict__", {}), *slots])
    yield from (name for name in names if name not in cached and not name.startswith("__"))


def _slots(kind: type) -> tuple[str, ...]:
    slots = vars(kind).get("__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _slot(kind: type, name: str) -> str:
    """The attribute of a slot, whose private name Python joins with that of its class."""
    private = name.startswith("__") and not name.endswith("__")
    return f"_{kind.__name__.lstrip('_')}{name}" if private else name
