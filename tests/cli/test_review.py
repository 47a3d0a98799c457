"""`mlguard review`: a session at a terminal, the same from a script, and what it refuses; exit codes and files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.checker.test_review import measured
from tests.cli.test_check import second
from tests.project import CODE, FILES, Project

SHIFT = ('model["shift"] +', 'model["shift"] + 1 +')
GUARDS = {
    "Line": "tests/guards/test_line.py",
    "Second": "tests/guards/test_second.py",
    "Third": "tests/guards/test_third.py",
}
REASON = ("--reason", "dearer")


@pytest.fixture(scope="module")
def made(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Three guards with goldens; their code has shifted since, and a check saw it."""
    files = {GUARDS["Second"]: second(), GUARDS["Third"]: second("Third")}
    project = Project(tmp_path_factory.mktemp("review"), {**FILES, **files})
    with measured():
        for name, file in GUARDS.items():
            project.regen(name, file)
    project.edit(CODE, *SHIFT)
    for name, file in GUARDS.items():
        project.check(name, file)
    assert project.pending() == list(GUARDS)
    return project


@pytest.fixture
def project(made: Project, tmp_path: Path) -> Project:
    """The same project in a folder of its own."""
    return made.copied(tmp_path / "copy")


def folders(names: tuple[str, ...]) -> set[str]:
    return {name.rpartition("/")[0] for name in names}


def reasons(project: Project, name: str) -> list[str]:
    return [approval.reason for approval in project.golden(name).approvals]


def test_one_is_accepted_one_rejected_and_one_skipped(project: Project):
    ran = project.command("review", answer="d\na\nr\ns\n \ndearer\n", terminal=True)
    assert (ran.code, folders(ran.changed)) == (1, {"golden/Line"})  # What was skipped is red as before.
    assert project.pending() == ["Third"]
    assert [reasons(project, name) for name in GUARDS] == [["dearer", "a test"], ["a test"], ["a test"]]
    lines = ran.out.splitlines()
    assert lines[0] == "1 of 3  Line: shifted, first moved in stage predict"
    assert lines[1].startswith("  metrics: mae 0.3")
    assert lines[1].endswith("worse; rows 4, unchanged")
    assert lines[2].startswith("  moved: predict and evaluate; unchanged: dataset, split and contracts")
    assert lines[3].startswith("  test.prediction: 4 of 4 moved, +1 on average, worst ")
    assert sum("row " in line for line in lines) >= 3  # The details.
    assert lines[-2].strip().startswith("Line: recorded, ")  # An old click prints the blanks behind its questions.
    assert lines[-1] == "Second: rejected"
    again = project.command("check", "--json")
    assert {guard["name"]: guard["outcome"] for guard in again.json["guards"]} == {
        "Line": "match", "Second": "shifted", "Third": "shifted",
    }  # fmt: skip


def test_a_capital_decides_for_all_that_remain(project: Project):
    ran = project.command("review", *REASON, answer="r\nA\n", terminal=True)
    assert (ran.code, folders(ran.changed)) == (0, {"golden/Second", "golden/Third"})
    assert project.pending() == []


def test_whoever_quits_keeps_what_was_decided_before(project: Project):
    ran = project.command("review", answer="r\nq\n", terminal=True)
    assert (ran.code, ran.changed) == (1, ())
    assert project.pending() == ["Second", "Third"]


def test_an_input_that_ends_decides_nothing(project: Project):
    ran = project.command("review", answer="a\na\n", terminal=True)
    assert (ran.code, ran.changed) == (2, ())
    assert project.pending() == list(GUARDS)


def test_the_same_from_a_script(project: Project):
    ran = project.command("review", "--accept", "Line", "--reject", "S*", *REASON, "--json")
    assert (ran.code, folders(ran.changed)) == (0, {"golden/Line"})
    told = {guard["name"]: guard for guard in ran.json["guards"]}
    assert {name: guard["did"] for name, guard in told.items()} == {"Line": "recorded", "Second": "rejected"}
    assert set(told["Line"]["files"]) == {str(project.root / name) for name in ran.changed}
    (mae, _) = told["Line"]["metrics"]
    assert (mae["name"], mae["moved"], mae["better"]) == ("mae", True, False)
    assert project.pending() == ["Third"]


def test_a_list_shows_what_waits_and_decides_nothing(project: Project):
    ran = project.command("review", "--list", CI="true")
    assert (ran.code, ran.changed, ran.err) == (1, (), "")
    assert [line for line in ran.out.splitlines() if line[:1] != " "] == [
        f"{name}: shifted, first moved in stage predict" for name in GUARDS
    ]
    shown = project.command("review", "Second", "Third", "--list", "--json").json
    assert [(one["name"], one["acceptable"], one["obstacles"]) for one in shown["waiting"]] == [
        ("Second", True, []), ("Third", True, []),
    ]  # fmt: skip
    assert shown["exit_code"] == 1
    assert project.pending() == list(GUARDS)


