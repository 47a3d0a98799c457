"""What the processes of a session share: one run per guard, whoever needs it first and whoever dies."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from mlguard.plugin.shared import ABANDONED, Result, Shared, results
from mlguard.trackers.entry import Facts
from tests.plugin.verdicts import finding, missing, shifted

WORKER = """
import sys, time
from pathlib import Path
from mlguard.core.outcome import Outcome
from mlguard.core.verdict import Verdict
from mlguard.plugin.shared import Result, Shared

root, name, takes = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])

def make():
    with (root / "runs").open("a") as file:
        file.write(f"{name}\\n")
    print("running", flush=True)
    time.sleep(takes)
    return Result(Verdict("Churn", Outcome.MATCH, problem=name))

print(Shared(root, "session").once("Churn", make).verdict.problem, flush=True)
"""


def start(root, name, takes):
    told = [sys.executable, "-c", WORKER, str(root), name, str(takes)]
    return subprocess.Popen(told, stdout=subprocess.PIPE, text=True)


def test_the_others_wait_and_read(tmp_path):
    first = start(tmp_path, "first", 0.5)
    assert first.stdout.readline() == "running\n"
    second = start(tmp_path, "second", 0.0)
    assert second.communicate(timeout=60)[0] == "first\n"
    assert first.communicate(timeout=60)[0] == "first\n"
    assert (tmp_path / "runs").read_text() == "first\n"


def test_the_lock_of_a_dead_owner_is_free(tmp_path):
    first = start(tmp_path, "first", 600)
    assert first.stdout.readline() == "running\n"
    first.kill()
    first.communicate(timeout=60)
    shared = Shared(tmp_path, "session")
    assert shared.once("Churn", lambda: Result(missing("Churn"))).verdict == missing("Churn")


def test_a_run_that_raises_leaves_nothing_behind(tmp_path):
    shared = Shared(tmp_path, "session")
    with pytest.raises(KeyboardInterrupt):
        shared.once("Churn", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
    assert shared.once("Churn", lambda: Result(missing("Churn"))).verdict == missing("Churn")


def test_a_result_comes_back_as_it_was(tmp_path):
    result = Result(shifted("Churn[a]", "predict"), ("Churn[a]: recorded, 2 files",))
    Shared(tmp_path, "session").once("Churn[a]", lambda: result)
    found = Shared(tmp_path, "session")
    assert found.once("Churn[a]", lambda: 1 / 0) == result
    assert results(found.folder) == [result]
    logged = Result(missing("Logged"), facts=Facts({"depth": "1"}, {"auc": 0.5, "nan": float("inf")}, "churn 1", "2"))
    Shared(tmp_path, "session").once("Logged", lambda: logged)
    assert found.once("Logged", lambda: 1 / 0) == logged
    assert found.once("Churn", lambda: Result(missing("Churn"))) == Result(missing("Churn"))
    assert finding("predict") in found.once("B", lambda: Result(shifted("B", "evaluate"))).verdict.findings


def test_sessions_that_are_over_are_removed_and_others_are_not(tmp_path):
    over, killed, running = (Shared(tmp_path, name) for name in ("over", "killed", "running"))
    over.finish()
    long_ago = time.time() - ABANDONED - 60
    os.utime(killed.folder, (long_ago, long_ago))
    mine = Shared(tmp_path, "mine")
    assert {folder.name for folder in mine.folder.parent.iterdir()} == {"running", "mine"}
    assert running.folder.is_dir()


def test_the_folder_ignores_itself(tmp_path):
    Shared(tmp_path, "mine")
    assert "*" in (tmp_path / ".mlguard/.gitignore").read_text().splitlines()
