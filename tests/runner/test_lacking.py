"""An import that fails names the setting with which the project's module would be found."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlguard.runner.lacking import told_lacking


@pytest.mark.parametrize(("place", "folder"), [("src/shop/__init__.py", "src"), ("lib/python/shop.py", "lib/python")])
def test_the_folder_of_a_module_is_named(tmp_path: Path, place: str, folder: str) -> None:
    (tmp_path / place).parent.mkdir(parents=True)
    (tmp_path / place).write_text("")
    told = told_lacking(ModuleNotFoundError("no", name="shop.rows"), tmp_path)
    assert told == (
        f'`shop` lies in {folder}: add `pythonpath = ["{folder}"]` to [tool.pytest.ini_options] in pyproject.toml'
    )


@pytest.mark.parametrize("place", ["venv/lib/shop.py", ".tox/x/shop.py", "a/b/c/shop.py", "src/shops.py"])
def test_what_is_not_the_projects_module_is_not_named(tmp_path: Path, place: str) -> None:
    (tmp_path / place).parent.mkdir(parents=True)
    (tmp_path / place).write_text("")
    assert told_lacking(ModuleNotFoundError("no", name="shop"), tmp_path) == ""


def test_other_errors_name_nothing(tmp_path: Path) -> None:
    assert told_lacking(ImportError("no", name="shop"), tmp_path) == ""
