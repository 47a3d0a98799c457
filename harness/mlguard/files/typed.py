"""Check a JSON document against the types that its reader declares, before anything is made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NotRequired, Required, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

_Read = Callable[[Any, str], Any]
_JSON = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", NoneType: "nothing"}


def checked(kind: type[T], document: object, where: str = "") -> T:
    """What a document of this type stands for: a dataclass, TypedDict, list, tuple, dict, union, Literal or JSON's own.

    A dataclass stands as an object of its fields; where all but the first have defaults, that one alone will do. Raises
    ValueError naming the place in the document, what stands there and what was expected.
    """
    read: _Read = _reader(kind)  # type: ignore[arg-type]  # Each type is hashable.
    return read(document, where)  # type: ignore[no-any-return]  # The reader is that of the type.


def known(kind: type[T], document: object, where: str) -> None:
    """Check those members of a mapping that a TypedDict names; it may have others."""
    if not isinstance(document, dict):
        raise _unlike(document, where, "an object")
    members: dict[str, object] = kind.__annotations__
    checked(kind, {name: document[name] for name in members if name in document}, where)


@cache
def _reader(kind: Any) -> _Read:
    inside = get_args(kind)
    match get_origin(kind):
        case origin if origin is Literal:
            return _one_of(inside)
        case origin if origin in (Union, UnionType):
            return _any_of([_reader(one) for one in inside])
        case origin if origin in (list, tuple):
            return _each(_reader(inside[0]), origin)
        case origin if origin in (dict, Mapping):
            return _values(_reader(inside[1]))
    return _object(kind) if is_dataclass(kind) or hasattr(kind, "__total__") else _exactly(kind)


def _exactly(kind: Any) -> _Read:
    kinds = (int, float) if kind is float else kind

    def read(document: Any, where: str) -> Any:
        if kind is not Any and (not isinstance(document, kinds) or (isinstance(document, bool) and kind is not bool)):
            raise _unlike(document, where, _JSON.get(kind, kind))
        return document

    return read


def _one_of(known: tuple[Any, ...]) -> _Read:
    def read(document: Any, where: str) -> Any:
        if not isinstance(document, str) or document not in known:
            raise _unlike(document, where, " or ".join(known))
        return document

    return read


def _any_of(options: list[_Read]) -> _Read:
    def read(document: Any, where: str) -> Any:
        for option in options:
            try:
                return option(document, where)
            except ValueError as error:
                last = error
        raise last

    return read


def _each(one: _Read, whole: type) -> _Read:
    def read(document: Any, where: str) -> Any:
        if not isinstance(document, list):
            raise _unlike(document, where, "a list")
        return whole(one(item, f"{where}[{place}]") for place, item in enumerate(document))

    return read


def _values(one: _Read) -> _Read:
    def read(document: Any, where: str) -> Any:
        if not isinstance(document, dict):
            raise _unlike(document, where, "an object")
        return {key: one(item, f"{where}.{key}") for key, item in document.items()}

    return read


def _object(kind: Any) -> _Read:
    """The reader of a dataclass or TypedDict, whose members are declared: some have to be there, no others may."""
    hints, required = get_type_hints(kind), _required(kind)
    short = [*required] if is_dataclass(kind) and len(required) == 1 else []
    # Made when a member comes, since a type may hold others of its own.
    readers = cache(lambda name: _reader(hints[name]))

    def read(document: Any, where: str) -> Any:
        if short and not isinstance(document, dict):
            document = {short[0]: document}
        members = _parts(document, where, required, hints.keys())
        return kind(**{name: readers(name)(item, place) for name, (item, place) in members.items()})

    return read


def _required(kind: Any) -> set[str]:
    """The members that have to be there."""
    if is_dataclass(kind):
        return {one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING}
    # `__required_keys__` is wrong where annotations are texts.
    marks = {name: get_origin(hint) for name, hint in get_type_hints(kind, include_extras=True).items()}
    return {name for name, mark in marks.items() if mark is Required or (mark is not NotRequired and kind.__total__)}


def _parts(document: Any, where: str, required: Set[str], possible: Set[str]) -> dict[str, tuple[Any, str]]:
    """The members of an object, each with its place."""
    if not isinstance(document, dict):
        raise _unlike(document, where, "an object")
    missing, unknown = required - document.keys(), document.keys() - possible
    if missing or unknown:
        wrong = f"lacks {min(missing)!r}" if missing else f"has {min(unknown)!r}, which it cannot have"
        raise ValueError(f"{where or 'it'} {wrong}")
    return {name: (item, f"{where}.{name}" if where else name) for name, item in document.items()}


def _unlike(document: object, where: str, expected: object) -> ValueError:
    shown = repr(document)
    return ValueError(f"{where or 'it'} is {shown if len(shown) < 40 else shown[:40] + '…'}; expected {expected}")
