"""What is said where a side does not run: on which side, and what a reader can do about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlguard.core.error import RunError
from mlguard.runner.order import Copy
from mlguard.runner.sides import Side
from mlguard.settings import load
from mlguard.tools.diff.judge import _told


def raised(path: str) -> RunError:
    told = f"the import of test_line.py raised FileNotFoundError: [Errno 2] No such file or directory: '{path}'"
    return RunError(told, slug="guarded-code-raised", advice="mend it", stage="train")


@pytest.fixture
def side(tmp_path: Path) -> Side:
    """A revision, beside a working tree that has one more file."""
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here / "data", there):
        folder.mkdir(parents=True)
    (here / "data/off.txt").write_text("1")
    return Side("HEAD~1", load(there), Copy(here, there))


@pytest.mark.parametrize("is_relative", [True, False])
def test_a_file_of_the_working_tree_that_a_revision_lacks_is_named(side: Side, *, is_relative: bool) -> None:
    assert side.copy is not None
    path = "data/off.txt" if is_relative else str(side.copy.place / "data/off.txt")
    error = _told(raised(path), side)
    assert error.what.startswith("at HEAD~1: the import of test_line.py raised")
    assert error.advice.startswith("data/off.txt is in the working tree only, since that revision does not have it")
    assert error.stage == "train"


@pytest.mark.parametrize("path", ["data/none.txt", "/nowhere/off.txt"])
def test_of_any_other_file_nothing_is_known(side: Side, path: str) -> None:
    assert _told(raised(path), side).advice == "mend it"
