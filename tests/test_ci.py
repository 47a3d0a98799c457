"""What CI services say of a run: whether it is one, whose, and how long ago the push came."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mlguard.ci import handles, in_ci, since_push

PUSHED = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
NOW = datetime(2026, 11, 28, 9, 36, tzinfo=UTC)
SECONDS, TEXT = int(PUSHED.timestamp()), "2026-11-28T09:30:00Z"


@pytest.mark.parametrize(
    ("value", "ci"),
    [("true", True), ("1", True), ("yes", True), ("0", False), ("false", False), (" FALSE ", False), ("", False)],
)
def test_ci_is_set_to_a_true_value(value: str, ci: bool) -> None:
    assert in_ci({"CI": value}) is ci
    assert not in_ci({})


def test_handles_are_those_that_services_name() -> None:
    assert handles({"GITHUB_ACTOR": "ada", "GITLAB_USER_LOGIN": ""}) == ["ada"]


Job = Callable[..., dict[str, str]]


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """The variables of a GitHub job: given the name of its event and what its file holds."""

    def made(name: str, content: object) -> dict[str, str]:
        file = tmp_path / "event.json"
        file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(file)}

    return made


def requested(action: str, pushed_at: object = TEXT) -> dict[str, object]:
    """The event of a pull request; its own repository was pushed to at another time."""
    head = {"head": {"repo": {"pushed_at": pushed_at}}}
    return {"action": action, "pull_request": head, "repository": {"pushed_at": "2026-11-28T09:35:00Z"}}


def test_a_push_tells_seconds_and_a_pull_request_a_text(job: Job) -> None:
    assert since_push(job("push", {"repository": {"pushed_at": SECONDS}}), NOW) == 360
    for name in ("pull_request", "pull_request_target"):
        assert since_push(job(name, requested("synchronize")), NOW) == 360


def test_the_pipeline_of_a_push_tells_when_it_was_made() -> None:
    told = {"GITLAB_CI": "true", "CI_PIPELINE_SOURCE": "push", "CI_PIPELINE_CREATED_AT": TEXT}
    assert since_push(told, NOW) == 360
    assert since_push(told | {"CI_PIPELINE_CREATED_AT": "2026-11-28T10:30:00+01:00"}, NOW) == 360
    assert since_push(told | {"CI_PIPELINE_CREATED_AT": "2026-11-28T09:30:00"}, NOW) == 360
    assert since_push(told | {"CI_PIPELINE_CREATED_AT": "soon"}, NOW) is None
    for source in ("schedule", "web", "merge_request_event"):
        assert since_push(told | {"CI_PIPELINE_SOURCE": source}, NOW) is None
    assert since_push({}, NOW) is None


@pytest.mark.parametrize("name", ["schedule", "workflow_dispatch", "merge_group"])
def test_a_run_that_no_push_began_says_nothing(job: Job, name: str) -> None:
    assert since_push(job(name, {"repository": {"pushed_at": TEXT}}), NOW) is None


@pytest.mark.parametrize("action", ["opened", "labeled", "reopened"])
def test_a_request_that_nobody_pushed_to_says_nothing(job: Job, action: str) -> None:
    assert since_push(job("pull_request", requested(action)), NOW) is None


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"\xff\xfe", b"[" * 200_000, b"null", [], {}, {"repository": None}, {"repository": {}},
        {"repository": {"pushed_at": None}}, {"repository": {"pushed_at": "yesterday"}},
        {"repository": {"pushed_at": True}}, {"repository": {"pushed_at": [1]}}, {"repository": {"pushed_at": 1e300}},
        {"repository": {"pushed_at": float("nan")}}, {"repository": {"pushed_at": 0}},
        {"repository": {"pushed_at": SECONDS * 1000}}, {"repository": {"pushed_at": SECONDS + 3600}},
    ],
)  # fmt: skip
def test_a_strange_event_says_nothing(job: Job, content: object) -> None:
    assert since_push(job("push", content), NOW) is None


def test_a_file_that_is_none_says_nothing(job: Job, tmp_path: Path) -> None:
    told = job("push", {})
    for place in (tmp_path, tmp_path / "gone.json", "", "\0"):
        assert since_push(told | {"GITHUB_EVENT_PATH": str(place)}, NOW) is None
    del told["GITHUB_EVENT_NAME"]
    assert since_push(told, NOW) is None
