"""Folders of goldens: safe on every file system, and never shared by two names."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlguard.golden.naming import collisions, folder_of, name_of

NODE = "tests/test_x.py::TestC::test_y[a-1]"


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Churn", "Churn"),
        ("Churn[model_cat]", "Churn/model_cat"),
        ("Churn[v1.2-b]", "Churn/v1.2-b"),
        (NODE, "tests/test_x.py/TestC/test_y/a-1"),
        ("tests/sub/test_x.py::test_y", "tests/sub/test_x.py/test_y"),
        ("src/test_x.py::test_y", "tests/_/src/test_x.py/test_y"),
    ],
)
def test_plain_names_are_kept(name: str, folder: str) -> None:
    assert folder_of(name) == PurePosixPath(folder)
    assert folder_of(name_of(PurePosixPath(folder))) == PurePosixPath(folder)


@pytest.mark.parametrize(
    "name",
    [
        "Größe",
        "CON",
        "Churn[nul.txt]",
        "Churn[..]",
        "Churn[a/b]",
        "Churn[a\\b]",
        "Churn[a:b]",
        "Churn[]",
        "Churn[.x]",
        "Churn[end.]",
        "Churn[record.json]",
        "Churn[Internals]",
        "Churn[arrays]",
        "_datasets",
        "tests",
        "Tests",
        "Churn[" + 300 * "x" + "]",
        "Churn[\ud800]",
        "tests/../x.py::test_y",
        "/etc/x.py::test_y",
        "tests/x.py::t[a/../b]",
    ],
)
def test_other_names_get_a_digest_and_safe_characters(name: str) -> None:
    folder = folder_of(name)
    assert re.search(r"-[0-9a-f]{10}(/|$)", folder.as_posix())
    assert not folder.is_absolute()
    for part in folder.parts:
        assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", part)
        assert not part.endswith(".")
        assert len(part) <= 64


@pytest.mark.parametrize("pair", [("Churn[a b]", "Churn[a_b]"), ("Churn[a b]", "Churn[a/b]"), ("Ä", "ä"), ("é", "è")])
def test_replaced_characters_keep_names_apart(pair: tuple[str, str]) -> None:
    assert folder_of(pair[0]) != folder_of(pair[1])
    assert collisions(pair) == []


@given(st.lists(st.text(min_size=1, max_size=12), unique=True, max_size=8))
def test_names_share_a_folder_only_where_collisions_says_so(names: list[str]) -> None:
    folders = [folder_of(name).as_posix().casefold() for name in names]
    assert len(collisions(names)) == len(folders) - len(set(folders))


def test_collisions_name_both_and_see_case_and_repetition() -> None:
    assert collisions(["Churn", "Fraud", "churn", "Churn"]) == [("Churn", "churn"), ("Churn", "Churn")]
    assert collisions(["Churn[a]", "Churn[A]", "Churn"]) == [("Churn[a]", "Churn[A]")]
