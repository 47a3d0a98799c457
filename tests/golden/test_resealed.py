"""Whatever another program writes into a record or a manifest and seals, it is a golden or a GoldenError: never more.

Each value of each document is put in the place of another, one at a time; what must not happen is another exception,
or room being made for what a document only claims.
"""

from __future__ import annotations

import copy
import json
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlguard.checker.changes import changed_keys, changed_libraries, changed_machine, edited_files
from mlguard.core.compare import compare
from mlguard.core.contract import judge
from mlguard.core.dataset import Dataset
from mlguard.core.error import GoldenError
from mlguard.core.loose import loosely_guarded
from mlguard.core.record import CONTRACT, CONTRACT_VALUE, PROBE, Observation, Record
from mlguard.core.rules import Rules
from mlguard.core.value import number, numbers, texts
from mlguard.golden.codec import INTERNALS_FILE, RECORD, decode, encode
from mlguard.golden.damage import digest, sealed
from mlguard.golden.strict import dump
from mlguard.tables.manifest import MANIFEST, _seal, decode_dataset, encode_dataset

OTHERS: list[Any] = [
    None, True, -1, 0, 7, 10**12, 10**30, 1.5, "", "x", "main", "probe", "contract", "U200000000", "float64", "text",
    "category", "../x", [], [None], [0, 10**12], [10**12], [-3], [[1.0]], ["x"], {}, {"x": 1},
    {"$": "code", "value": 1},    {"$": "set", "value": [[]]}, {"$": "float", "value": "nan"},
]  # fmt: skip
MEMORY = 100 * 1024**2


