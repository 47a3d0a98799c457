"""Which files a module names in its source: reads, writes and their paths, without running a line of it."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_READERS = frozenset({"load", "loadtxt", "genfromtxt"})
_JOINS = frozenset({"join", "Path", "PurePath", "joinpath"})
_SAME = frozenset({"resolve", "absolute", "abspath", "realpath", "expanduser", "str", "fspath", "as_posix"})
_LONGEST, _LONGEST_NAME = 1024, 255
"""Bytes that a path, and one name in it, may have at most: few systems know shorter limits."""

_WRITERS = frozenset({"save", "savez", "savetxt", "dump", "write_text", "write_bytes"})


@dataclass(frozen=True)
class Named:
    """A file that a module reads or writes."""

    path: str
    """As the module has it; from the module's own folder where `beside` says so."""
    beside: bool
    """Whether the path is built from `__file__`."""
    written: bool
    """Whether it is written."""
    line: int
    """Where, from 1."""


def files_named(tree: ast.Module) -> list[Named]:
    """The files that calls anywhere in a module read or write, in order, as far as their paths are constants.

    Reading is `read_csv` and what is called like it, `load` and `open`; writing is `to_csv` and the like, `save`,
    `dump`, `write_text` and `open` with a mode that writes.
    """
    known = _constants(tree)
    found = [named for node in ast.walk(tree) if isinstance(node, ast.Call) for named in _named(node, known)]
    return sorted(found, key=lambda one: one.line)


_Path = tuple[str, bool]
"""A path, and whether it is built from `__file__`, which stands for `.` with one more folder to leave."""


def _constants(tree: ast.Module) -> dict[str, _Path]:
    """Names that are set to a path somewhere; the first value counts. `__file__` is a file in the module's folder.

    Arguments of a command line count with their defaults, as `.name`.
    """
    known: dict[str, _Path] = {"__file__": ("__file__", True)}
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.Call)]
    for node in sorted(nodes, key=lambda one: one.lineno):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name, value = node.targets[0].id, _path(node.value, known)
        elif isinstance(node, ast.Call) and _name(node.func) in ("add_argument", "option") and node.args:
            name = f".{_option(node.args)}"
            value = next((_path(default, known) for default in _keyword(node, "default")), None)
        else:
            continue
        if value is not None:
            known.setdefault(name, value)
    return known


def _option(names: Sequence[ast.expr]) -> str:
    """The attribute that an argument of a command line sets: click's own name, else that of the first long option."""
    given = [str(getattr(name, "value", "")) for name in names]
    bare = [name for name in given if not name.startswith("-")]
    return next(iter([*bare, *(name for name in given if name.startswith("--")), *given])).lstrip("-").replace("-", "_")


def _named(call: ast.Call, known: Mapping[str, _Path]) -> Iterator[Named]:
    name, owner = _name(call.func), _owner(call, known)
    if name == "open":
        place = owner or _path(next(iter([*call.args, *_keyword(call, "file")]), None), known)
        mode = next(iter([*call.args[0 if owner else 1 :], *_keyword(call, "mode")]), None)
        written = isinstance(mode, ast.Constant) and any(letter in str(mode.value) for letter in "wax")
    elif name.startswith(("read_", "scan_")) or name in _READERS:
        place, written = _given(call, owner, known), False
    elif name.startswith(("to_", "write_", "sink_")) or name in _WRITERS:
        place, written = _given(call, owner, known), True
    else:
        return
    if place is not None and _may_be_a_file(place[0]):
        yield Named(*place, written=written, line=call.lineno)


def _may_be_a_file(path: str) -> bool:
    """Whether any system would take this for a path."""
    try:
        whole = path.encode()
    except UnicodeEncodeError:
        return False
    return (
        b"\0" not in whole and len(whole) <= _LONGEST and all(len(name) <= _LONGEST_NAME for name in whole.split(b"/"))
    )


def _owner(call: ast.Call, known: Mapping[str, _Path]) -> _Path | None:
    """The path whose method is called, as in `Path("x.json").read_text()`."""
    return _path(call.func.value, known) if isinstance(call.func, ast.Attribute) else None


def _given(call: ast.Call, owner: _Path | None, known: Mapping[str, _Path]) -> _Path | None:
    """The path of a call: what its method belongs to, or its first argument that has an ending as files have."""
    arguments = (_path(one, known) for one in (*call.args, *(keyword.value for keyword in call.keywords)))
    return next((place for place in (owner, *arguments) if place and os.path.splitext(place[0])[1]), None)


def _path(node: ast.expr | None, known: Mapping[str, _Path]) -> _Path | None:
    """The path that an expression gives; None where it is not made of constants."""
    match node:
        case ast.Constant(value=str(text)):
            return text, False
        case ast.Name(id=name):
            return known.get(name)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _joined([_path(left, known), _path(right, known)])
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _glued([_path(left, known), _path(right, known)])
        case ast.JoinedStr(values=parts):
            return _glued(
                [_path(part.value if isinstance(part, ast.FormattedValue) else part, known) for part in parts]
            )
        case ast.Attribute(value=inner, attr="parent"):
            return _above(_path(inner, known))
        case ast.Attribute(attr=name) if f".{name}" in known:
            return known[f".{name}"]
        case ast.Subscript(value=ast.Attribute(value=inner, attr="parents"), slice=ast.Constant(value=int(levels))):
            found = _path(inner, known)
            for _ in range(levels + 1):
                found = _above(found)
            return found
        case ast.Call(func=function, args=given):
            return _called(function, given, known)
    return None


def _called(function: ast.expr, given: Sequence[ast.expr], known: Mapping[str, _Path]) -> _Path | None:
    name, own = _name(function), [function.value] if isinstance(function, ast.Attribute) else []
    if name in _JOINS:
        parts = [*given] if name != "joinpath" else [*own, *given]
        return _joined([_path(part, known) for part in parts])
    if name in _SAME:
        return _path(next(iter([*given, *own]), None), known)
    if name == "dirname" and given:
        return _above(_path(given[0], known))
    return None


def _joined(parts: Sequence[_Path | None]) -> _Path | None:
    whole = [part for part in parts if part is not None]
    if not whole or len(whole) < len(parts):
        return None
    return os.path.normpath(os.path.join(*(text for text, _ in whole))), any(beside for _, beside in whole)


def _glued(parts: Sequence[_Path | None]) -> _Path | None:
    whole = [part for part in parts if part is not None]
    if not whole or len(whole) < len(parts):
        return None
    return "".join(text for text, _ in whole), any(beside for _, beside in whole)


def _above(place: _Path | None) -> _Path | None:
    return None if place is None else (os.path.normpath(os.path.join(place[0], os.pardir)), place[1])


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _keyword(call: ast.Call, name: str) -> list[ast.expr]:
    return [keyword.value for keyword in call.keywords if keyword.arg == name]
