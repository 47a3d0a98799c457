"""`mlguard check --try`: what a golden would hold, before there is one; nothing is compared and nothing is written."""

from __future__ import annotations

import pytest

from tests.project import CODE, GUARD, Project

RARE = (
    "def answer(model, rows):\n",
    "def answer(model, rows):\n    if len(rows) > 500:\n        rows = rows.head(500)\n",
)


def test_stages_contracts_and_what_no_row_reaches_are_shown(fresh: Project):
    fresh.edit(CODE, *RARE)
    fresh.edit(CODE, "return (model", 'rows["seen"] = 1\n    return (model')
    ran = fresh.command("check", "--try")
    assert (ran.code, ran.changed, ran.err) == (3, (), "")
    assert fresh.pending() == []
    lines = ran.out.splitlines()
    assert lines[0].startswith("Line: ")
    assert lines[0].endswith(" observations would be recorded; nothing was compared")
    told = {line.strip().partition(":")[0]: line for line in lines}
    assert list(told)[1:5] == ["dataset", "split", "train", "predict"]
    assert "2 values inside the model" in told["train"]
    assert "test.prediction 4, " in told["predict"]
    assert " rows of `probes` answered" in told["predict"]
    assert "mae 0.371239, rows 4" in told["evaluate"]
    assert "  does not hold: inputs unchanged: " in ran.out
    assert f"  no test row reaches {CODE}, line 9" in lines
    assert lines[-1] == '  record it: mlguard regen-golden Line --reason "first golden"'


def test_as_json_each_observation_is_described(fresh: Project):
    answer = fresh.command("check", "--try", "--json").json
    (guard,) = answer["guards"]
    assert (answer["exit_code"], guard["name"], guard["unreached"]) == (3, "Line", {})
    mae = next(one for one in guard["observations"] if (one["run"], one["name"]) == ("main", "mae"))
    assert mae == {"run": "main", "stage": "evaluate", "name": "mae", "role": "gate", "dtype": "float64", "shape": []}
    assert set(guard["contracts"].values()) <= {True, None}


def test_code_that_raises_or_cannot_be_declared_is_said_as_by_a_check(fresh: Project):
    with fresh.editing(CODE, "def answer(model, rows):\n", "def answer(model, rows):\n    raise ValueError('no')\n"):
        ran = fresh.command("check", "--try")
    assert (ran.code, ran.out.strip()) == (5, "")
    assert "ValueError: no" in ran.err
    with fresh.editing(GUARD, "seeds = (0, 1)", "sedes = (0, 1)"):
        ran = fresh.command("check", "--try")
    assert ran.code == 2
    assert "did you mean `seeds`?" in ran.err


@pytest.mark.parametrize("option", ["--quick", "--costs", "--in-process"])
def test_it_stands_alone(fresh: Project, option: str):
    ran = fresh.command("check", "--try", option)
    assert (ran.code, ran.out) == (2, "")
