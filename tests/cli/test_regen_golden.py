"""`mlguard regen-golden`: what it records, shows, asks, refuses and leaves alone."""

from __future__ import annotations

import pytest

from mlguard.cli import approval
from tests.cli.test_check import second
from tests.project import CODE, FILES, GUARD, Project

REASON = ("--reason", "the shop moved")
SHIFT = ('model["shift"] +', 'model["shift"] + 0.25 +')
FOLDERS = {"golden/Line", "golden/_datasets/tiny"}


@pytest.fixture(scope="module")
def project(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A guard with its golden, and code that shifts it."""
    made = Project(tmp_path_factory.mktemp("regen"))
    made.regen()
    made.edit(CODE, *SHIFT)
    return made


def folders(names: tuple[str, ...]) -> set[str]:
    return {name.rpartition("/")[0] for name in names}


def test_only_what_fails_is_recorded_and_a_second_time_nothing(fresh: Project):
    first = fresh.command("regen-golden", *REASON, "--yes")
    assert (first.code, folders(first.changed)) == (0, FOLDERS)
    assert "Line: recorded, " in first.out
    with fresh.also("tests/guards/test_second.py", second()):
        other = fresh.command("regen-golden", *REASON, "--yes", "--json")
        assert {g["name"]: g["did"] for g in other.json["guards"]} == {"Line": "unchanged", "Second": "recorded"}
        assert folders(other.changed) == {"golden/Second"}
        everything = fresh.command("regen-golden", "--all", *REASON, "--yes", "--json")
    assert (everything.code, everything.changed) == (0, ())
    assert {g["did"] for g in everything.json["guards"]} == {"unchanged"}


def test_a_dry_run_shows_signed_shifts_and_worst_rows_needs_no_reason_and_writes_nothing(project: Project):
    ran = project.command("regen-golden", "--dry-run", CI="true")
    assert (ran.code, ran.changed) == (0, ())
    lines = ran.out.splitlines()
    assert lines[0] == "Line: shifted"
    assert lines[1].startswith("  test.prediction: 4 of 4 moved, +0.25 on average, worst 1")


def test_it_asks_and_what_is_declined_is_not_written(project: Project):
    ran = project.command("regen-golden", *REASON, answer="n\n")
    assert (ran.code, ran.changed) == (1, ())
    assert "accept Line? [y/N]" in ran.err
    assert project.pending() == ["Line"]


@pytest.mark.parametrize("command", ["regen-golden", "calibrate"])
def test_where_nobody_can_answer_nothing_is_measured_first(project: Project, monkeypatch: pytest.MonkeyPatch, command):
    monkeypatch.setattr(approval, "can_be_answered", lambda: False)
    ran = project.command(command, *REASON)
    told = "mlguard: recording asks before it writes, and standard input gives no answer; pass --yes [no-answer]\n"
    assert (ran.code, ran.changed, ran.err) == (2, (), told)


def test_a_question_that_nobody_can_answer_is_usage(project: Project):
    ran = project.command("regen-golden", *REASON)
    assert (ran.code, ran.changed) == (2, ())
    assert "pass --yes" in ran.err


@pytest.mark.parametrize("value", ["true", "1", "yes"])
def test_in_ci_nothing_is_recorded(project: Project, value: str):
    ran = project.command("regen-golden", *REASON, "--yes", CI=value)
    assert (ran.code, ran.out, ran.changed) == (2, "", ())
    assert f"CI={value}" in ran.err
    assert "--allow-ci" in ran.err


@pytest.mark.parametrize("value", ["0", "false", "False", ""])
def test_a_false_ci_is_none_and_no_reason_is_refused_all_the_same(project: Project, value: str):
    ran = project.command("regen-golden", "--yes", CI=value)
    assert (ran.code, ran.changed) == (2, ())
    assert "reason-missing" in ran.err


def test_accepting_in_ci_is_possible_in_so_many_words_and_takes_the_pending_record_away(fresh: Project):
    fresh.check()
    assert fresh.pending() == ["Line"]
    ran = fresh.command("regen-golden", *REASON, answer="y\n", CI="true")
    assert ran.code == 2
    ran = fresh.command("regen-golden", "--allow-ci", *REASON, answer="y\n", CI="true")
    assert (ran.code, folders(ran.changed)) == (0, FOLDERS)
    assert fresh.golden().approvals[0].reason == "the shop moved"
    assert fresh.pending() == []


def test_an_unstable_guard_is_refused_with_4_beside_others_that_are_recorded(fresh: Project):
    unseeded = "import numpy as np\n        return line.answer(model, rows) + np.random.default_rng().normal()"
    with fresh.also("tests/guards/test_second.py", second(body=unseeded)):
        ran = fresh.command("regen-golden", *REASON, "--yes", "--json")
    assert (ran.code, folders(ran.changed)) == (4, FOLDERS)
    told = {g["name"]: (g["did"], g["outcome"]) for g in ran.json["guards"]}
    assert told == {"Line": ("recorded", "match"), "Second": ("refused", "unstable")}
    assert "guard Second is unstable: " in ran.err


def test_a_gate_that_no_golden_can_satisfy_stays_red(fresh: Project):
    fresh.edit(GUARD, "    seeds = (0, 1)\n", '    seeds = (0, 1)\n    require = {"mae": "< 0.1"}\n')
    fresh.command("regen-golden", *REASON, "--yes")
    ran = fresh.command("regen-golden", *REASON, "--yes")
    assert (ran.code, ran.changed) == (1, ())
    assert "mae is 0.37" in ran.err
    assert "required is < 0.1" in ran.err
    # Nothing moved: there is nothing to record, whatever was edited.
    fresh.edit(CODE, "def fit(", "# Least squares.\ndef fit(")
    ran = fresh.command("regen-golden", *REASON, "--yes")
    assert (ran.code, ran.changed) == (1, ())
    assert "recording cannot help" in ran.err
    assert fresh.pending() == ["Line"]


def test_a_broken_module_is_said_and_is_no_success(fresh: Project):
    with fresh.also("tests/guards/test_broken.py", "import no_such_module\n"):
        ran = fresh.command("regen-golden", *REASON, "--yes")
    assert (ran.code, folders(ran.changed)) == (5, FOLDERS)
    assert "tests/guards/test_broken.py cannot be imported" in ran.err


def test_a_golden_folder_that_is_in_the_way_is_an_error_with_nothing_written(at_once: None, tmp_path_factory):
    blocked = Project(tmp_path_factory.mktemp("blocked"), {**FILES, "golden": "a file\n"})
    ran = blocked.command("regen-golden", *REASON, "--yes", "--json")
    assert (ran.code, ran.changed) == (5, ())
    assert [g["did"] for g in ran.json["guards"]] == ["not written"]
    assert "golden/_datasets/tiny was not written" in ran.err
