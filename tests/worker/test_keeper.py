"""Whatever a job starts ends with it, however it was started and however the job ends; and no other job is harmed."""

from __future__ import annotations

import sys
import threading

import pytest

from mlguard.worker import keeper
from tests.worker.living import is_alive, until

WAYS = ("child", "deaf", "session", "deaf session", "again", "daemon")
ENDINGS = ("returns", "raises", "exits", "is killed", "hangs")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only process groups are ended")


def started(pids):
    return [int(line) for line in pids.read_text().split()]


@pytest.mark.parametrize(
    ("way", "ending"), [*((way, "returns") for way in WAYS), *(("deaf session", ending) for ending in ENDINGS[1:])]
)
def test_nothing_that_a_job_started_survives_it(call, tmp_path, monkeypatch, way, ending):
    pids = tmp_path / "pids"
    monkeypatch.setattr(keeper, "GRACE", 0.1)
    result = call("leaves_behind", (way, ending, str(pids)), timeout=3 if ending == "hangs" else 60)
    assert started(pids)
    assert not any(map(is_alive, started(pids))), "at the very moment at which the result is there"
    kinds = {"returns": None, "raises": "raised", "hangs": "timeout"}
    assert (result.failure.kind if result.failure else None) == kinds.get(ending, "died")


def test_nor_does_what_it_starts_while_it_ends(call, tmp_path):
    pids = tmp_path / "pids"
    assert call("leaves_behind", ("at exit", "returns", str(pids))).value == "returns"
    assert not pids.exists() or not any(map(is_alive, started(pids)))


@pytest.mark.parametrize(("function", "payload", "text"), [("aborts", None, "SIGABRT"), ("exits", 7, "exit code 7")])
def test_a_keeper_ends_as_its_worker_did(call, function, payload, text):
    result = call(function, payload)
    assert result.failure.text == text
    assert result.output.count("Fatal Python error") <= 1


def test_a_job_that_kills_its_parent_ends_alone(call, tmp_path):
    results = []
    names = (str(tmp_path / "left"), str(tmp_path / "right"))
    neighbour = threading.Thread(target=lambda: results.append(call("meets", names)))
    neighbour.start()
    assert until(lambda: (tmp_path / "left").exists())
    culprit = call("kills_its_parent")
    (tmp_path / "right").touch()
    neighbour.join()
    assert (culprit.failure.kind, culprit.failure.text, culprit.failure.stage) == ("died", "SIGKILL", "train")
    assert results[0].value == "met"


@pytest.mark.parametrize("workers", ["forked"], indirect=True)  # Without a zygote nobody is left to do it.
def test_a_zygote_kills_what_a_killed_keeper_left(call, tmp_path):
    pids = tmp_path / "pids"
    assert call("kills_its_parent", str(pids)).failure.kind == "died"
    assert until(lambda: not any(map(is_alive, started(pids))))


def test_without_leave_to_fork_the_worker_has_no_keeper(monkeypatch):
    monkeypatch.setattr(keeper.threading, "active_count", lambda: 2)
    monkeypatch.setattr(keeper.os, "fork", lambda: pytest.fail("forked beside another thread"))
    keeper.keep()
