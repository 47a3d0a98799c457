"""Every way in which a job ends, in spawned and in forked workers alike."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mlguard.core.error import RunError, UsageError
from mlguard.worker.environment import Environment
from mlguard.worker.job import Job
from mlguard.worker.pool import Workers
from tests.worker.living import is_alive, until


def test_a_value_of_several_megabytes_comes_back(call):
    payload = {"bytes": os.urandom(4_000_000), "ints": list(range(100_000))}
    result = call("echo", payload)
    assert result.failure is None
    assert result.value == payload


def test_the_worker_is_of_the_kind_that_was_asked_for(call, workers):
    assert call("echo").forked is (workers.kind == "forked")
    assert call("echo", fresh=True).forked is False
    assert call("echo", environment=Environment(hash_seed=1)).forked is False


def test_it_works_in_the_root_with_a_private_temporary_folder(call, project):
    first, second = call("where").value, call("where").value
    assert first["cwd"] == str(project)
    assert first["argv"] == ["mlguard"]
    assert first["path"] == [str(project)]
    assert first["temporary"] != second["temporary"]
    assert not Path(first["temporary"]).exists()


def test_pytest_is_not_to_be_seen_by_guarded_code(call):
    assert "PYTEST_CURRENT_TEST" in os.environ
    assert call("variables", ["PYTEST_CURRENT_TEST"]).value == {"PYTEST_CURRENT_TEST": None}


def test_output_of_all_kinds_is_captured_in_order(call):
    assert call("speak").output == "via print: é\nvia the descriptor\nvia a child\n"


def test_only_the_end_of_a_long_output_comes_back(call):
    output = call("babble", 20_000).output
    assert len(output) == 64 * 1024
    assert output.endswith("line 0019999\n")


def test_an_exception_comes_back_with_stage_cause_and_the_users_frames(call, project):
    failure = call("raises", "golden").failure
    assert (failure.kind, failure.text, failure.stage) == ("raised", "LookupError: no golden", "train")
    assert "invalid literal for int()" in failure.traceback
    assert "mlguard" not in failure.traceback.replace(str(project), "")
    assert [(frame.path, frame.function) for frame in failure.frames] == [(str(project / "subject.py"), "raises")]
    assert failure.frames[0].code == 'raise LookupError(f"no {payload}") from error'
    assert isinstance(failure.exception, LookupError)


def test_an_exception_of_the_projects_own_comes_back_as_text(call):
    failure = call("raises_own").failure
    assert (failure.kind, failure.text, failure.exception) == ("raised", "subject.OwnError: mine", None)
    assert "subject" not in sys.modules


@pytest.mark.parametrize("function", ["raises_usage", "raises_usage_with_tblib"])
def test_an_mlguard_error_comes_back_itself_and_without_what_it_came_from(call, function):
    error = call(function).failure.exception
    assert isinstance(error, UsageError)
    assert error.slug == "guard-wrong"
    assert "subject" not in sys.modules


@pytest.mark.parametrize(
    ("function", "payload", "kind", "text"),
    [
        ("leaves", 3, "raised", "SystemExit: 3"),
        ("returns_a_lambda", None, "raised", "what subject:returns_a_lambda returned cannot be sent back: "),
        ("nowhere", None, "raised", "AttributeError: module 'subject' has no attribute 'nowhere'"),
        ("absent:function", None, "raised", "ModuleNotFoundError: No module named 'absent'"),
        ("exits", 0, "died", "exit code 0"),
        ("exits", 7, "died", "exit code 7"),
        ("aborts", None, "died", "SIGABRT"),
    ],
)
def test_each_other_end_is_named(call, function, payload, kind, text):
    failure = call(function, payload).failure
    assert failure.kind == kind
    assert failure.text.startswith(text)


@pytest.mark.parametrize("levels", [1, 2], ids=["its own folder", "the folder of all jobs"])
@pytest.mark.parametrize("then", ["", "_and_hangs", "_and_dies"])
def test_code_that_removes_the_folder_above_its_own_is_named_and_the_next_job_runs(call, levels, then):
    failure = call(f"removes{then}", levels, timeout=2).failure
    assert failure.kind == "lost"
    assert failure.text.startswith("the folder of its run, above its folder for temporary files, was removed")
    assert failure.stage == "train"
    assert call("echo", 5).value == 5


def test_code_may_remove_its_own_temporary_folder(call):
    assert call("removes", 0).value == "removed"


def test_a_job_that_lost_its_folder_to_another_runs_again(call, project, tmp_path):
    # The first of its two runs waits until somebody else has removed the folder of all jobs.
    mark = tmp_path / "ran"
    source = project / "subject.py"
    source.write_text(
        source.read_text() + "\n\ndef once(payload, progress):\n"
        "    if not os.path.exists(payload):\n        open(payload, 'w').close()\n"
        "        removes(2, progress)\n    return 'whole'\n"
    )
    assert call("once", str(mark)).value == "whole"


def test_jobs_beside_one_that_removes_all_folders_run_again_without_it(call, tmp_path):
    marks = [tmp_path / "left", tmp_path / "right"]
    with ThreadPoolExecutor(2) as threads:
        neighbours = [threads.submit(call, "outlives_its_folder", str(mark)) for mark in marks]
        assert until(lambda: all(mark.exists() for mark in marks))
        assert call("removes", 2).failure.kind == "lost"
        assert [neighbour.result().value for neighbour in neighbours] == ["whole", "whole"]


def test_a_death_keeps_its_stage_and_says_where_the_code_was(call):
    result = call("aborts")
    assert result.failure.stage == "predict"
    assert "in aborts" in result.output


def test_a_timeout_kills_grandchildren_and_says_stage_and_place(call, tmp_path):
    pids = tmp_path / "pids"
    result = call("hangs", str(pids), timeout=3)
    assert (result.failure.kind, result.failure.stage) == ("timeout", "train")
    assert result.failure.text == "ran past its limit of 3 s"
    assert "in hangs" in result.output
    assert not any(is_alive(int(pid)) for pid in pids.read_text().split())


def test_a_process_that_the_code_left_behind_is_ended(call):
    pid = call("leaves_a_child").value
    assert until(lambda: not is_alive(pid))


def test_an_answer_stands_although_the_worker_will_not_leave(call, monkeypatch):
    monkeypatch.setattr("mlguard.worker.pool.LEAVING", 0.5)
    result = call("leaves_a_thread")
    assert (result.value, result.failure) == ("answered", None)


def test_jobs_of_several_threads_run_at_once(call, tmp_path):
    # Each waits for the other's file: one after the other, the first would never end.
    results = {}
    names = ("left", "right")

    def run(name: str, other: str) -> None:
        results[name] = call("meets", (str(tmp_path / name), str(tmp_path / other))).value

    threads = [threading.Thread(target=run, args=pair) for pair in (names, names[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {"left": "met", "right": "met"}


def test_openmp_and_process_pools_work_and_agree(call):
    first, second = call("boosts", True), call("boosts", False)
    assert first.failure is None, first.failure
    assert first.value[0] == second.value[0]
    assert first.value[1:] == ([0, 1, 2], {1})


def test_closed_workers_take_no_job(project):
    workers = Workers()
    workers.close()
    with pytest.raises(RunError, match="workers-closed"):
        workers.run(Job("subject:echo", None, project))


def test_a_job_that_runs_at_the_close_is_killed(project, tmp_path):
    pids, raised = tmp_path / "pids", []
    workers = Workers()

    def run() -> None:
        try:
            workers.run(Job("subject:hangs", str(pids), project, (str(project),)))
        except RunError as error:
            raised.append(error.slug)

    thread = threading.Thread(target=run)
    thread.start()
    assert until(lambda: pids.exists() and pids.read_text().endswith("\n"))
    workers.close()
    thread.join()
    assert raised == ["workers-closed"]
    assert not any(is_alive(int(pid)) for pid in pids.read_text().split())
