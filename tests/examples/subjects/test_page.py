"""The page of subjects has what the tests try, and each subject has its project."""

from __future__ import annotations

import ast

from tests.examples.edit import CONTRACTS, PROBES
from tests.examples.subjects.guarded import SUBJECTS
from tests.examples.subjects.page import ALL, PAGE, written


def test_its_tables_are_those_of_the_tests() -> None:
    assert PAGE.read_text(encoding="utf-8") == written(), "run: python -m tests.examples.subjects.page"


def test_every_subject_has_rewrites_and_bugs_of_each_kind() -> None:
    assert {subject.number for subject in ALL} == set(range(1, 9))
    assert {subject.project for subject in ALL} == {path.parent.name for path in SUBJECTS.glob("*/pyproject.toml")}
    for subject in ALL:
        assert len(subject.rewrites) >= 2, subject.name
        assert len(subject.bugs) >= 4, subject.name
        assert {edit.only for edit in subject.bugs} == {None, PROBES, CONTRACTS}, subject.name


def test_every_edit_is_of_a_text_that_stands_once_in_its_file() -> None:
    for subject in ALL:
        for edit in subject.edits:
            text = (SUBJECTS / subject.project / edit.file).read_text(encoding="utf-8")
            assert text.count(edit.old) == 1, f"{subject.name}: {edit.id}"


def test_a_guard_that_is_one_declaration_has_a_dozen_lines() -> None:
    for file in SUBJECTS.glob("*/tests/guards/*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not any(isinstance(part, ast.FunctionDef) for part in node.body):
                assert (node.end_lineno or 0) - node.lineno < 12, file
