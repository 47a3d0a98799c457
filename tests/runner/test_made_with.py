"""What a generator uses besides its script: the libraries that it imports, and whatever may have given it data."""

from __future__ import annotations

import importlib
import os
import runpy
import socket
import subprocess
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import sklearn.datasets

from mlguard.observe.files import Files
from mlguard.runner.made_with import ALWAYS, making


@pytest.fixture
def files(tmp_path: Path) -> Files:
    (tmp_path / "data.csv").write_text("x\n1\n")
    (tmp_path / "code_of_made_with.py").write_text("X = 1\n")
    return Files(tmp_path)


def test_the_libraries_are_those_that_it_imports_and_what_every_generator_needs(files: Files) -> None:
    with making(files, files.root) as generator:
        importlib.import_module("joblib.parallel")
    used = generator.used()
    assert (used.libraries, used.others) == ({*ALWAYS, "joblib"}, False)


def import_code(root: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(root)
        importlib.import_module("code_of_made_with")


def fork(_root: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Where a library has threads; the child only ends.
        child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)


def connect() -> None:
    with socket.socket() as here, suppress(OSError):
        here.connect(("127.0.0.1", 9))


@pytest.mark.parametrize(
    ("does", "others"),
    [
        (lambda root: (root / "data.csv").read_text(), True),
        (import_code, False),
        (lambda root: runpy.run_path(str(root / "code_of_made_with.py")), True),
        (lambda root: sklearn.datasets.load_iris(), False),
        (lambda root: Path("/etc/os-release").exists() and Path("/etc/os-release").read_text(), False),
        (fork, True),
        (lambda root: subprocess.run([sys.executable, "-c", ""], check=True), True),
        (lambda root: connect(), True),
    ],
    ids=["data", "module", "text of code", "library", "system", "fork", "program", "connection"],
)
def test_what_may_have_given_data_is_noticed(files: Files, does: Callable[[Path], object], others: bool) -> None:
    with making(files, files.root) as generator:
        does(files.root)
    assert generator.used().others is others


def test_what_a_module_has_read_outside_may_be_data(files: Files, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "data.csv"
    outside.write_text("x\n1\n")
    with files.listening(None):
        (files.root / "data.csv").read_text()
    with making(files, files.root) as generator:
        pass
    assert not generator.used().others
    with files.listening(None):
        outside.read_text()
    with making(files, files.root) as generator:
        pass
    assert generator.used().others


def test_nothing_of_it_counts_as_read_by_guarded_code(files: Files) -> None:
    with making(files, files.root):
        (files.root / "data.csv").read_text()
    with files.listening(files.root):
        (files.root / "code_of_made_with.py").read_text()
    assert files.read == {files.root / "code_of_made_with.py"}
