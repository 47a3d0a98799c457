"""Folders and files as a writer leaves them that died, committed by somebody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks.attacks.attempt import Attack, Plant
from benchmarks.attacks.forging import digest
from benchmarks.attacks.project import Attacked, below

_STAGED = (".saved", ".saving-1", ".saving-0123456789abcdef", ".staged", ".tmp")
_JOURNALS = (".journal", "journal.json")
_FILES = ("rows.csv.mlguard-new", "manifest.json.mlguard-old", "record.json.unfinished", "record.json.0123456789abcdef")


def leftovers(attacked: Attacked) -> Iterator[Attack]:
    """Staged folders with journals, and files beside those of a golden."""
    for where in ("golden/Line", "golden/_datasets/tiny", ".mlguard/pending/Line", "golden/Gone/old", "datasets/tiny"):
        for name in _STAGED:
            yield Attack("has a staged folder", where, _staged(where, name, elsewhere=False), name)
            yield Attack("has a staged folder for elsewhere", where, _staged(where, name, elsewhere=True), name)
        for name in _FILES:
            yield Attack("has a file of a writer", where, _file(f"{where}/{name}"), name)


def _staged(where: str, name: str, *, elsewhere: bool) -> Plant:
    """Another version of the files, and journals that call the visible ones old; `elsewhere`: with files outside."""

    def plant(project: Path, outside: Path) -> None:
        folder, staged = project / where, project / where / name
        files = {file: path.read_bytes() for file, path in below(folder) if path.is_file()}
        steps = {file: [_bare(content), _bare(_other(content))] for file, content in files.items()}
        for file, content in files.items():
            for place in (staged / file, staged / "new" / file):
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(_other(content))
        if elsewhere:
            steps["../" * (where.count("/") + 2) + "outside/id_rsa"] = [None, _bare(b"x")]
        leading = "record.json" if "record.json" in files else "manifest.json"
        for journal in _JOURNALS:
            (staged / journal).write_text(json.dumps({"leading": leading, "files": steps}))

    return plant


def _other(content: bytes) -> bytes:
    return content.replace(b"0.", b"1.")


def _bare(content: bytes) -> str:
    return digest(content).removeprefix("sha256:")


def _file(name: str) -> Plant:
    return lambda project, outside: _write(project / name)


def _write(path: Path) -> None:
    path.write_text("somebody's\n")
