"""The zygote forks only when it is safe, holds only libraries, and workers are spawned where it refuses."""

from __future__ import annotations

import os
import signal
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from mlguard.worker import zygote
from mlguard.worker.job import Job
from mlguard.worker.pool import Workers
from tests.worker.living import is_alive, until


@pytest.fixture
def job(project):
    return lambda function, payload=None: Job(f"subject:{function}", payload, project, (str(project),), 60)


def test_installed_modules_are_there_and_user_modules_are_not(job, project, monkeypatch):
    (project / "shop.py").write_text("raise SystemExit('a user module ran in the zygote')\n")
    monkeypatch.setenv("PYTHONPATH", str(project))
    with Workers(
        preload=["colorsys", "no_such_module", "shop", "subject", "click.testing"], use_zygote=True
    ) as workers:
        result = workers.run(job("preloaded", ["colorsys", "no_such_module", "shop", "click.testing"]))
    assert result.forked
    assert result.value == ["colorsys", "click.testing"]


def test_a_library_that_starts_a_thread_makes_it_refuse(job, project, monkeypatch):
    library = project / "site-packages"
    library.mkdir()
    (library / "threaded.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), name='ticker', daemon=True).start()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(library))
    with Workers(preload=["threaded"], use_zygote=True) as workers:
        results = [workers.run(job("echo", number)) for number in range(2)]
        assert workers.refusal == "the thread ticker runs in the zygote"
    assert [(result.value, result.forked) for result in results] == [(0, False), (1, False)]


def test_a_thread_that_python_does_not_know_counts_too(monkeypatch):
    monkeypatch.setattr(zygote.Path, "iterdir", lambda path: iter(["100", "101"]))
    monkeypatch.setattr(zygote.threading, "active_count", lambda: 1)
    assert zygote.why_not_to_fork() == "a library that was imported runs a thread in the zygote"


def test_without_being_asked_there_is_none(job):
    with Workers(preload=["colorsys"]) as workers:
        assert not workers.run(job("echo")).forked


def test_a_killed_zygote_is_replaced_by_spawning(job):
    with Workers(use_zygote=True) as workers:
        assert workers.run(job("echo")).forked
        os.kill(workers._nursery._process.pid, signal.SIGKILL)
        result = workers.run(job("echo", 5))
        assert workers.refusal is not None
    assert (result.value, result.forked) == (5, False)


def test_a_job_whose_zygote_was_killed_under_it_runs_again_on_its_own(job, tmp_path):
    mark = tmp_path / "ran"
    with Workers(use_zygote=True) as workers, ThreadPoolExecutor() as threads:
        result = threads.submit(workers.run, job("hangs_once", str(mark)))
        assert until(lambda: mark.exists() and mark.read_text().endswith("\n"))
        os.kill(workers._nursery._process.pid, signal.SIGKILL)
        assert (result.result().value, result.result().forked) == ("answered", False)
        assert not is_alive(int(mark.read_text()))


def test_unseeded_draws_differ_between_forked_workers(job):
    with Workers(preload=["numpy.random"], use_zygote=True) as workers:
        first, second = workers.run(job("draws")), workers.run(job("draws"))
    assert first.forked
    assert first.value != second.value


def test_an_order_that_was_given_up_is_seen_before_the_fork():
    ours, theirs = socket.socketpair()
    with theirs:
        ours.sendall(b"folder")
        assert theirs.recv(100) == b"folder"
        assert not zygote._given_up(theirs)
        ours.close()
        assert zygote._given_up(theirs)


def test_a_worker_that_cannot_start_says_why(project):
    gone = project / "gone"
    for forked in (False, True):
        with Workers(use_zygote=forked) as workers:
            result = workers.run(Job("subject:echo", None, gone, (str(project),), 60))
        assert result.forked is forked
        assert result.failure.kind == "died"
        assert "FileNotFoundError" in result.output
