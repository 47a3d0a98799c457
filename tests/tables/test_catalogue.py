"""Generator scripts are found by name, the project's own first."""

from __future__ import annotations

import pytest

from mlguard.core.error import UsageError
from mlguard.tables.catalogue import catalogue


@pytest.fixture
def folder(tmp_path):
    for name in ("churn", "chess", "_shared", "__init__"):
        (tmp_path / f"{name}.py").write_text("")
    return tmp_path


def test_without_a_name_the_projects_own_are_meant(folder):
    assert list(catalogue(folder)) == ["chess", "churn"]


def test_without_a_project_the_built_in_ones_are_meant(tmp_path):
    assert {"churn", "demand", "ratings"} <= set(catalogue(tmp_path / "none"))


def test_a_projects_script_wins_over_a_built_in_one(folder):
    found = catalogue(folder, ["churn", "demand"])
    assert found["churn"] == folder / "churn.py"
    assert found["demand"].name == "demand.py"
    assert found["demand"].parent != folder


def test_globs_are_taken_where_no_name_is_exact(folder):
    assert list(catalogue(folder, ["ch*", "churn"])) == ["chess", "churn"]


def test_unknown_names_are_all_told_with_the_nearest_and_the_places(folder):
    with pytest.raises(UsageError) as raised:
        catalogue(folder, ["chrun", "zzz", "churn"])
    message = raised.value.message
    assert f"no dataset 'chrun' in {folder} or among the built-in ones; did you mean churn" in message
    assert "no dataset 'zzz'" in message
