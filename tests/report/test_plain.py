from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlguard.core.record import Role
from mlguard.core.run_name import LATER, MAIN, REFIT, Config, Seed
from mlguard.core.verdict import Finding, Moved, Outcome, Verdict
from mlguard.report.plain import as_data, from_data, run_as_data
from tests.properties import examples
from tests.report.verdicts import VERDICTS

TEXT = st.text(max_size=4)
RUNS = st.one_of(
    st.sampled_from([MAIN, LATER, REFIT]), st.builds(Seed, st.integers(0)), st.builds(Config, st.text(min_size=1))
)
SIZES = st.one_of(st.none(), st.floats())
CELLS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXT)
FINDINGS = st.builds(
    Finding, run=RUNS, stage=TEXT, observation=TEXT, outcome=st.sampled_from(Outcome), message=TEXT,
    role=st.sampled_from(Role), gates=st.booleans(), exact=st.booleans(), max_abs=SIZES, max_scaled=SIZES,
    limit=SIZES, signed=SIZES,
    moved=st.integers(0), total=st.integers(0), beyond_noise=st.booleans(), rows=st.lists(TEXT, max_size=2).map(tuple),
    worst=st.lists(st.builds(Moved, TEXT, CELLS, CELLS), max_size=2).map(tuple),
)  # fmt: skip
LINES = st.lists(TEXT, max_size=2).map(tuple)
MAYBE = st.one_of(st.none(), TEXT)
ALL = st.builds(
    Verdict, guard=TEXT, outcome=st.sampled_from(Outcome), findings=st.lists(FINDINGS, max_size=2).map(tuple),
    first_moved=MAYBE, first_run=RUNS, causes=LINES, remarks=LINES, problem=MAYBE, traceback=MAYBE, slug=MAYBE,
    stage=MAYBE, usage=st.booleans(), commit=MAYBE, file=MAYBE, seconds=st.floats(0, 1e6),
)  # fmt: skip


def through_json(data: dict[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(data, allow_nan=False, sort_keys=True))


@examples(40)
@given(ALL)
def test_a_verdict_comes_back_from_another_process_as_it_went(verdict: Verdict) -> None:
    again = from_data(through_json(as_data(verdict)))
    assert repr(again.findings) == repr(verdict.findings)
    assert as_data(again) == as_data(verdict)
    assert again.exit_code == verdict.exit_code


@pytest.mark.parametrize("name", VERDICTS)
def test_every_real_verdict_does(name: str) -> None:
    verdict = VERDICTS[name]
    assert from_data(through_json(as_data(verdict))) == verdict


def test_elements_that_json_cannot_say_are_spelled() -> None:
    finding = Finding(MAIN, "predict", "x", Outcome.SHIFTED, "", Role.GATE, True, max_scaled=float("inf"), worst=(
        Moved("0", float("nan"), 1 + 2j), Moved("1", float("-inf"), None)))  # fmt: skip
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
