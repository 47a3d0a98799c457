"""A sample of what is tried against goldens: hostile pull requests, faults, many writers, damaged inputs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the tools watch processes through Linux")


@pytest.fixture(scope="module")
def answer() -> Any:
    """What the tool says; one process for all, since it takes longest to begin."""
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.attacks"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode in (0, 1), ran.stderr
    return json.loads(ran.stdout)


def test_a_pull_request_of_data_reaches_nothing_outside_takes_little_and_ends_in_no_traceback(answer):
    attacks = {name: problems for family in answer["hostile"].values() for name, problems in family.items()}
    assert len(attacks) == 6
    assert {name: problems for name, problems in attacks.items() if problems} == {}


def test_a_fault_at_any_call_leaves_the_old_golden_or_the_new_one(answer):
    trials = answer["faults"]
    if not trials:
        pytest.skip("this system lets no process watch the calls of another one")
    assert {trial["fault"]["kind"] for trial in trials} == {"kill", "EIO"}
    assert [trial for trial in trials if trial["problems"]] == []


def test_every_approval_that_was_answered_is_in_the_log(answer):
    writers = answer["writers"]
    assert writers["commands"] == 8
    assert writers["recorded"] >= 2
    assert writers["problems"] == {}


def test_damaged_inputs_end_in_the_errors_that_are_documented(answer):
    assert all(one["inputs"] >= 20 and one["lines"] > 10 for one in answer["fuzz"])
    assert {one["reader"]: one["findings"] for one in answer["fuzz"] if one["findings"]} == {}
