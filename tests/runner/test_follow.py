"""A worker as the log tells of it."""

from __future__ import annotations

import re

import pytest

from mlguard.runner.follow import Telling, follow
from mlguard.worker.job import Failure, Follower, Word


@pytest.fixture
def follower(caplog: pytest.LogCaptureFixture) -> Follower:
    caplog.set_level("DEBUG", "mlguard")
    found = follow("Churn")
    assert found is not None
    return found


def words(follower: Follower, *told: tuple[str, str, float]) -> None:
    for part, calling, when in told:
        follower.heard(Word("train", calling, when, part))


def test_without_a_log_nobody_follows() -> None:
    assert follow("Churn") is None


def test_each_part_has_a_start_and_an_end_with_the_workers_own_seconds(
    follower: Follower, caplog: pytest.LogCaptureFixture
) -> None:
    follower.started(7, forked=True)
    words(follower, ("train", "", 10.0), ("train", "`train`", 10.1), ("probes", "", 12.5), ("", "", 13.0))
    follower.ended(None)
    assert [(one.levelname, one.getMessage().removeprefix("Churn [7]: ")) for one in caplog.records] == [
        ("INFO", "worker started, forked"),
        ("INFO", "train started"),
        ("DEBUG", "train calls `train`"),
        ("INFO", "train ended, 2.50 s"),
        ("INFO", "probes started"),
        ("INFO", "probes ended, 0.50 s"),
    ]


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (Failure("raised", "KeyError: 'a secret'", "train"), "raised"),
        (Failure("died", "SIGSEGV", "train"), "died, SIGSEGV"),
        (Failure("timeout", "ran past its limit of 3 s", "train"), "timeout, ran past its limit of 3 s"),
    ],
)
def test_a_part_that_did_not_end_well_is_a_warning_without_the_text_of_the_code(
    follower: Follower, caplog: pytest.LogCaptureFixture, failure: Failure, told: str
) -> None:
    follower.started(7, forked=False)
    words(follower, ("train", "", 10.0))
    follower.ended(failure)
    warned, ended = caplog.records[-2:]
    assert (warned.levelname, warned.getMessage()) == ("WARNING", f"Churn [7]: train did not end well: {told}")
    assert re.fullmatch(r"Churn \[7\]: train ended, -?[0-9.]+ s", ended.getMessage())
    assert "secret" not in caplog.text


def test_a_second_worker_of_a_job_has_its_own_number(follower: Follower, caplog: pytest.LogCaptureFixture) -> None:
    for number in (7, 8):
        follower.started(number, forked=False)
        follower.ended(Failure("lost", "its folder", None))
    assert caplog.messages[2:] == [
        "Churn [8]: worker started, as a new interpreter",
        "Churn [8]: the worker did not end well: lost",
    ]


def test_a_run_in_this_process_tells_the_same(follower: Follower, caplog: pytest.LogCaptureFixture) -> None:
    telling = Telling(follower)
    telling("predict", "probes")
    telling.calling("`predict` for missing age")
    follower.ended(None)
    assert [line.partition("]: ")[2] for line in caplog.messages[1:3]] == [
        "probes started",
        "probes calls `predict` for missing age",
    ]
