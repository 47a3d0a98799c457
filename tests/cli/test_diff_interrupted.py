"""However and whenever `mlguard diff` ends: no folder, no process, and a repository as it was."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.project import CODE, FILES, GUARD
from tests.repository import Repository
from tests.worker.living import is_alive, until

COMMANDS = {"diff": ("diff", "HEAD"), "bisect": ("diff", "--bisect", "HEAD~3", "HEAD")}
LONGEST = 6.0
"""Seconds after which a signal comes at the latest; where a command has ended by then, it must have left as little."""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Two guards; four commits, the third of which shifts, and an edit that nobody committed."""
    second = FILES[GUARD].replace("class Line", "class Second")
    files = {**FILES, "tests/guards/test_second.py": second}
    made = Repository(tmp_path_factory.mktemp("repository"), files=files)
    made.edit(CODE, "def fit", "# one\ndef fit")
    made.edit(CODE, 'model["shift"] +', 'model["shift"] + 0.25 +')
    made.edit(CODE, "# one", "# two")
    made.project.edit(CODE, "0.25", "0.5")
    return made


def belonging(temporary: Path) -> list[int]:
    """The processes that were started with this temporary folder."""
    mark, found = f"TMPDIR={temporary}".encode(), []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0") and is_alive(int(folder.name)):
                found.append(int(folder.name))
        except OSError:
            continue  # It has ended, or is somebody else's.
    return found


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
@pytest.mark.parametrize("seed", [0, 1])
def test_nothing_stays_behind(repository: Repository, tmp_path: Path, command: str, number: signal.Signals, seed: int):
    moment = random.Random(f"{command} {number.name} {seed}").uniform(0.3, LONGEST)
    before, temporary = repository.state(), tmp_path / "temporary"
    temporary.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "mlguard", *COMMANDS[command]],
        cwd=repository.top,
        env=os.environ | {"TMPDIR": str(temporary)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # A build that runs in the background of a shell has interrupts ignored, and its children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    time.sleep(moment)
    process.send_signal(number)
    process.wait(60)
    assert until(lambda: belonging(temporary) == [])
    assert list(temporary.iterdir()) == []
    assert repository.state() == before
