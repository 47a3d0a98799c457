"""Project code is what its files say now, whatever bytecode lies beside them."""

from __future__ import annotations

import os
import py_compile
import sys

import pytest

from mlguard.worker.source import is_installed, project_source_test

INSTALLED_MODULE = pytest.__file__


def rewrite_unnoticed(path, text):
    """Write a text of the same length and leave the file's times as they were: bytecode would still count as fresh."""
    before = path.stat()
    assert len(text) == before.st_size
    path.write_text(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("how", ["imported", "by_location"])
def test_an_edit_within_the_second_is_seen(call, project, how):
    shop = project / "shop.py"
    shop.write_text("PRICE = 1\n")
    assert call(how, str(shop)).value == 1
    rewrite_unnoticed(shop, "PRICE = 2\n")
    assert call(how, str(shop)).value == 2
    assert list(project.rglob("__pycache__")) == []


def test_stale_bytecode_of_somebody_else_is_not_read(call, project):
    shop = project / "shop.py"
    shop.write_text("PRICE = 1\n")
    py_compile.compile(str(shop))
    rewrite_unnoticed(shop, "PRICE = 2\n")
    assert call("imported", str(shop)).value == 2


def test_a_child_process_writes_no_bytecode(call, project):
    (project / "shop.py").write_text("PRICE = 1\n")
    assert call("imported_by_a_child", None).value == 0
    assert list(project.rglob("__pycache__")) == []


def test_a_failure_shows_the_source_line_as_it_is_now(call, project):
    shop = project / "shop.py"
    shop.write_text("PRICE = 1 / 0\n")
    assert call("imported", str(shop)).failure.frames[-1].code == "PRICE = 1 / 0"


@pytest.mark.parametrize(
    ("below", "project_source"),
    [
        ("shop.py", True),
        ("src/shop/model.py", True),
        (".venv/lib/python3.11/site-packages/numpy/__init__.py", False),
        ("env/lib/python3.11/site-packages/numpy/__init__.py", False),
        (".tox/py311/lib/thing.py", False),
        ("web/node_modules/gyp/build.py", False),
    ],
)
def test_what_is_the_projects_own(tmp_path, below, project_source):
    assert project_source_test(str(tmp_path))(str(tmp_path / below)) is project_source


def test_a_project_may_itself_lie_below_such_a_folder(tmp_path):
    root = tmp_path / ".tox" / "py311" / "tmp"
    assert project_source_test(str(root))(str(root / "shop.py"))


def test_a_sibling_package_outside_the_root_counts_and_what_is_installed_does_not(tmp_path):
    is_project = project_source_test(str(tmp_path / "project"))
    assert is_project(str(tmp_path / "sibling" / "shop.py"))
    assert not is_project(os.__file__)
    assert not is_project(INSTALLED_MODULE)
    assert is_installed(INSTALLED_MODULE)
    assert not is_installed(str(tmp_path / "shop.py"))


def test_a_text_stands_in_for_a_file_and_nothing_is_written(call, project):
    shop = project / "shop.py"
    shop.write_text("PRICE = 1\n")
    py_compile.compile(str(shop), cfile=str(project / "__pycache__" / f"shop.{sys.implementation.cache_tag}.pyc"))
    before = sorted(project.rglob("*"))
    text = '"""Ein Café."""\nPRICE = 2\n\n\ndef total():\n    return PRICE\n'
    assert call("substituted", {str(shop.resolve()): text}).value == (
        2,
        "def total():\n    return PRICE\n",
        "Ein Café.",
    )
    assert (shop.read_text(), sorted(project.rglob("*"))) == ("PRICE = 1\n", before)


def test_a_text_is_read_in_the_encoding_that_it_declares(call, project):
    shop = project / "shop.py"
    shop.write_text("PRICE = 1\n")
    text = '# coding: latin-1\n"""Café."""\nPRICE = 2\ndef total(): return 0\n'
    assert call("substituted", {str(shop.resolve()): text}).value[2] == "Café."


def test_a_failure_shows_the_line_that_stood_in(call, project):
    shop = project / "shop.py"
    shop.write_text("PRICE = 1\n")
    assert call("substituted", {str(shop.resolve()): "PRICE = 1 / 0\n"}).failure.frames[-1].code == "PRICE = 1 / 0"


def test_a_file_is_found_behind_a_link(call, project):
    real = project / "elsewhere.py"
    real.write_text("PRICE = 1\ndef total(): return 0\n")
    (project / "shop.py").symlink_to(real)
    assert call("substituted", {str(real.resolve()): "PRICE = 2\ndef total(): return 0\n"}).value[0] == 2
