"""Edits of files that are no Python: settings key by key, anything else as a whole."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from mlguard.configuration import KINDS, as_text, parsed
from mlguard.tools.edits.edit import Edit, EditKind, Names
from mlguard.tools.edits.hunk import begin, hunk
from mlguard.tools.edits.normal import quoted

LONGEST = 60
"""Characters of a value that is told."""

_ABSENT = object()

_Leaf = tuple[str, ...]


@dataclass(frozen=True)
class PlainFile:
    """One file that differs."""

    file: str
    before: bytes | None
    """Its old content; None where it is new."""
    after: bytes | None
    """Its new content; None where it is gone."""
    values: tuple[Any, Any]
    """Both contents as mappings; both None where they are none."""
    leaves: Mapping[Edit, _Leaf]
    """The edits, each with its key; the only one of a file that has no keys has none."""

    @classmethod
    def of(cls, file: str, before: bytes | None, after: bytes | None) -> PlainFile:
        """The edits between two contents of a file."""
        was, now = _mapping(file, before), _mapping(file, after)
        leaves: dict[Edit, _Leaf] = {}
        if was is not None and now is not None:
            shown = tuple(hunk(_lines(before), 0, _lines(after), 0))
            differing = list(_differing(was, now, ()))
            for path, old, new in differing:
                told = f"{_value(old)} -> {_value(new)}"
                bound = Names(binds=frozenset({quoted(path[-1]), f".{path[-1]}", f"{path[-1]}="}))
                was_bound, is_bound = (None if value is _ABSENT else bound for value in (old, new))
                leaves[
                    Edit(
                        f"{file}: {'.'.join(path)}",
                        EditKind.SETTING,
                        file,
                        _line(_lines(after), path[-1]),
                        told,
                        shown if len(differing) == 1 else (),  # Else it would show the others too.
                        was_bound,
                        is_bound,
                    )
                ] = path
        else:
            was = now = None
            told = "new" if before is None else "gone" if after is None else ""
            lines = _hunk(before, after)
            leaves[Edit(file, EditKind.FILE, file, begin(lines), told, lines)] = ()
        return cls(file, before, after, (was, now), leaves)

    def without(self, undone: Collection[Edit]) -> bytes | None:
        """The content with these edits undone; None where there is no file then."""
        paths = [path for edit, path in self.leaves.items() if edit in undone]
        if len(paths) == len(self.leaves):
            return self.before
        was, now = self.values
        mixed = copy.deepcopy(now)
        for path in paths:
            _put(mixed, path, _get(was, path))
        return as_text(mixed, PurePosixPath(self.file).suffix.lower()).encode()


def _mapping(file: str, content: bytes | None) -> Any:
    """What a file of settings holds; None where it is none, or no mapping."""
    kind = PurePosixPath(file).suffix.lower()
    if content is None or kind not in KINDS:
        return None
    try:
        values = parsed(content.decode(), kind)
    except ValueError:
        return None
    return values if isinstance(values, Mapping) and all(isinstance(key, str) for key in values) else None


def _differing(was: Any, now: Any, path: _Leaf) -> Iterator[tuple[_Leaf, Any, Any]]:
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        for key in [*now, *(key for key in was if key not in now)]:
            yield from _differing(was.get(key, _ABSENT), now.get(key, _ABSENT), (*path, str(key)))
    elif not _same(was, now):
        yield path, was, now


def _same(was: Any, now: Any) -> bool:
    """Whether two values are written the same: 1, 1.0 and true are three."""
    return type(was) is type(now) and repr(was) == repr(now)


def _get(values: Any, path: _Leaf) -> Any:
    for key in path:
        values = values.get(key, _ABSENT) if isinstance(values, Mapping) else _ABSENT
    return values


def _put(values: Any, path: _Leaf, value: Any) -> None:
    for key in path[:-1]:
        values = values.setdefault(key, {})
    if value is _ABSENT:
        values.pop(path[-1], None)
    else:
        values[path[-1]] = value


def _line(lines: Sequence[str], name: str) -> int:
    """The line, from 1, on which the only key of this name stands; 1 where there is none or are several."""
    found = [i for i, line in enumerate(lines, 1) if re.search(rf"(?<![\w.-]){re.escape(name)}[\"']?\s*[:=]", line)]
    return found[0] if len(found) == 1 else 1


def _value(value: Any) -> str:
    text = "absent" if value is _ABSENT else json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _lines(content: bytes | None) -> list[str]:
    return (content or b"").decode("utf-8", "replace").splitlines(keepends=True)


def _hunk(before: bytes | None, after: bytes | None) -> tuple[str, ...]:
    """The lines that differ; of what is no text, the number of bytes."""
    contents = [content for content in (before, after) if content is not None]
    if any(b"\0" in content or len(content) > 2**20 for content in contents):
        return (f"{_size(before)} -> {_size(after)}",)
    return tuple(hunk(_lines(before), 0, _lines(after), 0))


def _size(content: bytes | None) -> str:
    return "absent" if content is None else f"{len(content)} bytes"
