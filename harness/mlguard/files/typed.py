"""Check a JSON document against the types that its reader declares, before anything is made of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NotRequired, Required, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

_Check = Callable[[Any, str], None]
_JSON = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", NoneType: "nothing"}


def checked(kind: type[T], document: object, where: str = "") -> T:
    """The document, if it is of this type: a TypedDict, list, dict, union, Literal, or one of JSON's own types.

    Raises ValueError naming the place in the document, what stands there and what was expected.
    """
    check: _Check = _check(kind)  # type: ignore[arg-type]  # Each type is hashable.
    check(document, where)
    return document  # type: ignore[return-value]  # The check has narrowed it.


def known(kind: type[T], document: object, where: str) -> None:
    """Check those members of a mapping that a TypedDict names; it may have others."""
    if not isinstance(document, dict):
        raise _unlike(document, where, "an object")
    members: dict[str, object] = kind.__annotations__
    checked(kind, {name: document[name] for name in members if name in document}, where)


@cache
def _check(kind: Any) -> _Check:
    inside = get_args(kind)
    match get_origin(kind):
        case origin if origin is Literal:
            return _one_of(inside)
        case origin if origin in (Union, UnionType):
            return _any_of([_check(one) for one in inside])
        case origin if origin is list:
            return _each(_check(inside[0]))
        case origin if origin is dict:
            return _values(_check(inside[1]))
    return _members(kind) if hasattr(kind, "__total__") else _exactly(kind)


def _exactly(kind: Any) -> _Check:
    kinds = (int, float) if kind is float else kind

    def check(document: Any, where: str) -> None:
        if kind is not Any and (not isinstance(document, kinds) or (isinstance(document, bool) and kind is not bool)):
            raise _unlike(document, where, _JSON.get(kind, kind))

    return check


def _one_of(known: tuple[Any, ...]) -> _Check:
    def check(document: Any, where: str) -> None:
        if not isinstance(document, str) or document not in known:
            raise _unlike(document, where, " or ".join(known))

    return check


def _any_of(options: list[_Check]) -> _Check:
    def check(document: Any, where: str) -> None:
        for option in options:
            try:
                return option(document, where)
            except ValueError as error:
                last = error
        raise last

    return check


def _each(one: _Check) -> _Check:
    def check(document: Any, where: str) -> None:
        if not isinstance(document, list):
            raise _unlike(document, where, "a list")
        for place, item in enumerate(document):
            one(item, f"{where}[{place}]")

    return check


def _values(one: _Check) -> _Check:
    def check(document: Any, where: str) -> None:
        if not isinstance(document, dict):
            raise _unlike(document, where, "an object")
        for key, item in document.items():
            one(item, f"{where}.{key}")

    return check


def _members(kind: Any) -> _Check:
    members = {name: _check(hint) for name, hint in get_type_hints(kind).items()}
    # `__required_keys__` is wrong where annotations are texts.
    marks = {name: get_origin(hint) for name, hint in get_type_hints(kind, include_extras=True).items()}
    required = {
        name for name, mark in marks.items() if mark is Required or (mark is not NotRequired and kind.__total__)
    }

    def check(document: Any, where: str) -> None:
        if not isinstance(document, dict):
            raise _unlike(document, where, "an object")
        missing, unknown = required - document.keys(), document.keys() - members.keys()
        if missing or unknown:
            wrong = f"lacks {min(missing)!r}" if missing else f"has {min(unknown)!r}, which it cannot have"
            raise ValueError(f"{where or 'it'} {wrong}")
        for name, item in document.items():
            members[name](item, f"{where}.{name}" if where else name)

    return check


def _unlike(document: object, where: str, expected: object) -> ValueError:
    shown = repr(document)
    return ValueError(f"{where or 'it'} is {shown if len(shown) < 40 else shown[:40] + '…'}; expected {expected}")
