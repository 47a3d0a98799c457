"""What a generator uses besides its script: the libraries that it imports, and whatever may have given it data."""

from __future__ import annotations

import importlib
import socket
import subprocess
import sys
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
    (tmp_path / "code.py").write_text("X = 1\n")
    return Files(tmp_path)


def test_the_libraries_are_those_that_it_imports_and_what_every_generator_needs(files: Files) -> None:
    with making(files, files.root) as generator:
        importlib.import_module("joblib.parallel")
    used = generator.used()
    assert (used.libraries, used.others) == ({*ALWAYS, "joblib"}, False)


def connect() -> None:
    with socket.socket() as here, suppress(OSError):
        here.connect(("127.0.0.1", 9))


@pytest.mark.parametrize(
    ("does", "others"),
    [
        (lambda root: (root / "data.csv").read_text(), True),
        (lambda root: (root / "code.py").read_text(), False),
        (lambda root: sklearn.datasets.load_iris(), False),
        (lambda root: Path("/etc/os-release").exists() and Path("/etc/os-release").read_text(), False),
        (lambda root: subprocess.run([sys.executable, "-c", ""], check=True), True),
        (lambda root: connect(), True),
    ],
    ids=["data", "code", "library", "system", "program", "connection"],
)
def test_what_may_have_given_data_is_noticed(files: Files, does: Callable[[Path], object], others: bool) -> None:
    with making(files, files.root) as generator:
        does(files.root)
    assert generator.used().others is others


def test_nothing_of_it_counts_as_read_by_guarded_code(files: Files) -> None:
    with making(files, files.root):
        (files.root / "data.csv").read_text()
    with files.listening(files.root):
        (files.root / "code.py").read_text()
    assert files.read == {files.root / "code.py"}
