"""What a reviewer reads of a golden, and that it cannot say anything else than the golden."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlguard.core.error import GoldenError
from mlguard.core.record import CONTRACT, Approval, ConfigurationFacts, DatasetFacts, Observation, Provenance, Record
from mlguard.core.run_name import LATER, Seed
from mlguard.core.value import Value, number, numbers, text, texts
from mlguard.golden import summary
from mlguard.golden.codec import RECORD, decode, encode
from mlguard.golden.damage import digest
from mlguard.golden.naming import SUMMARY, folder_of
from tests.golden.test_resealed import resealed

WHOLE = """\
# Churn

Accepted 2026-01-02, approval 1: lower threshold

- auc 0.93 -> 0.92

## Metrics

| metric | main | seed 1 |
|---|---:|---:|
| auc | 0.921235 | 0.9 |

## Answers

- test.proba: 5 float64, from 0.1 to 0.9, quartiles 0.2 / 0.4 / 0.5, mean 0.42
- test.call: 5 int64, 0 (3), 1 (2)
- test.id: 12 int64, 12 different from 0 to 11
- test.city: 3 text, Bern (1), Zürich (1), 1 missing

## Shapes

- data churn, seed 0, rows: {"rows": 200} (sha256:7dbf2a759ba3)
- features: test.values 5 x 2, vocabulary 812

## Contracts

- same: predict twice, later: first model
- raised KeyError: row index

## Made with

- configuration (churn.yaml): C 0.5, layers [1, 2]
- Python 3.12.1, numpy 2.0, pandas 3.0

