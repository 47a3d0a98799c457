"""The Datasets of a run: which generator makes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlguard.core.error import UsageError
from mlguard.runner.datasets import find_generator


def script(folder: Path, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.py"
    path.write_text("")
    return path


def test_a_projects_generator_wins_over_a_built_in_one_of_the_same_name(tmp_path: Path):
    folders = (tmp_path / "own", tmp_path / "builtin")
    built_in = script(folders[1], "churn")
    assert find_generator("churn", folders, "Churn") == built_in
    own = script(folders[0], "churn")
    assert find_generator("churn", folders, "Churn") == own


def test_a_dataset_without_generator_names_the_guard_the_place_and_what_was_likely_meant(tmp_path: Path):
    (tmp_path / "own").mkdir()
    script(tmp_path / "builtin", "churn")
    with pytest.raises(UsageError) as unknown:
        find_generator("chrun", (tmp_path / "own", tmp_path / "builtin"), "Churn")
    for part in ("guard Churn", "chrun.py", str(tmp_path / "own"), "did you mean churn?"):
        assert part in unknown.value.message
