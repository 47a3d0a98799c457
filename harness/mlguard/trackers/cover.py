"""What leaves the machine says nothing of it: values of variables, and where files lie, are taken out of every text."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath
from typing import Final

from mlguard.settings import Settings
from mlguard.worker.variables import is_default, starting

SHORTEST: Final = 6
"""Characters of a value that is looked for: a shorter one, such as `main` or `0.05`, is a word of many texts."""

_NUMBER: Final = re.compile(r"[-+]?[\d.,]{1,7}(e[-+]?\d+)?", re.IGNORECASE)
"""A number that stands in many places by chance."""

_ASSIGNED: Final = re.compile(r"^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$", re.MULTILINE)
_PART: Final = r"""[\\/][^\s\\/"'<>|:;,()]+"""
_PATH: Final = re.compile(rf"(?<![\w.…~\]\\/<>:-])((?:\b[A-Za-z]:)?{_PART})(?:{_PART})+")
_BELOW: Final = re.compile(rf"(?:~|\[temporary\])((?:{_PART})+)")
"""What lies below a home or a temporary folder, of which the names in between say whose it is."""


class Cover:
    """Takes out of texts what no other machine is to know."""

    def __init__(self, settings: Settings, environ: Mapping[str, str], read: Iterable[str] = ()) -> None:
        """`environ` is the caller's environment, `read` names variables that the guarded code read."""
        places = dict(_places(settings))
        values = {text: f"[{name}]" for name, text in _values(settings, environ, read)}
        self._instead = {**values, **places}
        longest_first = sorted(self._instead, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")

    def __call__(self, text: str) -> str:
        """The text, with a name in place of each value and of each place on this machine."""
        known = self._known.sub(lambda found: self._instead[found[0]], text)
        return _PATH.sub(_shortened, _BELOW.sub(lambda found: f"…/{PurePath(found[1]).name}", known))


def _values(settings: Settings, environ: Mapping[str, str], read: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What variables hold that the project names, its code read, or a `.env` file sets, line by line."""
    reached = starting(environ, pass_env=settings.pass_env, set_env=settings.set_env)
    named = {name for name in reached if not is_default(name) or name.upper().endswith("_PROXY")} | set(read)
    found = [(name, reached.get(name) or environ.get(name, "")) for name in sorted(named)]
    for name, text in [*found, *_dotenv(settings.base)]:
        for line in map(str.strip, text.splitlines()):
            if len(line) >= SHORTEST and not _NUMBER.fullmatch(line):
                yield from ((name, spelled) for spelled in {line, json.dumps(line)[1:-1], repr(line)[1:-1]})


def _dotenv(project: Path) -> Iterator[tuple[str, str]]:
    """The variables of the project's `.env` files, which code may read without a variable."""
    for file in sorted(project.glob(".env*")):
        with contextlib.suppress(OSError, UnicodeDecodeError):
            for name, text in _ASSIGNED.findall(file.read_text("utf-8")):
                yield name, text.strip("'\"")


def _places(settings: Settings) -> Iterator[tuple[str, str]]:
    """Folders of this machine, each with what stands in its place."""
    folders = (
        (Path(sys.base_prefix), "[python]"),
        (Path(sys.prefix), "[python]"),
        (Path.home(), "~"),
        (Path(tempfile.gettempdir()), "[temporary]"),
        (settings.base, "."),
    )
    for folder, instead in folders:
        for spelled in {str(folder), str(folder.resolve())}:
            if len(Path(spelled).parts) > 1:
                yield spelled, instead


def _shortened(found: re.Match[str]) -> str:
    """The name of a file, where its topmost folder is one of this machine; else there is no path here."""
    return f"…/{PurePath(found[0]).name}" if os.path.isdir(found[1]) else found[0]
