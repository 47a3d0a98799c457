"""Which files of the project a run hands to programs that it starts, however it starts them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mlguard.observe.files import Files

SHELL = dict(os.environ)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """What is heard in a folder with one script that can be run as a module, too."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/run.py").write_text("")
    return Files(tmp_path)


@pytest.mark.parametrize(
    "start",
    [
        lambda: subprocess.run([sys.executable, "bin/run.py"], check=True),
        lambda: subprocess.run([sys.executable, b"run.py"], cwd="bin", check=True),
        lambda: subprocess.run([sys.executable, "-m", "bin.run"], check=True),
        lambda: subprocess.run(f"true; '{sys.executable}' bin/run.py", shell=True, check=True),
        lambda: subprocess.run(["echo", "--script=bin/run.py", "bin"], check=True),
        lambda: subprocess.run(["echo", "it's bin/run.py"], check=True),
        lambda: os.system("cat bin/run.py"),
        lambda: os.waitpid(os.posix_spawn("/bin/cat", ["cat", "bin/run.py"], SHELL), 0),
    ],
    ids=["words", "folder", "module", "shell", "option", "quote", "system", "posix_spawn"],
)
def test_the_files_among_its_words_count_as_given(start: Callable[[], object], files: Files) -> None:
    start()
    assert not files.given
    with files.listening(None):
        start()
    assert {file for file in files.given if file.is_relative_to(files.root)} == {files.root / "bin/run.py"}
