"""Sealed records and manifests that list files which are not theirs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.attacks.attempt import Attack, Plant
from benchmarks.attacks.forging import Document, digest, forge_manifest, forge_record
from benchmarks.attacks.project import Attacked

OUT = "{outside}"
"""Stands for the absolute path of the witnesses."""

_RECORDS = ("golden/Line", "golden/Gone/old", ".mlguard/pending/Line")
_TABLES = ("datasets/tiny", "golden/_datasets/tiny")
_ODD = ("..\\..\\line.py", "C:record", "", ".", "/", "nul", "a/./b", "sub//x", "x\0y", "é" * 300)


def listed(attacked: Attacked) -> Iterator[Attack]:
    """Records and manifests that list files elsewhere, through links, or by names that no file can have."""
    for where in _RECORDS:
        for name in (*_elsewhere(where), *_ODD, f"arrays/../{_up(where)}line.py"):
            yield Attack("lists", where, _record_lists(where, name), repr(name), is_damage=where == _RECORDS[0])
        yield Attack("lists what lies behind a link", where, _behind_a_link(where), is_damage=where == _RECORDS[0])
    for where in _TABLES:
        for name in (*_elsewhere(where), *_ODD, "..", "manifest.json", "sub/rows.csv"):
            yield Attack("has a table in the file", where, _has_table(where, file=name), repr(name))
        for name in ("../../outside/id_rsa", "..", "a/b", "", ".mlguard", "rows", "rows.csv"):
            yield Attack("has a table of the name", where, _has_table(where, name=name), repr(name))


def _up(where: str) -> str:
    return "../" * (where.count("/") + 1)


def _elsewhere(where: str) -> tuple[str, ...]:
    up = _up(where)
    outside = (f"{up}../outside/id_rsa", f"{up}../outside/home/deep/id", f"{OUT}/id_rsa")
    return *outside, f"{up}line.py", f"{up}golden/Line/record.json"


def _record_lists(where: str, name: str) -> Plant:
    def plant(project: Path, outside: Path) -> None:
        spelled = name.replace(OUT, str(outside))
        found = _digest(project / where, spelled)
        forge_record(project / where, lambda document: document["files"].update({spelled: found}))

    return plant


def _behind_a_link(where: str) -> Plant:
    def plant(project: Path, outside: Path) -> None:
        (project / where / "sub").symlink_to(outside / "home")
        _record_lists(where, "sub/deep/id")(project, outside)

    return plant


def _has_table(where: str, **members: str) -> Plant:
    """One table more, so that all others are as they were."""

    def plant(project: Path, outside: Path) -> None:
        told = {key: text.replace(OUT, str(outside)) for key, text in members.items()}

        def change(document: Document) -> None:
            table = {**document["tables"][0], "name": "more", "file": "more.csv", **told}
            found = _digest(project / where, table["file"]).removeprefix("sha256:")
            document["tables"].append({**table, "sha256": found})
            document["rows"][table["name"]] = document["rows"]["rows"]

        forge_manifest(project / where, change)

    return plant


def _digest(folder: Path, name: str) -> str:
    """The digest of a file, so that the list is true; of nothing where there is none."""
    try:
        return digest((folder / name).read_bytes())
    except (OSError, ValueError):
        return digest(b"")
