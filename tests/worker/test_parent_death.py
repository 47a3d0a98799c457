"""However the parent ends, no worker, grandchild, zygote or temporary file of its stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.worker.living import is_alive, until

PARENT = """
import sys, threading
from pathlib import Path
from mlguard.worker.job import Job
from mlguard.worker.pool import Workers

root, kind, threads, *pids = sys.argv[1:]
def run(path):
    workers.run(Job("subject:hangs", path, Path(root), (root,), None))
with Workers(use_zygote=kind == "forked") as workers:
    for path in pids[1:]:
        threading.Thread(target=run, args=(path,), daemon=True).start()
    run(pids[0])
"""


@pytest.fixture(params=["spawned", "forked"])
def parent(request, project, tmp_path):
    """A parent with two hanging workers, each with a grandchild: the process, their numbers, the temporary folder."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    files = [tmp_path / "first", tmp_path / "second"]
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(project), request.param, "2", *map(str, files)],
        env=os.environ | {"TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
        # A build that runs in the background of a shell has interrupts ignored, and its children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert until(lambda: all(file.exists() and file.read_text().endswith("\n") for file in files))
    pids = [int(pid) for file in files for pid in file.read_text().split()]
    assert all(is_alive(pid) for pid in pids)
    yield process, pids, temporary
    process.kill()
    process.communicate()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_nothing_outlives_the_parent(parent, number):
    process, pids, temporary = parent
    own = children_of(process.pid)
    assert own
    process.send_signal(number)
    process.wait(30)
    assert until(lambda: not any(is_alive(pid) for pid in pids + own))
    assert until(lambda: list(temporary.iterdir()) == [])


def children_of(pid):
    """The sentinel, the zygote and the spawned workers."""
    lists = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(child) for text in lists for child in text.split()]
