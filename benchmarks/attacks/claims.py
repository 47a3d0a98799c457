"""Small files that claim much, or hold something else than what belongs there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.attacks.attempt import Attack, Plant
from benchmarks.attacks.forging import Document, forge_manifest, forge_record
from benchmarks.attacks.project import GUARD, Attacked

_GOLDEN = f"golden/{GUARD}"

SHAPES: tuple[object, ...] = (
    [10, 10**12], [0, 10**12], [10, 30_000_000], [10**12], [10**9, 0], [10**30], [-1], [2**63], [1] * 100_000,
    [1e9], ["9"], None,
)  # fmt: skip
KEPT: tuple[object, ...] = (
    "U200000000", "S2000000000", "V2000000000", "O", "M8[ns]", "(1000000000,)f8", "f8,f8", "", None, 7, ["f8"],
)  # fmt: skip
TEXTS = {
    "a deep list": "[" * 4500 + "]" * 4500,
    "a deep mapping": '{"a":' * 1600 + "1" + "}" * 1600,
    "an open list": "[" * 9000,
    "nothing": "",
    "null": "null",
    "true": "true",
    "a list": "[]",
    "a long number": "9" * 9000,
    "a huge exponent": "1e999999999",
    "bytes": "\udcff\udcfe",
    "NUL": "\0" * 9000,
    "a conflict": "<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> other\n",
}
FILES = (
    f"{_GOLDEN}/record.json", f"{_GOLDEN}/internals.jsonl", f"{_GOLDEN}/probes.csv",
    ".mlguard/pending/Line/record.json", ".mlguard/made.json", ".mlguard/audit/Line.json",
    ".mlguard/known/guards/Line.json", ".mlguard/known/key", "datasets/tiny/rows.csv",
    "datasets/tiny/manifest.json", "golden/_datasets/tiny/manifest.json",
)  # fmt: skip
VALUES: tuple[object, ...] = (
    None, True, 7, -1, 1e308, 10**400, "x", "array", [], {}, [1], [[]], [None], [{}], [1, 10**12], [10**12, 2],
    {"a": 1}, {"$": "decimal", "value": "1e999999999"},
)  # fmt: skip


def claims(attacked: Attacked) -> Iterator[Attack]:
    """Shapes and dtypes that nothing could hold."""
    for place in _PLACES:
        for key, values in (("shape", SHAPES), ("kept", KEPT)):
            for value in values:
                told = f"{key} of a {place} is {str(value)[:40]!r}"
                yield Attack("claims", _GOLDEN, _observation(place, key, value), told, is_damage=True)
    for where in ("datasets/tiny", "golden/_datasets/tiny"):
        for shape in SHAPES:
            plant = _table(where, {"kind": "array", "shape": shape})
            yield Attack("claims an array", where, plant, f"of shape {str(shape)[:40]}")


def texts(attacked: Attacked) -> Iterator[Attack]:
    """Files that hold something else."""
    for file in FILES:
        for kind, text in TEXTS.items():
            yield Attack("holds", file, _raw(file, text), kind, is_damage=file.startswith(f"{_GOLDEN}/"))


def members(attacked: Attacked) -> Iterator[Attack]:
    """Sealed records and manifests in which one member has another value, or is missing."""
    for where in (_GOLDEN, ".mlguard/pending/Line", "golden/Gone/old"):
        for member in _RECORD:
            yield from _each(member, where, lambda change, where=where: _forged(forge_record, where, change))
    for where in ("datasets/tiny", "golden/_datasets/tiny"):
        for member in _MANIFEST:
            yield from _each(member, where, lambda change, where=where: _forged(forge_manifest, where, change))
        for member in _TABLE:
            yield from _each(
                member,
                where,
                lambda change, where=where: _forged(forge_manifest, where, lambda d: change(d["tables"][0])),
                " of a table",
            )


_RECORD = (
    "approvals", "asked", "configuration", "dataset", "environment", "files", "format", "guard", "left_out",
    "mlguard", "observations", "power", "remarks", "sources", "tolerances",
)  # fmt: skip
_MANIFEST = ("name", "seed", "asked_rows", "digest", "target", "decimals", "tables", "rows", "format", "written_by")
_TABLE = ("name", "file", "format", "sha256", "bytes", "kind", "shape", "columns")

_PLACES: dict[str, Callable[[Document], bool]] = {
    "value": lambda line: "value" in line and "shape" in line,
    "array": lambda line: "array" in line,
    "table": lambda line: line.get("rows") is True,
}
"""Observations by the way in which they are written."""

Change = Callable[[Document], None]


def _each(member: str, where: str, plant: Callable[[Change], Plant], of: str = "") -> Iterator[Attack]:
    for value in VALUES:
        told = f"{member}{of} is {str(value)[:30]!r}"
        yield Attack("has a member", where, plant(lambda d, value=value: d.update({member: value})), told)
    yield Attack("lacks a member", where, plant(lambda d: d.pop(member, None)), f"{member}{of}")


def _forged(forge: Callable[[Path, Change], None], where: str, change: Change) -> Plant:
    return lambda project, outside: forge(project / where, change)


def _observation(place: str, key: str, value: object) -> Plant:
    def change(document: Document) -> None:
        next(line for line in document["observations"] if _PLACES[place](line))[key] = value

    return _forged(forge_record, _GOLDEN, change)


def _table(where: str, members: Document) -> Plant:
    return _forged(forge_manifest, where, lambda document: document["tables"][0].update(members))


def _raw(name: str, text: str) -> Plant:
    def plant(project: Path, outside: Path) -> None:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_bytes(text.encode("utf-8", "surrogateescape"))

    return plant
