"""The page of the JSON documents, from their declarations."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any, NotRequired, get_args, get_origin, get_type_hints

from mlguard.report.documents import DOCUMENTS
from tests.docs.reference.declared import docstrings, on_one_line

HEAD = """\
# JSON documents

`--json` makes the answer of a command one JSON document on standard output; `mlguard watch --json` writes one a line.
Numbers that JSON does not have (infinities, NaN) are spelled as text. Keys that stand here keep their names and types;
new ones may come. A key in *italics* is not in each document.
"""

_WORDS = {
    str: "text",
    bool: "true or false",
    int: "whole number",
    float: "number",
    object: "any value",
    type(None): "null",
}


def entries(declared: type[Any]) -> list[type[Any]]:
    """The declared parts of a document, itself first, each once."""
    found = [declared]
    for kind in (hint for one in found for hint in hints(one).values()):
        found += [part for part in _parts(kind) if part not in found]
    return found


def hints(declared: type[Any]) -> dict[str, Any]:
    """The type of each key, those of its bases included; `NotRequired` around those that may be absent."""
    return get_type_hints(declared, include_extras=True)


def may_be_absent(kind: Any) -> bool:
    """Whether a key of this type is not in each document."""
    return get_origin(kind) is NotRequired


def page() -> str:
    """The whole page."""
    commands: dict[type[Any], list[str]] = {}
    for command, declared in DOCUMENTS.items():
        commands.setdefault(declared, []).append(command)
    parts = dict.fromkeys(part for declared in commands for part in entries(declared))
    told = [line for part in parts for line in _section(part, commands.get(part, []))]
    return "\n".join([HEAD, *told])


def anchor(declared: type[Any]) -> str:
    """The name of its section, as in links."""
    return title(declared).lower().replace(" ", "-")


def title(declared: type[Any]) -> str:
    """The heading of its section."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", declared.__name__).capitalize()


def _section(declared: type[Any], commands: list[str]) -> Iterator[str]:
    yield f"## {title(declared)}\n"
    given = [f"`mlguard {one} --json`" if not one.startswith("any") else one for one in commands]
    yield " ".join([inspect.getdoc(declared) or "", *([f"Given by: {', '.join(given)}."] if given else [])]) + "\n"
    yield "| key | is | meaning |\n|---|---|---|"
    told = docstrings(declared)
    for name, kind in hints(declared).items():
        key = f"*`{name}`*" if may_be_absent(kind) else f"`{name}`"
        yield f"| {key} | {_words(kind)} | {on_one_line(told[name])} |"
    yield ""


def _parts(kind: Any) -> Iterator[type[Any]]:
    """The declared parts in a type."""
    if hasattr(kind, "__required_keys__"):
        yield kind
    for inner in get_args(kind):
        yield from _parts(inner)


def _words(kind: Any) -> str:
    if hasattr(kind, "__required_keys__"):
        return f"[{title(kind).lower()}](#{anchor(kind)})"
    inner = get_args(kind)
    if may_be_absent(kind):
        return _words(inner[0])
    if get_origin(kind) is list:
        return f"list of {_words(inner[0])}"
    if get_origin(kind) is dict:
        return f"{_words(inner[1])}, by name"
    return " or ".join(map(_words, inner)) if inner else _WORDS[kind]
