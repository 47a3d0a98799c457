"""A copy in place of the project: import paths and editable installs lead into it, and strays are refused."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from mlguard.core.error import UsageError
from mlguard.runner.elsewhere import redirect, refuse_strays
from mlguard.runner.order import Copy


@pytest.fixture
def code(tmp_path: Path) -> Copy:
    """A repository with `src` and an environment in it, and its copy."""
    for name in ("repository/src/shop", "repository/.venv/lib/site-packages", "copy/src/shop"):
        (tmp_path / name).mkdir(parents=True)
    return Copy(tmp_path / "repository", tmp_path / "copy")


def test_import_paths_into_the_original_lead_into_the_copy_and_others_stay(code: Copy, monkeypatch: pytest.MonkeyPatch):
    installed, elsewhere = str(code.original / ".venv/lib/site-packages"), str(code.original.parent)
    monkeypatch.setattr(sys, "path", [str(code.original / "src"), installed, elsewhere, str(code.original)])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(code.original / "src"), elsewhere]))
    redirect(code)
    assert sys.path == [str(code.place / "src"), installed, elsewhere, str(code.place)]
    assert os.environ["PYTHONPATH"].split(os.pathsep) == [str(code.place / "src"), elsewhere]


def test_links_to_the_original_are_seen_through(code: Copy, monkeypatch: pytest.MonkeyPatch):
    link = code.original.parent / "link"
    link.symlink_to(code.original)
    monkeypatch.setattr(sys, "path", [str(link / "src")])
    redirect(code)
    assert sys.path == [str(code.place / "src")]


def test_editable_finders_of_setuptools_lead_into_the_copy(code: Copy, monkeypatch: pytest.MonkeyPatch):
    finder = ModuleType("__editable___shop_1_0_finder")
    finder.MAPPING = {"shop": str(code.original / "src/shop"), "other": "/elsewhere/other"}  # type: ignore[attr-defined]
    finder.NAMESPACES = {"ns": [str(code.original / "src")]}  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, finder.__name__, finder)
    monkeypatch.setattr(sys, "path", [])
    redirect(code)
    assert {"shop": str(code.place / "src/shop"), "other": "/elsewhere/other"} == finder.MAPPING
    assert {"ns": [str(code.place / "src")]} == finder.NAMESPACES


@pytest.mark.parametrize(
    ("file", "strays"),
    [
        ("repository/src/shop/model.py", True),
        ("repository/datasets/generators/shop.py", False),
        ("repository/.venv/lib/site-packages/pandas.py", False),
        ("copy/src/shop/model.py", False),
        ("elsewhere/model.py", False),
    ],
)
def test_a_module_from_the_original_is_refused_by_name(
    code: Copy, monkeypatch: pytest.MonkeyPatch, file: str, strays: bool
):
    module = ModuleType("shop_model")
    module.__file__ = str(code.original.parent / file)
    monkeypatch.setattr(sys, "modules", {"shop_model": module})
    generators = (code.original / "datasets/generators",)
    if not strays:
        refuse_strays(code, generators, "Shop")
        return
    with pytest.raises(UsageError) as refused:
        refuse_strays(code, generators, "Shop")
    assert refused.value.slug == "revision-stray-module"
    assert "guard Shop: shop_model came from" in refused.value.message


def test_without_a_copy_nothing_is_redirected(monkeypatch: pytest.MonkeyPatch):
    before = list(sys.path)
    redirect(None)
    refuse_strays(None, (), "Shop")
    assert sys.path == before
