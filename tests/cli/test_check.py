"""`mlguard check`: answers, exit codes, JSON, names and places; one view of input, command and output each."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from syrupy.assertion import SnapshotAssertion

from mlguard.cli import checking
from tests.project import CODE, FILES, GUARD, Project

SHIFT = ('model["shift"] +', 'model["shift"] + 0.25 +')

SECOND = """\
import line
from mlguard import Guard


class {name}(Guard):
    dataset = "tiny"
    seeds = (0,)

    def train(self, train):
        return line.fit(train)

    def predict(self, model, rows):
        {body}
"""


def stable(text: str) -> str:
    """The text without what round-off decides: last digits, and which of several equal moves is the worst."""
    kept = (line for line in text.splitlines() if "moved in the last digits" not in line)
    shown = (re.sub(r"row .*: \S+ -> \S+", "row …: … -> …", line) for line in kept)
    return "\n".join(re.sub(r"\d+ observations", "… observations", line) for line in shown)


def second(name: str = "Second", body: str = "return line.answer(model, rows)") -> str:
    return SECOND.format(name=name, body=body)


@pytest.fixture(scope="module")
def project(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Two guards with goldens: one in full, one without metrics."""
    made = Project(tmp_path_factory.mktemp("check"), {**FILES, "tests/guards/test_second.py": second()})
    made.regen()
    made.regen("Second", "tests/guards/test_second.py")
    return made


