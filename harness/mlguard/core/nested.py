"""Cells that hold several values, such as ragged lists: spelled as one text, compared as the numbers within it.

A spelling is close to what Python prints: `[1, 0.5]`, `{'a': 0.5}`, `(score=0.5, label='x')`; in a column of mixed
types the type stands in front: `float64:0.5`. All of it is exact but the floats, which have limits as all floats do.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mlguard.core.value import Value, numbers

NESTED = frozenset({"list", "nested", "mixed", "interval"})
"""The dtypes whose elements are such spellings."""

SUFFIXES = {"float16": "f16", "float32": "f32"}
"""What follows a float that is narrower than Python's."""

Place = tuple[str, ...]
"""What leads to a float within its cell: keys and positions; `*` for the position in lists of several lengths."""

_TOKEN = re.compile(
    r"""(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
    r"""|(?P<open>[\[({])|(?P<close>[\])}])|(?P<next>, )|(?P<key>: |=)|(?P<word>[^\s,\[\](){}:='"]+)|(?P<other>.)""",
    re.DOTALL,
)
_FLOAT = re.compile(r"(-?(?:\d+\.\d+(?:e[+-]\d+)?|\d+e[+-]\d+|inf)|nan)(f16|f32)?")


@dataclass(frozen=True)
class Inside:
    """A column of spellings, taken apart."""

    forms: tuple[str, ...]
    """Each element with a `#` in place of every float: what must be equal."""
    floats: np.ndarray[Any, Any]
    """All floats, element after element."""
    elements: np.ndarray[Any, Any]
    """Which element each float lies in."""
    places: tuple[Place, ...]
    """The place of each float; those of one place are compared as one column."""
    dtypes: tuple[str, ...]
    """The type of each float."""

    def columns(self) -> dict[Place, np.ndarray[Any, Any]]:
        """Positions of the floats of each place."""
        found: dict[Place, list[int]] = defaultdict(list)
        for position, place in enumerate(self.places):
            found[place].append(position)
        return {place: np.array(positions) for place, positions in found.items()}

    def column(self, positions: np.ndarray[Any, Any], floats: np.ndarray[Any, Any] | None = None) -> Value:
        """The floats at these positions, or others in their stead, as a Value of the narrowest type among them."""
        narrowest = min((self.dtypes[i] for i in positions), key=lambda name: np.dtype(name).itemsize)
        return numbers((self.floats if floats is None else floats)[positions].astype(narrowest))


def inside(value: Value) -> Inside:
    """What the elements of a column of spellings hold, the floats apart from everything else."""
    reader, absent = _Reader(), value.absent()
    forms = tuple("" if absent[i] else reader.form(i, str(text), value.dtype) for i, text in enumerate(value.data))
    return Inside(
        forms,
        np.array([found.number for found in reader.found], dtype=np.float64),
        np.array([found.element for found in reader.found], dtype=np.int64),
        tuple(reader.place(found) for found in reader.found),
        tuple(found.dtype for found in reader.found),
    )


@dataclass
class _Open:
    """A bracket that is not closed yet."""

    place: Place
    position: int = 0
    key: str | None = None


@dataclass(frozen=True)
class _Found:
    """One float."""

    element: int
    within: Place
    """The place of the bracket around it."""
    at: str | int
    """Its key or its position there."""
    number: float
    dtype: str


@dataclass
class _Reader:
    """Reads spellings one after the other."""

    found: list[_Found] = field(default_factory=list)
    lengths: dict[Place, set[int]] = field(default_factory=lambda: defaultdict(set))

    def form(self, element: int, text: str, dtype: str) -> str:
        """An element without its floats, which are kept."""
        if dtype != "mixed":
            return self._spelling(element, text, (), "float64")
        kind, _, rest = text.partition(":")
        if kind not in NESTED and not kind.startswith("float"):
            return text
        return f"{kind}:{self._spelling(element, rest, (kind,), kind)}"

    def place(self, found: _Found) -> Place:
        """Where a float belongs; its position counts where all lists at its place are equally long."""
        if isinstance(found.at, str):
            return (*found.within, found.at)
        return (*found.within, str(found.at) if len(self.lengths[found.within]) < 2 else "*")

    def _spelling(self, element: int, spelling: str, place: Place, dtype: str) -> str:
        opened, parts = [_Open(place)], [""]
        for token in _TOKEN.finditer(spelling):
            kind, text, here = token.lastgroup, token.group(), opened[-1]
            number = _FLOAT.fullmatch(text) if kind == "word" else None
            if number is not None:
                at = here.position if here.key is None else here.key
                own = _WIDE.get(number[2], dtype if dtype.startswith("float") else "float64")
                self.found.append(_Found(element, here.place, at, float(number[1]), own))
                text = f"#{number[2] or ''}"
            elif kind == "open":
                opened.append(_Open((*here.place, "*" if here.key is None else here.key)))
            elif kind == "close" and len(opened) > 1:
                self.lengths[here.place].add(opened.pop().position)
            elif kind == "next":
                here.position, here.key = here.position + 1, None
            elif kind == "key":
                here.key = parts[-1]
            parts.append(text)
        return "".join(parts)


_WIDE = {suffix: name for name, suffix in SUFFIXES.items()}
