"""Strict JSON: one spelling per document, no NaN tokens, hidden characters escaped; and the layout of a record."""

from __future__ import annotations

import json
import re
from typing import Any

from mlguard.core.error import UsageError
from mlguard.golden.elements import HIDDEN

WIDTH = 120
"""Characters up to which something that is no Observation stays on one line."""

_OBSERVATIONS, _ASKED = "observations", "asked"
_HALVES = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def dump(document: Any, indent: int | None = None) -> str:
    """A document on one line, or one entry per line where it is indented; keys sorted, text readable.

    Raises UsageError for a text of two surrogate halves: JSON would read them back as the one whole character.
    """
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=indent)
    halves = _HALVES.search(text)
    if halves:
        around = text[max(halves.start() - 40, 0) : halves.end() + 40]
        raise UsageError(
            f"the text {around!r} holds one character as two surrogate halves, which no file can hold; "
            "decode it with `text.encode('utf-16', 'surrogatepass').decode('utf-16')` first",
            slug="text-surrogates",
        )
    return HIDDEN.sub(lambda match: match[0] if match[0] == "\n" else f"\\u{ord(match[0]):04x}", text)


def parse(text: str) -> Any:
    """A document; ValueError for anything that `dump` would not write, such as a NaN token."""
    return json.loads(text, parse_constant=_refuse)


def lay_out(document: dict[str, Any]) -> str:
    """A record as text: one line per Observation, approval, source file and noise entry, so that a diff reads well."""
    parts = [f"  {dump(key)}: {_member(key, document[key])}" for key in sorted(document)]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _member(key: str, value: Any) -> str:
    if key == _ASKED:
        return dump(value)
    if key == _OBSERVATIONS and value:
        return "[\n    " + ",\n    ".join(map(dump, value)) + "\n  ]"
    return _laid_out(value, 2, levels=2)


def _laid_out(value: Any, indent: int, *, levels: int = 0) -> str:
    """On one line where it fits, else one entry per line; so is each mapping in these levels, and a list in the first.

    So an added entry of them is one added line, whatever their width.
    """
    line = dump(value)
    is_list = isinstance(value, list)
    if not value or not isinstance(value, list | dict) or (levels <= is_list and len(line) + indent <= WIDTH):
        return line
    if is_list:
        entries = [_laid_out(item, indent + 2) for item in value]
    else:
        entries = [f"{dump(key)}: {_laid_out(value[key], indent + 2, levels=levels - 1)}" for key in sorted(value)]
    inner = "\n" + " " * (indent + 2)
    return line[0] + inner + f",{inner}".join(entries) + "\n" + " " * indent + line[-1]


def _refuse(token: str) -> Any:
    raise ValueError(f"{token} is no JSON")