@pytest.fixture(scope="module", autouse=True)
def quiet(at_once: None) -> Iterator[None]:
    """Guards one after the other: threads start workers in any order, and none of this is about them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.cpu_count", lambda: 1)
        yield


def test_matching_guards_exit_with_0_and_write_nothing(project: Project, snapshot: SnapshotAssertion):
    ran = project.command("check")
    assert (ran.code, ran.err, ran.changed) == (0, "", ())
    assert stable(ran.out) == snapshot


def test_a_shift_says_what_moved_where_by_how_much_and_which_command_accepts_it(
    project: Project, snapshot: SnapshotAssertion
):
    with project.editing(CODE, *SHIFT):
        ran = project.command("check", "Line")
    assert (ran.code, ran.err, ran.changed) == (1, "", ())
    assert stable(ran.out) == snapshot


def test_json_is_one_document_alone_on_standard_output(project: Project):
    with project.editing(CODE, *SHIFT):
        ran = project.command("check", "Line", "--json")
    told = ran.json
    assert (told["outcome"], told["exit_code"], ran.code) == ("shifted", 1, 1)
    (guard,) = told["guards"]
    assert (guard["name"], guard["outcome"], guard["first_moved"]) == ("Line", "shifted", "predict")
    for finding in guard["findings"]:
        assert {"stage", "observation", "outcome", "message"} <= finding.keys()
    moved = next(f for f in guard["findings"] if (f["run"], f["observation"]) == ("main", "test.prediction"))
    assert (moved["moved"], moved["total"]) == (4, 4)
    assert moved["max_abs"] == pytest.approx(0.25)
    assert moved["limit"] < moved["max_abs"] / 1e6
    assert moved["max_scaled"] > 0


def test_names_are_exact_first_and_globs_otherwise_from_any_folder_below(project: Project):
    assert [g["name"] for g in project.command("check", "Line", "--json", below="tests/guards").json["guards"]] == [
        "Line"
    ]
    told = project.command("check", "Sec*", "Line", "--json", below="datasets/generators").json
    assert sorted(g["name"] for g in told["guards"]) == ["Line", "Second"]


def test_an_unknown_name_is_usage_with_the_nearest_and_where_it_looked(project: Project):
    ran = project.command("check", "Lime", "Second")
    assert (ran.code, ran.out) == (2, "")
    for part in ("'Lime'", "tests/guards", "nearest: Line", "guard-unknown"):
        assert part in ran.err


def test_a_test_is_no_guard_and_its_own_command_is_named(project: Project):
    ran = project.command("check", "tests/test_x.py::test_y[a]")
    assert (ran.code, ran.out) == (2, "")
    assert "`pytest 'tests/test_x.py::test_y[a]' --regen-golden --golden-reason" in ran.err


@pytest.mark.parametrize("names", [("Broken",), ("Line", "Broken"), ("Lime",)])
def test_a_name_that_a_broken_module_may_declare_is_called_unknown_by_nobody(project: Project, names: tuple[str, ...]):
    with project.also("tests/guards/test_broken.py", "import no_such_module\n"):
        ran = project.command("check", *names)
    assert (ran.code, ran.out) == (5, "")
    assert "no guard" not in ran.err
    assert ran.err.endswith("mend the import; nothing was run [guard-module-raised]\n")
    assert "tests/guards/test_broken.py cannot be imported" in ran.err
    assert "No module named 'no_such_module'" in ran.err


def test_a_project_without_guards_says_where_it_looked(project: Project):
    with project.editing("pyproject.toml", "[tool.mlguard]\n", '[tool.mlguard]\nguards = ["line.py"]\n'):
        ran = project.command("check")
    assert (ran.code, ran.out) == (2, "")
    assert "no guards found" in ran.err
    assert "line.py" in ran.err


def test_a_folder_that_is_no_project_is_usage_and_json_says_so_too(
    at_once: None, tmp_path_factory: pytest.TempPathFactory
):
    nowhere = Project(tmp_path_factory.mktemp("nowhere"), {"pyproject.toml": "[project]\nname = 'x'\n"})
    ran = nowhere.command("check", "--json")
    assert ran.code == 2
    assert (ran.json["error"]["slug"], ran.json["exit_code"]) == ("no-project", 2)
    assert str(nowhere.root) in ran.err
    assert ran.changed == ()


@pytest.mark.parametrize(
    ("body", "code", "outcome"),
    [
        ("raise ValueError('no')", 5, "error"),
        ("return line.answer(model, rows) + 1", 1, "shifted"),
        ("return [1.0]", 2, "error"),
    ],
)
def test_the_worst_guard_decides_and_the_others_still_run(project: Project, body: str, code: int, outcome: str):
    name = "tests/guards/test_second.py"
    with project.editing(name, "return line.answer(model, rows)", body):
        ran = project.command("check", "--json")
    assert ran.code == ran.json["exit_code"] == code
    assert {g["name"]: g["outcome"] for g in ran.json["guards"]} == {"Line": "match", "Second": outcome}


def test_a_stale_golden_shows_in_a_complete_run_only_and_less_than_a_shift(project: Project):
    moved = project.root / "tests/guards/test_second.py"
    kept = moved.read_text()
    moved.unlink()
    try:
        complete, named = project.command("check", "--json"), project.command("check", "Line", "--json")
        with project.editing(CODE, *SHIFT):
            shifted = project.command("check", "--json")
    finally:
        moved.write_text(kept)
    assert (complete.code, complete.json["outcome"]) == (3, "stale")
    assert named.code == 0
    assert shifted.code == 1
    assert {g["name"]: g["outcome"] for g in shifted.json["guards"]} == {"Line": "shifted", "Second": "stale"}


def test_a_broken_module_is_an_error_and_hides_no_other_guard(project: Project):
    with project.also("tests/guards/test_broken.py", "import line\nline.no_such_name\n"):
        ran = project.command("check", "--json")
    assert ran.code == 5
    told = {g["name"]: g["outcome"] for g in ran.json["guards"]}
    assert told == {"Line": "match", "Second": "match", "tests/guards/test_broken.py": "error"}


def test_quick_calls_nothing_missing(project: Project):
    ran = project.command("check", "--quick", "--json")
    assert ran.code == 0
    assert {f["run"] for g in ran.json["guards"] for f in g["findings"]} == {"main"}


def test_two_guards_that_would_share_a_golden_are_refused_before_any_runs(project: Project):
    with project.also("tests/guards/test_third.py", second("LINE")):
        ran = project.command("check")
    assert (ran.code, ran.out) == (2, "")
    for part in (GUARD, "tests/guards/test_third.py", "Line", "LINE", "would share a golden"):
        assert part in ran.err


def test_one_verdict_that_cannot_be_shown_hides_no_other(project: Project, monkeypatch: pytest.MonkeyPatch):
    for where in ("draw", "as_data"):
        shown = getattr(checking, where)
        monkeypatch.setattr(
            checking, where, lambda verdict, shown=shown: shown(verdict) if verdict.guard == "Line" else [][0]
        )
    ran = project.command("check", "--quick", "--json")
    found = {guard["name"]: (guard["outcome"], guard["slug"]) for guard in ran.json["guards"]}
    assert (ran.code, found) == (5, {"Line": ("match", None), "Second": ("error", "defect")})
    ran = project.command("check", "--quick")
    assert (ran.code, "Line: match" in ran.out, "Second: error" in ran.out) == (5, True, True)


def test_goldens_that_cannot_be_listed_hide_no_verdict(project: Project, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checking, "stale", lambda *_: [][0])
    ran = project.command("check", "--quick", "--json")
    outcomes = [(guard["name"], guard["outcome"]) for guard in ran.json["guards"]]
    assert (ran.code, outcomes) == (5, [("Line", "match"), ("Second", "match"), ("golden", "error")])