<!-- layout 1 -->
"""


def whole() -> Record:
    city = Value("text", (3,), np.array(["Zürich", "", "Bern"], dtype=object), np.array([False, True, False]))
    return Record(
        "Churn",
        (
            Observation("features", "test.values", numbers(np.zeros((5, 2)))),
            Observation("features", "vocabulary", number(812)),
            Observation("predict", "test.columns", texts(["proba", "call"])),
            Observation("predict", "test.proba", numbers(np.array([0.9, 0.1, 0.2, 0.4, 0.5])), column="proba"),
            Observation("predict", "test.call", numbers(np.array([1, 0, 0, 0, 1])), column="call"),
            Observation("predict", "test.id", numbers(np.arange(12))),
            Observation("predict", "test.city", city),
            Observation("evaluate", "auc", number(0.92123456)),
            Observation("evaluate", "auc", number(0.9), run=Seed(1)),
            Observation("contracts", "predict twice", text("same"), CONTRACT),
            Observation("contracts", "row index", text("raised KeyError"), CONTRACT),
            Observation("contracts", "first model", text("same"), CONTRACT, LATER),
        ),
        Provenance(
            DatasetFacts("churn", 0, "sha256:7dbf2a759ba3", {"rows": 200}),
            configured({"layers": [1, 2], "C": 0.5}),
            environment={"python": "3.12.1", "packages": {"pandas": "3.0", "numpy": "2.0"}},
        ),
        approvals=(Approval("2026-01-02T03:04:05Z", None, "lower threshold", ("auc 0.93 -> 0.92",)),),
    )


def configured(values: dict[str, object]) -> ConfigurationFacts:
    return ConfigurationFacts(values, "churn.yaml")


def of(value: Value) -> str:
    """The line of one answer."""
    shown = summary.write(Record("G", (Observation("predict", "x", value),))).decode()
    return shown.partition("## Answers\n\n- x: ")[2].partition("\n")[0]


def test_a_reviewer_reads_a_screenful() -> None:
    assert summary.write(whole()).decode() == WHOLE
    assert summary.what_is_wrong(WHOLE.encode(), whole()) is None


def test_it_says_the_same_of_a_record_that_was_written_and_read(record: Record) -> None:
    for one in (record, whole(), Record("Churn", ())):
        files = encode(one)
        assert encode(decode(files.get, one.guard, "golden/Churn"))[SUMMARY] == files[SUMMARY]


@given(st.lists(st.floats(width=64), min_size=1, max_size=30), st.sampled_from(["float64", "float32"]))
def test_every_float_has_its_place(items: list[float], dtype: str) -> None:
    with np.errstate(over="ignore"):
        drawn = np.array(items).astype(dtype)
    finite = drawn[np.isfinite(drawn)].astype(float)
    line = of(numbers(drawn))
    assert (f"{drawn.size - finite.size} not finite" in line) == (finite.size < drawn.size)
    if finite.size:
        told = float(line.partition("mean ")[2].split(",")[0])
        exact = math.fsum(x / finite.size for x in finite)
        assert math.isclose(told, exact, rel_tol=1e-5, abs_tol=1e-300)
        assert f"from {finite.min() + 0.0:.6g} to {finite.max() + 0.0:.6g}" in line


def test_large_numbers_have_a_mean() -> None:
    assert of(numbers(np.full(3, 1.7e308))).endswith("mean 1.7e+308")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<script>", r"\<script>"),
        ("a|b", r"a\|b"),
        ("**b**", r"\*\*b\*\*"),
        ("[x](http://y)", r"[x\](http\://y)"),
        ("a\nb\u202e", r"a\\nb\\u202e"),
        ("test_a[0].mean_", "test_a[0].mean_"),
        ("__init__ _a_", r"\_\_init__ \_a_"),
        ("https://a/<b>", r"https\://a/\<b>"),
        ("www.a/<!--", r"www\.a/\<!--"),
        ("x" * 200, "x" * 119 + "…"),
    ],
)
def test_nothing_in_a_name_is_markup(name: str, shown: str) -> None:
    assert f"| {shown} | 1 |" in summary.write(Record("G", (Observation("evaluate", name, number(1)),))).decode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[x]", r"\[x]"),
        ("[^1]", r"\[^1]"),
        ("# a", r"\# a"),
        ("#1", "#1"),
        ("-", r"\-"),
        ("-1", "-1"),
        ("- [x] b", r"\- [x] b"),
        ("---", r"\---"),
        ("_ _ _", r"\_ _ \_"),
        ("+ a", r"\+ a"),
        (">a", r"\>a"),
        ("12. a", r"12\. a"),
        ("3)", r"3\)"),
        ("0.5 a", "0.5 a"),
        ("     code", "code"),
    ],
)
def test_nothing_at_the_beginning_of_a_line_is_markup(text: str, shown: str) -> None:
    """A name in brackets before a colon would hide its line: it declares a link or a footnote."""
    seen = (Observation("predict", text, number(3)), Observation("contracts", "c", texts([text]), CONTRACT))
    lines = summary.write(Record("G", seen, approvals=(Approval("2026-01-02", None, "", (text,)),))).decode()
    assert [line for line in lines.splitlines() if line.startswith("- ")] == [
        f"- {shown}",
        f"- {shown}: 3",
        f"- {shown}: c",
    ]


def test_many_lines_are_counted() -> None:
    many = tuple(Observation("predict", f"p{i}", number(i)) for i in range(30))
    shown = summary.write(Record("G", many)).decode()
    assert "- p23: 23\n\nand 6 more\n" in shown
    assert "p24" not in shown
    metrics = tuple(Observation("evaluate", f"m{i}", number(i)) for i in range(30))
    assert "| m21 | 21 |\n\nand 8 more\n" in summary.write(Record("G", metrics)).decode()


def test_one_changed_constant_is_few_lines() -> None:
    proba = np.random.RandomState(0).rand(500)

    def threshold(limit: float) -> list[str]:
        calls = (proba > limit).astype(int)
        seen = (
            Observation("predict", "test.proba", numbers(proba)),
            Observation("predict", "test.call", numbers(calls)),
            *(Observation("evaluate", f"m{i}", number(float(calls.mean() + i))) for i in range(5)),
        )
        facts = Provenance(configuration=configured({"threshold": limit}))
        return summary.write(Record("Churn", seen, facts)).decode().splitlines()

    changed = [line for line in difflib.ndiff(threshold(0.4), threshold(0.45)) if line[0] in "+-"]
    assert len(changed) == 2 * (5 + 1 + 1)


def lie(files: dict[str, bytes], told: bytes) -> dict[str, bytes]:
    """The golden with another summary, sealed as if mlguard had written it."""
    document = json.loads(files[RECORD])
    document["files"][SUMMARY] = digest(SUMMARY, told)
    return {**resealed(files, document), SUMMARY: told}


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (lambda text: text.replace("0.921235", "0.951235"), "does not say what the record holds"),
        (lambda text: text.replace("\n<!-- layout 1 -->", "- all is well\n\n<!-- layout 1 -->"), "does not say"),
        (lambda text: text.replace("layout 1", "layout 7"), "is in a layout that this mlguard does not know"),
        (lambda text: "# Churn\n", "is in a layout"),
        (lambda text: text.replace("layout 1", "layout 01"), "is in a layout"),
    ],
)
def test_a_summary_that_says_anything_else_is_refused(edit: Callable[[str], str], told: str) -> None:
    files = encode(whole())
    assert decode(lie(files, files[SUMMARY]).get, "Churn", "golden/Churn").guard == "Churn"
    with pytest.raises(GoldenError, match=told) as error:
        decode(lie(files, edit(WHOLE).encode()).get, "Churn", "golden/Churn")
    assert error.value.slug == "golden-summary"
    assert "regen-golden Churn" in error.value.advice


def test_a_golden_without_one_is_read() -> None:
    """Goldens were once written without it."""
    files = encode(whole())
    document = json.loads(files[RECORD])
    del document["files"][SUMMARY]
    without = resealed({name: content for name, content in files.items() if name != SUMMARY}, document)
    assert decode(without.get, "Churn", "golden/Churn").guard == "Churn"
    # One that no record lists is shown to reviewers all the same.
    assert decode({**without, SUMMARY: files[SUMMARY]}.get, "Churn", "golden/Churn").guard == "Churn"
    with pytest.raises(GoldenError, match="does not say what the record holds"):
        decode({**without, SUMMARY: files[SUMMARY].replace(b"0.92", b"0.95")}.get, "Churn", "golden/Churn")


def test_no_variant_takes_its_place() -> None:
    assert folder_of(f"Churn[{SUMMARY}]").name != SUMMARY
    assert folder_of(f"Churn[{SUMMARY.upper()}]").name.lower() != SUMMARY
