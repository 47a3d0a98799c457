"""What pages name of this repository exists: files, folders, and the tests that prove a practice."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from mlguard.core.record import STAGES
from tests.docs.blocks import ROOT
from tests.docs.projects import OF_THE_BUILD

PRACTICES = "docs/practices.md"
ABOUT_US = sorted({*OF_THE_BUILD, PRACTICES})
"""Pages whose paths are those of this repository; other pages name files of their reader's project."""

_NAMED = re.compile(r"`((?:benchmarks|changelog\.d|datasets|docs|examples|golden|harness|tests)/[^`\s<>*]*)`")
_ENTRY = re.compile(r"^- (?P<text>\*\*.*?)(?=^- |^#|^$)", re.MULTILINE | re.DOTALL)


def missing(text: str) -> list[str]:
    """The files and tests that a text names, and that are not there."""
    named = (name.partition("::") for name in _NAMED.findall(text))
    return [f"{file}{sep}{test}" for file, sep, test in named if not is_there(file, test)]


def is_there(file: str, test: str) -> bool:
    """Whether there is such a file, and the test in it where one is named."""
    return (ROOT / file).exists() and (not test or test in declared_in(file))


@cache
def declared_in(file: str) -> frozenset[str]:
    """The tests of a file as pytest names them, and the stages of its guards."""
    return frozenset(_tests(ast.parse((ROOT / file).read_text(encoding="utf-8")).body, file))


def _tests(body: list[ast.stmt], file: str) -> Iterator[str]:
    for part in body:
        if isinstance(part, ast.FunctionDef) and part.name.startswith("test_"):
            yield part.name
        elif isinstance(part, ast.ClassDef):
            stages = STAGES if file.startswith("tests/guards/") else ()
            yield from (f"{part.name}::{name}" for name in (*_tests(part.body, file), *stages))


@pytest.mark.parametrize("page", ABOUT_US)
def test_what_a_page_names_exists(page: str) -> None:
    assert missing((ROOT / page).read_text(encoding="utf-8")) == []


def test_what_is_not_there_is_found() -> None:
    here = "tests/docs/test_names.py"
    gone = [
        f"{here}::test_gone",
        f"{here}::TestGone::test_here",
        "tests/docs/gone.py",
        "tests/guards/test_churn.py::Churn::x",
    ]
    known = [f"{here}::test_what_is_not_there_is_found", "docs/", "tests/guards/test_churn.py::Churn::split"]
    assert missing(" ".join(f"`{name}`" for name in [*known, *gone, "docs/decisions/<name>.md"])) == gone


def test_each_practice_has_its_proof_or_says_what_is_missing() -> None:
    entries = [found["text"] for found in _ENTRY.finditer((ROOT / PRACTICES).read_text(encoding="utf-8"))]
    assert len(entries) >= 50
    proven = [re.search(r"\*Proof:\*.*`tests/[^`]+::\w+`", entry, re.DOTALL) for entry in entries]
    assert [e for e, proof in zip(entries, proven, strict=True) if not proof and "*Not yet:*" not in e] == []