def test_where_nothing_waits_there_is_nothing_to_do(project: Project):
    project.command("review", "--reject", "*")
    for arguments in ((), ("--list",)):
        ran = project.command("review", *arguments, terminal=True)
        assert (ran.code, ran.out, ran.changed) == (0, "nothing waits for review\n", ())
    assert project.command("review", "--list", "--json").json == {"exit_code": 0, "waiting": []}


def test_what_was_seen_before_an_edit_is_refused_beside_what_is_accepted(project: Project):
    project.edit(GUARDS["Line"], "seeds = (0, 1)", "seeds = (0, 2)")
    ran = project.command("review", "--accept", "Line", "--accept", "Second", *REASON)
    assert (ran.code, folders(ran.changed)) == (1, {"golden/Second"})
    assert f"cannot be accepted: edited since that run: {GUARDS['Line']}" in ran.err
    assert "mlguard check Line" in ran.err
    asked = project.command("review", "Line", answer="a\nr\n", terminal=True)
    assert (asked.code, asked.changed) == (0, ())
    assert "cannot be accepted, as said above" in asked.err


def test_what_has_to_be_measured_names_the_command(project: Project):
    project.edit(CODE, '"rows": len(y)', '"rows": len(y), "top": float(y.max())')
    project.check()
    ran = project.command("review", "--accept", "Line", *REASON)
    assert (ran.code, ran.changed) == (1, ())
    assert "their noise was never measured: evaluate top" in ran.err
    assert 'measure and record it: mlguard regen-golden Line --reason "…"' in ran.err


WRONG = {
    "no terminal": ((), "review-no-terminal"),
    "no reason": (("--accept", "Line"), "reason-missing"),
    "a blank reason": (("--accept", "Line", "--reason", " "), "reason-missing"),
    "nobody's name": (("--reject", "Lime"), "review-nothing-pending"),
    "both": (("--accept", "Line", "--reject", "L*", *REASON), "by --accept and by --reject"),
    "a list that decides": (("--list", "--reject", "Line"), "--list decides nothing"),
    "an intent of nothing": (("--reject", "Line", "--intent", "preserving"), "--intent: kept with what is accepted"),
    "a reason for a list": (("--list", *REASON), "--reason: kept with what is accepted"),
    "names twice": (("Line", "--reject", "Line"), "not both"),
    "an empty folder": (("--list", "--from", "tests"), "review-nothing-pending"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_meant_is_usage_and_changes_nothing(made: Project, what: str):
    arguments, told = WRONG[what]
    ran = made.command("review", *arguments)
    assert (ran.code, ran.out, ran.changed) == (2, "", ())
    assert told in ran.err
    assert made.pending() == list(GUARDS)


def test_in_ci_nothing_is_accepted_unless_it_is_allowed(project: Project):
    accept = ("review", "--accept", "Line", *REASON)
    for arguments in (accept, ("review",)):
        ran = project.command(*arguments, answer="A\n", terminal=True, CI="true")
        assert (ran.code, ran.changed) == (2, ())
        assert "ci-refused" in ran.err
    assert project.command(*accept, "--allow-ci", CI="true").code == 0
    assert project.command("review", "--reject", "Second", CI="true").code == 0


def test_records_that_ci_kept_are_accepted_here(project: Project, tmp_path: Path):
    shutil.move(project.root / ".mlguard", tmp_path / "artifact/.mlguard")
    ran = project.command("review", "--from", str(tmp_path / "artifact"), "--accept", "*", *REASON)
    assert (ran.code, folders(ran.changed)) == (0, {f"golden/{name}" for name in GUARDS})


def test_a_golden_that_cannot_be_written_is_an_error_with_nothing_changed(project: Project, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mlguard.files.swap.replace", full)
    ran = project.command("review", "--accept", "Line", *REASON, "--json")
    assert (ran.code, ran.changed) == (5, ())
    assert [guard["did"] for guard in ran.json["guards"]] == ["not written"]
    assert project.pending() == list(GUARDS)


def test_o_opens_a_page_and_asks_again(project: Project, monkeypatch: pytest.MonkeyPatch):
    opened: list[Path] = []
    monkeypatch.setattr("mlguard.cli.review.show_file", opened.append)
    ran = project.command("review", "Line", answer="o\nr\n", terminal=True)
    assert (ran.code, opened) == (0, [project.root / ".mlguard/report.html"])
    assert "  report: .mlguard/report.html" in ran.err
    assert "<h2>Line</h2>" in opened[0].read_text(encoding="utf-8")
    assert "Line" not in project.pending()


def test_a_page_that_cannot_be_written_is_told_and_asked_again(project: Project):
    project.write(".mlguard/report.html", "mine")
    ran = project.command("review", "Line", answer="o\nr\n", terminal=True)
    assert ran.code == 0
    assert "report.html is there and no report of mlguard" in ran.err
    assert (project.root / ".mlguard/report.html").read_text() == "mine"
