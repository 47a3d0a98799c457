"""Change inputs at random: bytes as bytes, and documents of JSON as documents, so that a seal can be put on again."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Sequence
from typing import Any

TOKENS = (
    b"", b"\n", b"\r\n", b"\r", b"\0", b'"', b'""', b",", b"{", b"}", b"[", b"]", b":", b"\\", b"\\u0000",
    b"\\ud800", b"\xff", b"\xef\xbb\xbf", b"nan", b"inf", b"-inf", b"null", b"true", b"1e999", b"-0", b"0x10",
    b"9" * 40, b"1e-400", b"\xe2\x80\xa8", b"<<<<<<< ", b"=======", b"../", b"'descr': '|O'",
    b"'descr': '<U200000000'", b"(100000000000,)", b"\x93NUMPY", b"2026-13-45", b"00:00", b"P1D", b"#", b"=",
    b"[[x]]", b"'''",
)  # fmt: skip
"""Pieces that readers trip over."""

VALUES = (
    None, True, False, 0, 1, -1, 2**31, 2**63, -(2**63), 10**12, 10**30, 10**400, 0.5, 1e308, 5e-324, "", "x",
    "nan", "inf", "-inf", "1e999999999", "U200000000", "O", "V8", "float64", "int8", "complex128", "datetime64[ns]",
    "text", "array", "category", "timestamp", "../x", "/x", "\0", "\ud800", "\u202e", "\x1b]0;x\x07", "a" * 3000,
    [], {}, [[]], [None], {"": None}, [0, 10**12], [10**12, 0], [-1], [2**63], [1] * 200,
    {"$": "decimal", "value": "1e999999999"}, {"$": "float", "value": "nan"}, {"$": "set", "value": [[]]},
    {"$": "mapping", "value": [[[], 1]]}, {"$": "timestamp", "value": "x"}, {"$": "nothing"},
)  # fmt: skip
"""Values that no reader expects everywhere."""


def changed(rng: random.Random, value: Any, others: Sequence[Any]) -> Any:
    """A neighbour of an input, with something of the others at times."""
    value = copy.deepcopy(value)
    for _ in range(1 + min(int(rng.expovariate(0.7)), 8)):
        other = rng.choice(others)
        if isinstance(value, bytes):
            value = _changed_bytes(rng, value, other if isinstance(other, bytes) else b"")
        else:
            value = _changed_document(rng, value, other)
    return value


def _changed_bytes(rng: random.Random, data: bytes, other: bytes) -> bytes:
    at, end = sorted((rng.randint(0, len(data)), rng.randint(0, len(data))))
    end = min(end, at + rng.choice((0, 1, 4, 16, 10_000)))
    kinds: tuple[Callable[[], bytes], ...] = (
        lambda: bytes([rng.randrange(256)]),
        lambda: rng.choice(TOKENS),
        lambda: rng.choice(TOKENS) * rng.choice((2, 50, 2000)),
        lambda: other[at:end] or other[:20],
        lambda: data[at:end] * 2,
        lambda: b"",
        lambda: str(rng.choice((0, -1, 255, 65536, 2**31, 2**63, 10**20))).encode(),
    )
    return (data[:at] + rng.choice(kinds)() + data[end:])[:20_000]


def _changed_document(rng: random.Random, document: Any, other: Any) -> Any:
    """One node replaced, removed, doubled, renamed or taken from elsewhere."""
    places = _places(document)
    if not places:
        return copy.deepcopy(rng.choice(VALUES))
    holder, key = rng.choice(places)
    kind = rng.randrange(8)
    if kind <= 2:
        holder[key] = copy.deepcopy(rng.choice(VALUES))
    elif kind == 3:
        del holder[key]
    elif kind == 4:
        holder[key] = _near(rng, holder[key])
    elif kind == 5:
        donors = _places(other) or places
        from_, at = rng.choice(donors)
        holder[key] = copy.deepcopy(from_[at])
    elif kind == 6 and isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    else:
        _rename(rng, holder, key)
    return document


def _near(rng: random.Random, value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int):
        return value + rng.choice((-1, 1, 2**31, 10**12))
    if isinstance(value, float):
        return value * rng.choice((-1, 1e300, 0, 1 + 1e-12))
    if isinstance(value, str):
        at = rng.randint(0, len(value))
        return (
            value[:at] + rng.choice(("", "x", "\0", "[0]", ".", "/", "\n", "9", " ")) + value[at + rng.randint(0, 2) :]
        )
    return [value]


def _rename(rng: random.Random, holder: Any, key: Any) -> None:
    if isinstance(holder, dict):
        holder[rng.choice(("x", "", "value", "rows", "shape", str(key) + " "))] = holder.pop(key)
    else:
        rng.shuffle(holder)


def _places(document: Any) -> list[tuple[Any, Any]]:
    """Every node that can be replaced, as its holder and key."""
    found, waiting = [], [document]
    while waiting:
        holder = waiting.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else ()
        for key in keys:
            found.append((holder, key))
            waiting.append(holder[key])
    return found
