"""Everything that reads a file which somebody else may have written, as the fuzzer calls it.

This is the one place here that knows the functions by which goldens, tables, pending Records and settings are read.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import decimal
import io
import json
import math
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.attacks.forging import digest, sealed_manifest, sealed_record
from benchmarks.attacks.project import DATASET, GUARD, Attacked
from benchmarks.attacks.returned import DESCRIPTIONS, built
from mlguard.configuration import configurations
from mlguard.core.compare import compare
from mlguard.core.dataset import Dataset
from mlguard.core.error import GoldenError, MlguardError, UsageError
from mlguard.core.record import Observation, Record
from mlguard.core.rules import Rules
from mlguard.golden.codec import decode, encode
from mlguard.golden.made import made_earlier
from mlguard.golden.power import kept
from mlguard.golden.stores import open_pending, open_store
from mlguard.report.power import power_in_words
from mlguard.settings import Settings, load
from mlguard.tables.codec import decode_table, encode_sheet
from mlguard.tables.folder import read_dataset
from mlguard.tables.manifest import MANIFEST, decode_dataset, encode_dataset, parse
from mlguard.tables.returned import as_dataset
from mlguard.tables.rounding import settle_dataset
from mlguard.tables.sheet import sheet

Input = Any
"""Bytes, or a document of JSON."""

Read = Callable[[Input], object]
"""Reads one input."""

_RECORD = "record.json"


@dataclass(frozen=True)
class Reader:
    """One reader, with inputs that it takes."""

    name: str
    """What it reads."""
    read: Read
    """Reads one input."""
    corpus: tuple[Input, ...]
    """Inputs as mlguard writes them."""
    errors: tuple[type[Exception], ...] = (GoldenError,)
    """What it is documented to raise."""


def readers(attacked: Attacked, scratch: Path) -> Iterator[Reader]:
    """All readers, with the files of a real project as their first inputs; `scratch` is a folder in memory."""
    yield from _of_goldens(_small_golden(attacked), scratch)
    yield from _of_tables(_files(attacked.recorded / "datasets" / DATASET), scratch)
    yield Reader("state", _state(scratch / "state"), _STATE, ())
    yield Reader("settings", _settings(scratch / "settings"), _SETTINGS, (UsageError,))
    yield Reader("configuration", _configuration(scratch / "configuration"), _CONFIGURATIONS, (UsageError,))
    yield Reader("returned", lambda d: settle_dataset(as_dataset(built(d))), DESCRIPTIONS, (UsageError,))


def _of_goldens(golden: Mapping[str, bytes], scratch: Path) -> Iterator[Reader]:
    record = json.loads(golden[_RECORD])
    original = decode(golden.get, GUARD, "golden")

    def reading(name: str) -> Read:
        return lambda content: _compared(_listing(golden, record, name, content), original)

    array = next(name for name in golden if name.startswith("arrays/"))
    arrays = (golden[array], *map(_npy, ("<f4", "<i8", "|b1")))
    yield Reader("record", lambda d: _compared({**golden, _RECORD: _sealed(d)}, original), (record,))
    yield Reader("unsealed record", lambda b: decode({**golden, _RECORD: b}.get, GUARD, "golden"), (golden[_RECORD],))
    yield Reader("internals", reading("internals.jsonl"), (golden["internals.jsonl"],))
    yield Reader("csv of a golden", reading("probes.csv"), (golden["probes.csv"], golden["predictions.csv"]))
    yield Reader("npy", reading(array), arrays)
    yield Reader("pending", _pending(scratch / "pending", golden), (record,))


def _of_tables(written: Mapping[str, bytes], scratch: Path) -> Iterator[Reader]:
    rich = _rich()
    held, manifest = sheet(rich).schema, json.loads(written[MANIFEST])
    other = json.loads(encode_dataset(Dataset(rich), name="rich", seed=3)[MANIFEST])
    yield Reader(
        "manifest",
        lambda d: decode_dataset({**written, MANIFEST: _sealed_manifest(d)}, check=False),
        (manifest, other),
    )
    yield Reader("unsealed manifest", parse, (written[MANIFEST],))
    yield Reader("csv", lambda b: decode_table(b, held, format="csv"), (encode_sheet(sheet(rich), format="csv"),))
    yield Reader("jsonl", lambda b: decode_table(b, held, format="jsonl"), (encode_sheet(sheet(rich), format="jsonl"),))
    yield Reader("written dataset", _on_disk(scratch / "datasets", written, read_dataset), (manifest,), (MlguardError,))
    yield Reader("tables of a golden", _on_disk(scratch / "golden", written, _read_golden_tables), (manifest,))


def _small_golden(attacked: Attacked) -> dict[str, bytes]:
    """One Observation of each kind, but for the largest: quick to read, and no form is lost."""
    record: Record = decode(_files(attacked.recorded / "golden" / GUARD).get, GUARD, "golden")
    kinds: dict[object, Observation] = {}
    for one in (o for o in record if o.value.size <= 200):
        kinds.setdefault((one.role, one.stage, one.value.dtype, len(one.value.shape), one.file, one.run), one)
    return encode(record.with_observations(tuple(kinds.values())))


def _files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def _listing(golden: Mapping[str, bytes], record: Any, name: str, content: bytes) -> dict[str, bytes]:
    """A golden with another content of one file, which its record lists."""
    listed = {**record["files"], name: digest(content)}
    return {**golden, name: content, _RECORD: _sealed({**record, "files": listed})}


def _sealed(document: Any) -> bytes:
    text = sealed_record(document) if isinstance(document, dict) else json.dumps(document)
    return text.encode("utf-8", "surrogatepass")


def _sealed_manifest(document: Any) -> bytes:
    text = sealed_manifest(document) if isinstance(document, dict) else json.dumps(document)
    return text.encode("utf-8", "surrogatepass")


def _compared(files: Mapping[str, bytes], original: Record) -> None:
    """What a check does with a golden: read it, compare, and write it again as an approval would."""
    record = decode(files.get, GUARD, "golden")
    compare(record, original, Rules())
    with contextlib.suppress(UsageError):
        encode(record)


def _npy(dtype: str) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, np.zeros((2, 70), dtype=dtype), version=(1, 0), allow_pickle=False)
    return file.getvalue()


def _written(place: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)


@cache
def _settings_of(folder: Path) -> Settings:
    _written(folder, {"pyproject.toml": b"[tool.mlguard]\n"})
    return load(folder)


def _on_disk(folder: Path, files: Mapping[str, bytes], read: Callable[[Path], object]) -> Read:
    """Reads a manifest from a folder that holds its tables."""
    place = folder / "golden" / "_datasets" / DATASET
    _written(place, files)

    def reading(document: Any) -> object:
        (place / MANIFEST).write_bytes(_sealed_manifest(document))
        return read(place)

    return reading


def _read_golden_tables(place: Path) -> object:
    datasets = open_store(_settings_of(place.parents[2])).datasets
    return datasets.load(DATASET)


def _pending(folder: Path, files: Mapping[str, bytes]) -> Read:
    place = folder / ".mlguard" / "pending" / GUARD
    _written(place, files)

    def reading(document: Any) -> object:
        (place / _RECORD).write_bytes(_sealed(document))
        store = open_pending(_settings_of(folder))
        return store.names(), store.held(GUARD), store.load(GUARD)

    return reading


_STATE: tuple[Any, ...] = (
    {"line.py": [1, 2]},
    {"power": 0.9, "noticed": 9, "missed": 1, "equivalent": 0, "survivors": []},
)


def _state(folder: Path) -> Read:
    """Small files below `.mlguard`, of which a damaged one counts as none."""

    def reading(document: Any) -> object:
        content = json.dumps(document).encode()
        _written(folder / ".mlguard", {"made.json": content, f"audit/{GUARD}.json": content})
        figures = kept(folder, GUARD)
        return made_earlier(folder), power_in_words(figures) if figures else None

    return reading


_SETTINGS = (
    b'[tool.mlguard]\nguards = ["tests/guards"]\ngenerators = "g"\ngolden = "golden"\ntimeout = 60\n'
    b'environments = "any"\npass_env = ["A*"]\nset_env = {A = "1"}\n'
    b'\n[tool.pytest.ini_options]\npythonpath = ["src", "."]\n',
    b"[tool.pytest]\npythonpath = 'src lib'\n[tool.mlguard]\n",
)


def _settings(folder: Path) -> Read:
    def reading(content: bytes) -> object:
        _written(folder, {"pyproject.toml": content})
        return load(folder)

    return reading


_CONFIGURATIONS = (
    b"yaml\na: 1\nb: [1, 2.5, x]\nc: {d: 2026-01-01, e: null}\nanchor: &x {y: 1}\nuse: *x\n",
    b'json\n{"a": 1, "b": [1, 2.5, "x"], "c": {"d": null}}\n',
    b"toml\na = 1\nb = [1, 2]\n[c]\nd = 2026-01-01\ne = inf\n",
)
"""The first line of an input names the kind of the file."""


def _configuration(folder: Path) -> Read:
    names = {b"yaml": "c.yaml", b"toml": "c.toml"}

    def reading(content: bytes) -> object:
        kind, _, text = content.partition(b"\n")
        name = names.get(kind, "c.json")
        _written(folder, {name: text})
        return [one.values for one in configurations(name, folder, GUARD)]

    return reading


def _rich() -> pd.DataFrame:
    """A column of every logical type."""
    times = pd.to_datetime(["2026-01-01", "2026-06-01 12:00:00.000001", None], format="ISO8601")
    return pd.DataFrame(
        {
            "whole": [1, 2**53 + 1, -3],
            "gaps": pd.array([1, None, 3], dtype="Int64"),
            "float": [0.5, math.inf, math.nan],
            "narrow": np.array([0.5, 1.5, -2.5], dtype="float32"),
            "truth": [True, False, True],
            "text": ["a,b", '"', ""],
            "date": [dt.date(2026, 1, 1), dt.date(1900, 2, 28), None],
            "time": times.tz_localize("Europe/Berlin"),
            "span": pd.to_timedelta([1, 2, None], unit="us"),
            "sum": [decimal.Decimal("1.10"), decimal.Decimal("-2"), None],
            "list": [[1, None], ["x"], []],
            "kind": pd.Categorical(["b", None, "a"], categories=["b", "a"], ordered=True),
        }
    )


@contextlib.contextmanager
def in_memory() -> Iterator[Path]:
    """A folder on a file system in memory, where there is one."""
    folder = Path(tempfile.mkdtemp(prefix="mlguard-fuzz-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
