"""Spell plain values as Python source, broken into lines that are not too long."""

from __future__ import annotations

from typing import Any

WIDTH = 120
"""Characters that a line has at most, where it can be broken."""

_BRACKETS = {dict: ("{", "}"), tuple: ("(", ")"), list: ("[", "]")}


def literal(value: Any) -> str:
    """A text, number, truth, None, or a container of these, on one line and in double quotes."""
    if isinstance(value, dict | tuple | list):
        left, right = _BRACKETS[type(value)]
        comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
        return f"{left}{', '.join(_items(value))}{comma}{right}"
    return _quoted(value) if isinstance(value, str) else repr(value)


def packed(prefix: str, value: Any, *, indent: int) -> str:
    """What stands before a value, the value and a comma; a long container with as many items on a line as fit."""
    space = " " * indent
    line = f"{space}{prefix}{literal(value)},"
    if len(line) <= WIDTH or not isinstance(value, dict | tuple | list):
        return line
    left, right = _BRACKETS[type(value)]
    return "\n".join([f"{space}{prefix}{left}", *_filled(_items(value), indent + 4), f"{space}{right},"])


def _items(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [f"{literal(key)}: {literal(item)}" for key, item in value.items()]
    return [literal(item) for item in value]


def _filled(items: list[str], indent: int) -> list[str]:
    lines: list[str] = []
    for item in items:
        if lines and len(lines[-1]) + len(item) + 2 <= WIDTH:
            lines[-1] += f" {item},"
        else:
            lines.append(f"{' ' * indent}{item},")
    return lines


def _quoted(text: str) -> str:
    spelled = ascii(text) if not text.isprintable() else repr(text)
    if spelled[0] == "'":
        return '"' + spelled[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'
    return spelled
