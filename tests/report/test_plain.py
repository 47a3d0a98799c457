from __future__ import annotations

import json
from typing import Any

import pytest

from mlguard.core.difference import Difference, Moved
from mlguard.core.finding import Finding, Kind
from mlguard.core.outcome import Outcome
from mlguard.core.record import Role
from mlguard.core.run_name import MAIN
from mlguard.core.verdict import Verdict
from mlguard.report.plain import as_data, run_as_data
from tests.report.verdicts import VERDICTS


def through_json(data: dict[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(data, allow_nan=False, sort_keys=True))


@pytest.mark.parametrize("name", VERDICTS)
def test_every_verdict_is_strict_json_with_a_message_for_each_finding(name: str) -> None:
    data = through_json(as_data(VERDICTS[name]))
    assert all(finding["message"] for finding in data["findings"])
    assert all(finding["kind"] in set(Kind) for finding in data["findings"])


def test_elements_that_json_cannot_say_are_spelled() -> None:
    worst = (Moved("0", float("nan"), 1 + 2j), Moved("1", float("-inf"), None))
    moved = Difference(max_scaled=float("inf"), worst=worst)
    finding = Finding(MAIN, "predict", "x", Role.GATE, Kind.MOVED, Outcome.SHIFTED, True, difference=moved)
    data = through_json(as_data(Verdict("A", Outcome.SHIFTED, (finding,))))["findings"][0]
    assert (data["max_scaled"], data["worst"][0]) == ("inf", {"place": "0", "golden": "nan", "new": "(1+2j)"})
    assert data["worst"][1] == {"place": "1", "golden": "-inf", "new": None}


def test_a_run_holds_what_is_documented() -> None:
    data = through_json(run_as_data([VERDICTS["match"], VERDICTS["shifted"]]))
    assert (data["schema"], data["outcome"], data["exit_code"]) == (1, "shifted", 1)
    guard = data["guards"][1]
    assert guard.keys() >= {"name", "outcome", "first_moved", "findings"}
    assert (guard["name"], guard["outcome"], guard["first_moved"]) == ("Churn", "shifted", "train")
    needed = {"stage", "observation", "outcome", "message", "max_abs", "max_scaled", "limit", "moved", "total"}
    assert all(finding.keys() >= needed for finding in guard["findings"])


def test_a_run_of_nothing_is_no_match() -> None:
    assert (run_as_data([])["outcome"], run_as_data([])["exit_code"]) == ("missing", 3)
