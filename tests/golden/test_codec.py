"""Records survive the way through files, bit for bit, and their files read well."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mlguard.core.error import UsageError
from mlguard.core.record import EVIDENCE, GATE, INTERNAL, PROBE, ConfigurationFacts, Observation, Provenance, Record
from mlguard.core.run_name import MAIN, Seed
from mlguard.core.tolerance import Tolerances
from mlguard.core.value import Value, number, numbers, text, texts
from mlguard.files import tree
from mlguard.golden import arrays
from mlguard.golden.codec import INTERNALS_FILE, RECORD, decode, encode
from mlguard.golden.naming import SUMMARY
from mlguard.golden.observations import READABLE
from tests.properties import examples

NUMERIC = ["bool", "int8", "int64", "uint8", "uint64", "float16", "float32", "float64", "complex64", "complex128"]
TEXTUAL = ["text", "date", "decimal", "timestamp", "digest", "mixed", "list"]
NASTY = [
    "",
    " ",
    ",",
    '"',
    '""',
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\0",
    "\\",
    "\\n",
    "\\u0041",
    "nan",
    "None",
    "=1+1",
    "😀",
    "é",
    "\ud800",
    "\udc00\ud800",
    "\u2028",
    "\x85",
    "\ufeff",
    "<<<<<<< HEAD",
    'a,b"c',
    "\u202eabc",
]
SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
WORDS = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=["Cs"]), max_size=5))


@st.composite
def values(draw: st.DrawFn) -> Value:
    shape = draw(st.one_of(SHAPES, st.sampled_from([(17,), (40,), (20, 3), (20, 70)])))
    size = int(np.prod(shape, dtype=int))
    mask = np.array(draw(st.lists(st.booleans(), min_size=size, max_size=size)), dtype=bool) if size < 60 else None
    if draw(st.booleans()):
        dtype = draw(st.sampled_from(NUMERIC))
        data = draw(hnp.arrays(dtype, size)) if size < 60 else np.arange(size).astype(dtype)
        data = np.where(np.isnan(data), np.nan, data).astype(dtype) if data.dtype.kind == "f" else data
        fill = data.dtype.type(np.nan if data.dtype.kind in "fc" else 0)
    else:
        dtype = draw(st.sampled_from(TEXTUAL))
        data = np.array([draw(WORDS) if size < 60 else f"word {i}" for i in range(size)], dtype=object)
        fill = ""
    if mask is not None and draw(st.booleans()):
        data[mask] = fill
    else:
        mask = None
    named = shape and draw(st.booleans())
    rows = tuple(f"{draw(WORDS) if size < 60 else ''}{i}" for i in range(shape[0])) if named else None
    return Value(dtype, shape, data, mask, rows)


@st.composite
def records(draw: st.DrawFn) -> Record:
    observations = tuple(
        Observation(
            stage=draw(st.sampled_from(["predict", "evaluate"])),
            name=draw(st.sampled_from(["test.", "train.", ""]))
            + draw(st.sampled_from(["a", "a[0]", "é,b"]))
            + str(i % 3),
            value=draw(values()),
            role=draw(st.sampled_from([GATE, PROBE, EVIDENCE, INTERNAL])),
            run=draw(st.sampled_from([MAIN, Seed(1)])),
            column=draw(st.sampled_from([None, "a"])),
            file=draw(st.sampled_from([None, "predictions", "probes", "Odd / Name"])),
            question=draw(st.sampled_from(["", "form objects"])),
            detail=draw(st.sampled_from([{}, {"raised": "ValueError", "row": {"a": 1.5, "b": None}}])),
        )
        for i in range(draw(st.integers(0, 5)))
    )
    return Record("Churn", observations)


@examples(40)
@given(records())
def test_any_record_survives(record: Record) -> None:
    files = encode(record)
    assert_same(decode(files.get, "Churn", "golden/Churn"), record)
    assert not any(content.startswith(b"\x80") for content in files.values())
    assert all(b"\r" not in content for name, content in files.items() if not name.endswith(".npy"))


def test_a_usual_record_survives_whole(record: Record) -> None:
    back = decode(encode(record).get, record.guard, "golden/Churn")
    assert_same(back, record)
    assert back.provenance == record.provenance
    assert back.tolerances == record.tolerances
    assert back.approvals == record.approvals
    assert back.left_out == record.left_out
    assert back.remarks == record.remarks


@pytest.mark.parametrize(
    "value",
    [
        numbers(np.array([2**64 - 1, 0, 1], dtype=np.uint64)),
        numbers(np.array([2**63 - 1, -(2**63)])),
        numbers(np.array([-0.0, 0.0, 5e-324, 1.7976931348623157e308, np.inf, -np.inf, np.nan])),
        numbers(np.array([0.1, 1e-45, 3.4028235e38, 16777216.0], dtype=np.float32)),
        numbers(np.array([complex(-0.0, np.nan), complex(np.inf, -0.0), 1e-5 + 2e20j])),
        number(2**60 + 1),
        number(True),
        text(""),
        texts([]),
        numbers(np.zeros((0, 3))),
        numbers(np.zeros((3, 0)), rows=["a", "b", "c"]),
        numbers(np.arange(24.0).reshape(2, 3, 4)),
        numbers(np.asfortranarray(np.arange(200.0).reshape(2, 100))),
        numbers(np.arange(300_00)),
        texts([f"word {i}" for i in range(30_000)]),
        Value("int64", (3,), np.array([1, 0, 2]), np.array([False, True, False])),
        Value("text", (20,), np.array([""] * 20, dtype=object), np.arange(20) % 2 == 0),
        Value("int64", (20, 100), np.arange(2000) % 2 * 7, np.arange(2000) % 2 == 0),
        Value("duration", (2,), np.array([1, 2])),
        Value("int64", (2,), np.array([str(2**80), "1"], dtype=object)),
    ],
)
@pytest.mark.parametrize("file", [None, "predictions"])
@pytest.mark.parametrize("role", [GATE, INTERNAL])
def test_hard_values_survive(value: Value, file: str | None, role: str) -> None:
    record = Record("Churn", (Observation("predict", "test.x", value, role, file=file),))
    assert_same(decode(encode(record).get, "Churn", "golden/Churn"), record)


def test_a_character_in_two_halves_is_refused_and_not_joined() -> None:
    with pytest.raises(UsageError, match="two surrogate halves"):
        encode(Record("Churn", (Observation("predict", "x", text("\ud83d\ude00")),)))


@pytest.mark.parametrize(
    "fact",
    [
        None, 1, 2**70, -0.0, float("inf"), "é\ud800", [1, [2.0]], {"a": {"b": []}}, {1: "one", None: 2}, {"$": 1},
        dt.date(2026, 1, 2), dt.datetime(2026, 1, 2, 3, 4, 5), dt.time(1, 2), b"\0\xff", {1, 2}, {(1, 2): 3}, 1 + 2j,
    ],
)  # fmt: skip
def test_plain_facts_survive(fact: Any) -> None:
    record = Record("Churn", (), Provenance(configuration=ConfigurationFacts(fact)))
    back = decode(encode(record).get, "Churn", "golden/Churn").provenance.configuration.values
    assert back == fact
    assert type(back) is type(fact)
    assert repr(back) == repr(fact)


def test_files_beside_a_configuration_are_kept_and_a_golden_without_any_has_no_word_of_them() -> None:
    facts = ConfigurationFacts({"C": 1}, "param.ini", {"conf/logging.ini": {"logger_root.level": "INFO"}})
    record = Record("Churn", (), Provenance(configuration=facts))
    assert decode(encode(record).get, "Churn", "golden/Churn").provenance.configuration == facts
    without = replace(record, provenance=Provenance(configuration=replace(facts, beside={})))
    assert b'"beside"' in encode(record)["record.json"]
    assert b'"beside"' not in encode(without)["record.json"]


def test_a_fact_that_no_file_can_hold_is_refused() -> None:
    with pytest.raises(UsageError, match=r"builtins\.object"):
        encode(Record("Churn", (), Provenance(configuration=ConfigurationFacts(object()))))


def test_one_line_per_observation_and_strict_json(record: Record) -> None:
    content = encode(record)[RECORD].decode()
    document = json.loads(content, parse_constant=pytest.fail)
    assert sorted(document) == list(document)
    lines = [line for line in content.splitlines() if '"stage":' in line]
    assert len(lines) == len(document["observations"]) == 10
    assert all(json.loads(line.strip().removesuffix(","))["stage"] for line in lines)
    assert '    {"dtype": "float64", "name": "auc", "stage": "evaluate", "value": 0.9342},' in content.splitlines()
    assert content.splitlines()[1].startswith('  "approvals": [')
    assert "3.0" not in content.split('"environment"')[0]


def test_internals_and_their_noise_stay_out_of_the_record(record: Record) -> None:
    files = encode(record)
    assert b"model." not in files[RECORD]
    assert files[INTERNALS_FILE].count(b"\n") == 2
    assert sum(name.startswith("internals/") for name in files) == 1


def test_predictions_are_a_table(record: Record) -> None:
    lines = encode(record)["predictions.csv"].decode().splitlines()
    assert lines[0] == "run,part,row,proba,label"
    assert lines[1] == "main,test,c0,0.11162829985626133,0"
    assert lines[25].startswith("main,train,0,")
    assert lines[25].endswith(",")
    assert lines[-1].startswith("seed 1,test,19,")


def test_observations_that_cannot_share_lines_get_parts_of_their_own() -> None:
    longer, shorter = numbers(np.arange(30)), numbers(np.arange(20))
    record = Record("Churn", tuple(Observation(s, "x.y", v) for s, v in (("predict", longer), ("evaluate", shorter))))
    files = encode(record)
    assert_same(decode(files.get, "Churn", "golden/Churn"), record)
    assert b"main,x (2),19,19\n" in files["values.csv"]


def test_rows_of_other_names_do_not_share_lines() -> None:
    names = [tuple(f"{letter}{i}" for i in range(20)) for letter in "ab"]
    values = [*(numbers(np.arange(20), rows=rows) for rows in names), numbers(np.arange(20))]
    record = Record("Churn", tuple(Observation("predict", f"x.y{i}", value) for i, value in enumerate(values)))
    files = encode(record)
    assert_same(decode(files.get, "Churn", "golden/Churn"), record)
    assert files["values.csv"].splitlines()[1] == b"main,x,a0,0,,0"


def test_moving_one_metric_changes_one_line_the_summary_and_the_seal(record: Record) -> None:
    moved = tuple(replace(o, value=number(0.9)) if o.name == "auc" else o for o in record)
    before, after = encode(record), encode(record.with_observations(moved))
    assert {name for name in before if before[name] != after[name]} == {RECORD, SUMMARY}
    pairs = zip(before[RECORD].splitlines(), after[RECORD].splitlines(), strict=True)
    different = [old for old, new in pairs if old != new]
    assert [line.split(b'"')[1] for line in different] == [b"summary.md", b"dtype", b"payload"]


def test_an_added_noise_entry_or_source_is_one_added_line(record: Record) -> None:
    noise = Tolerances(noise={**record.tolerances.noise, "column label": 0.5})
    before, after = (encode(r)[RECORD].decode().splitlines() for r in (record, replace(record, tolerances=noise)))
    assert len(after) == len(before) + 1
    assert '      "column label": 0.5,' in after


def assert_same(back: Record, record: Record) -> None:
    assert back.guard == record.guard
    for old, new in zip(record, back, strict=True):
        assert new == replace(old, value=new.value)
        assert (new.value.dtype, new.value.shape, new.value.rows) == (old.value.dtype, old.value.shape, old.value.rows)
        assert new.value.data.dtype == old.value.data.dtype
        assert_bits(new.value, old.value)
        assert np.array_equal(new.value.absent(), old.value.absent())


def assert_bits(new: Value, old: Value) -> None:
    if old.is_float:  # A not-a-number's own bits mean nothing; the sign of zero does.
        for part in (np.real, np.imag):
            a, b = part(new.data), part(old.data)
            assert np.array_equal(a, b, equal_nan=True)
            assert np.array_equal(np.signbit(a) & ~np.isnan(a), np.signbit(b) & ~np.isnan(b))
    else:
        assert new.data.tolist() == old.data.tolist()


def test_what_is_too_large_for_a_file_is_refused_before_it_is_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    sims = Observation("predict", "sims", numbers(np.zeros(READABLE + 1)))
    monkeypatch.setattr(tree, "LARGEST", 8 * READABLE)
    monkeypatch.setattr(arrays, "_npy", lambda value: pytest.fail("it was copied"))
    with pytest.raises(
        UsageError, match=r"arrays/sims-\w+\.npy would have 160008 bytes, and mlguard reads 160000"
    ) as caught:
        encode(Record("Churn", (sims,)))
    assert caught.value.slug == "file-too-large"