def places(document: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document."""
    yield place
    items = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, item in items:
        yield from places(item, (*place, key))


def with_other(document: Any, place: tuple[Any, ...], other: Any, *, gone: bool = False) -> Any:
    """A copy of a document with something else at a place, or nothing."""
    changed = copy.deepcopy(document)
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    if gone:
        del inner[place[-1]]
    else:
        inner[place[-1]] = copy.deepcopy(other)
    return changed


def changed(document: Any, every: int = 1) -> Iterator[Any]:
    """The document with each of its places changed in each way, or every so many of them."""
    ways = [(place, other, False) for place in places(document) if place for other in OTHERS]
    ways += [(place, None, True) for place in places(document) if place]
    for place, other, gone in ways[:: every or 1]:
        yield with_other(document, place, other, gone=gone)


@pytest.fixture
def golden(record: Record) -> Record:
    """A golden with one Observation of every kind that is looked at in a way of its own."""
    rows = ("a", "b", "c")
    probes = (
        Observation("predict", "p.status", texts(["answered"] * 3, rows=rows), PROBE, file="probes"),
        Observation("predict", "p.proba", numbers(np.array([0.1, 0.2, 0.3]), rows=rows), PROBE, file="probes"),
        Observation("contracts", "batches", texts(["holds"]), CONTRACT),
        Observation(
            "contracts", "batches.proba", numbers(np.arange(24.0)), CONTRACT_VALUE,
            detail={"contract": "batches", "reference": ["main", "predict", "test.proba"]},
        ),
        Observation("predict", "flag", number(True)),
    )  # fmt: skip
    return record.with_observations((*record.observations, *probes))


def used(golden: Record, files: dict[str, bytes]) -> None:
    """Do with a golden what commands do with it."""
    found = decode(files.get, golden.guard, "golden/Churn")
    for one, other in ((found, golden), (found, found)):
        compare(one, other, Rules()).moves()
        changed_keys(one.provenance, other.provenance)
        list(changed_libraries(one.provenance, other.provenance, edited=True))
        list(changed_machine(one.provenance, other.provenance))
        edited_files(one.provenance, other.provenance)
    for observation in found:
        if observation.role == CONTRACT:
            judge(found, observation, found)
    loosely_guarded(found)
    encode(found)


def peak(job: Callable[[], None]) -> int:
    tracemalloc.start()
    try:
        with suppress(GoldenError):
            job()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def resealed(files: dict[str, bytes], document: Any) -> dict[str, bytes]:
    return {**files, RECORD: sealed(dump(document, indent=2)).encode()}


def test_every_value_of_a_record_can_be_anything(golden: Record) -> None:
    files = encode(golden)
    document = json.loads(files[RECORD])
    used(golden, files)
    for other in changed(document, every=97):
        with suppress(GoldenError):
            used(golden, resealed(files, other))


def test_a_record_of_the_first_format_can_lack_and_hold_anything(golden: Record) -> None:
    files = encode(golden)
    document = json.loads(files[RECORD]) | {"format": 1}
    used(golden, resealed(files, document))
    for place in [(member,) for member in document]:
        for other in OTHERS:
            with suppress(GoldenError):
                used(golden, resealed(files, with_other(document, place, other)))
        with suppress(GoldenError):
            used(golden, resealed(files, with_other(document, place, None, gone=True)))


def test_every_value_of_an_internal_can_be_anything(golden: Record) -> None:
    files = encode(golden)
    document = json.loads(files[RECORD])
    lines = [json.loads(line) for line in files[INTERNALS_FILE].decode().splitlines()]
    for other in changed(lines, every=41):
        content = ("\n".join(map(dump, other)) + "\n").encode() if isinstance(other, list) else b"[]"
        listed = {**document, "files": {**document["files"], INTERNALS_FILE: digest(INTERNALS_FILE, content)}}
        with suppress(GoldenError):
            used(golden, {**resealed(files, listed), INTERNALS_FILE: content})


BOMBS = [
    {"shape": [10, 10**12]}, {"shape": [0, 10**12]}, {"shape": [10, 3 * 10**7]}, {"shape": [10**12]},
    {"shape": [2**62, 2**62]}, {"shape": [1] * 70},
    {"kept": "U200000000"}, {"kept": "V1000000000"}, {"kept": "S99999999"},
    {"kept": "datetime64[ns]"}, {"kept": "object"}, {"dtype": "U200000000"}, {"rows": ["a"] * 9},
]  # fmt: skip


@pytest.mark.parametrize("claim", BOMBS)
def test_room_is_made_for_what_is_held_not_for_what_is_claimed(golden: Record, claim: dict[str, Any]) -> None:
    files = encode(golden)
    document = json.loads(files[RECORD])
    for at in range(0, len(document["observations"]), 3):
        bomb = copy.deepcopy(document)
        bomb["observations"][at].update(claim)
        assert peak(lambda bomb=bomb: used(golden, resealed(files, bomb))) < MEMORY, document["observations"][at][
            "name"
        ]


HEAD = "{'descr': '<f8', 'fortran_order': False, 'shape': (30000,), }"


@pytest.mark.parametrize(("told", "other"), [
    ("(30000,)", f"({10**11},)"), ("(30000,)", f"(30000, {10**6})"), ("(30000,)", "(29999,)"),
    ("(30000,)", "(30000L,)"), ("(30000,)", "(10000if 1else 0,)"), ("(30000,)", f"({'9' * 5000},)"),
    ("<f8", "<U200000000"), ("<f8", "|V0"), ("<f8", "|O"), ("<f8", ">f8"), ("<f8", r"\d"),
    ("False", "True"), ("{", "[" * 9000), ("}", "}}"),
])  # fmt: skip
def test_the_head_of_an_array_makes_no_room_and_prints_nothing(
    golden: Record, told: str, other: str, recwarn: pytest.WarningsRecorder
) -> None:
    big = Observation("predict", "big", numbers(np.arange(30_000.0)))
    files = encode(golden.with_observations((*golden.observations, big)))
    document = json.loads(files[RECORD])
    (name,) = (name for name in files if name.startswith("arrays/") and "big" in name)
    assert HEAD.encode() in files[name]
    head = HEAD.replace(told, other).ljust(117).encode() + b"\n"
    content = b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head + files[name][128:]
    document["files"][name] = digest(name, content)
    with pytest.raises(GoldenError, match=r"golden/Churn/record\.json cannot be read"):
        decode({**resealed(files, document), name: content}.get, golden.guard, "golden/Churn")
    assert peak(lambda: used(golden, {**resealed(files, document), name: content})) < MEMORY
    assert [str(warning.message) for warning in recwarn] == []


@pytest.fixture(params=["csv", "jsonl"])
def dataset(request: pytest.FixtureRequest) -> dict[str, bytes]:
    kinds = pd.Categorical(["s", None], ["s", "m"], ordered=True)
    frame = pd.DataFrame({"x": [1.5, None], "n": [1, 2], "k": kinds, "t": ["a", None], "l": [[1], [2, 3]]})
    frame["when"] = pd.to_datetime(["2026-01-01", "2026-01-02"]).tz_localize("UTC")
    tables = {"rows": frame, "image": np.arange(6).reshape(1, 2, 3), "none": np.zeros((0, 2))}
    return dict(encode_dataset(Dataset(tables, target="n"), name="toy", seed=0, format=request.param))


def test_every_value_of_a_manifest_can_be_anything(dataset: dict[str, bytes]) -> None:
    content = json.loads(dataset[MANIFEST])
    del content["seal"]
    assert list(decode_dataset(dataset)) == ["rows", "image", "none"]
    for other in changed(content, every=5):
        text = json.dumps({**other, "seal": _seal(other)} if isinstance(other, dict) else other)
        with suppress(GoldenError):
            decode_dataset({**dataset, MANIFEST: text.encode()})


@pytest.mark.parametrize("shape", [[1, 10**12], [10**12, 6], [0, 10**12], [10**12], [1, 0, 10**12]])
@pytest.mark.parametrize("kind", ["array", "table"])
def test_a_manifest_makes_no_room(dataset: dict[str, bytes], shape: list[int], kind: str) -> None:
    content = json.loads(dataset[MANIFEST])
    del content["seal"]
    for table in content["tables"]:
        bomb = {**content, "tables": [{**table, "shape": shape, "kind": kind}]}
        text = json.dumps({**bomb, "seal": _seal(bomb)}).encode()
        job = lambda text=text: decode_dataset({**dataset, MANIFEST: text})  # noqa: E731
        assert peak(job) < MEMORY


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 200_000, "9" * 10_000, '"\\ud800"', "null", "\0", "1e999"])
def test_what_is_no_document_is_a_golden_error(text: str, golden: Record) -> None:
    with pytest.raises(GoldenError, match=f"^here/{MANIFEST}"):
        decode_dataset({MANIFEST: text.encode()}, where="here")
    with pytest.raises(GoldenError, match=f"^golden/Churn/{RECORD}"):
        decode({RECORD: text.encode()}.get, golden.guard, "golden/Churn")
