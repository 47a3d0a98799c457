"""`mlguard check --report` and `mlguard report`: one page, beside an answer that stays as it was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlguard.report.html.page import MARK
from tests.project import CODE, Project

SHIFTED = ('return {"slope": slope,', 'return {"slope": slope * 1.01,')


@pytest.fixture(scope="module")
def project(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project whose guard moved, and its page."""
    made = Project(tmp_path_factory.mktemp("reported"))
    made.regen()
    made.edit(CODE, *SHIFTED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.cpu_count", lambda: 1)
        yield made


def pictures(place: Path) -> list[str]:
    content = place.read_text(encoding="utf-8")
    assert content.startswith(MARK)
    return re.findall(r'<figure class="picture (\w+)"', content)


def test_a_check_writes_a_page_beside_its_answer(project: Project) -> None:
    plain = project.command("check", "--json")
    ran = project.command("check", "--json", "--report", "out/run.html")
    assert (ran.code, ran.changed) == (1, ("out/run.html",))
    assert ran.err.splitlines()[-1] == "report: out/run.html"
    assert ran.json.keys() == plain.json.keys()
    place = project.root / "out/run.html"
    assert pictures(place) == ["overview", "scatter", "sizes", "rows", "timeline"]
    assert "first moved in stage train" in place.read_text(encoding="utf-8")

    again = project.command("report")
    assert (again.code, again.out) == (0, "Line: shifted, first moved in stage train\nreport: .mlguard/report.html\n")
    assert pictures(project.root / ".mlguard/report.html") == pictures(place)


def test_what_is_pending_is_shown_without_running_and_says_what_was_edited_since(project: Project) -> None:
    project.command("check")
    with project.editing(CODE, "slope * 1.01", "slope * 1.02"):
        ran = project.command("report", "Li*", "--json", "--out", "page.html")
    assert ran.json == {"report": "page.html", "guards": [{"name": "Line", "outcome": "shifted"}]}
    assert "edited since that run: line.py" in (project.root / "page.html").read_text(encoding="utf-8")
    assert "scatter" in pictures(project.root / "page.html")


def test_a_golden_that_was_recorded_since_is_not_held_against_it(project: Project) -> None:
    project.command("check")
    with project.editing("golden/Line/record.json", '"reason": "a test"', '"reason": "another"'):
        assert project.command("report", "--out", "page.html").code == 0
    assert "scatter" not in pictures(project.root / "page.html")
    content = (project.root / "page.html").read_text(encoding="utf-8")
    assert "the golden is another one since that run" in content


def test_a_damaged_pending_record_is_told_on_the_page(project: Project) -> None:
    project.command("check")
    (project.root / ".mlguard/pending/_compared/Line.json").write_text("{}")
    assert project.command("report", "--out", "page.html").code == 0
    assert "does not say what the pending Record was compared with" in (project.root / "page.html").read_text("utf-8")


def test_where_nothing_is_pending_the_way_to_a_page_is_told(fresh: Project) -> None:
    ran = fresh.command("report")
    assert (ran.code, ran.changed) == (2, ())
    assert "no failed check left anything to report; `mlguard check --report FILE` writes" in ran.err
    assert not (fresh.root / ".mlguard/report.html").exists()


def test_a_place_is_refused_before_anything_runs(project: Project) -> None:
    with project.also("notes.html", "mine"):
        ran = project.command("check", "--report", "notes.html")
        assert (ran.code, ran.out, ran.changed) == (2, "", ())
        assert "notes.html is there and no report of mlguard" in ran.err
        assert (project.root / "notes.html").read_text() == "mine"


def test_a_page_that_the_disk_refuses_turns_no_red_into_another(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlguard.core.error import RunError

    def full(*_: object) -> None:
        raise RunError("the report cannot be written", slug="report-not-written")

    monkeypatch.setattr("mlguard.cli.checking.write", full)
    ran = project.command("check", "--report", "page.html", "--json")
    assert (ran.code, ran.json["exit_code"]) == (1, 1)
    assert "the report cannot be written" in ran.err
    with project.editing(CODE, "slope * 1.01", "slope"):
        ran = project.command("check", "--report", "page.html", "--json")
    assert (ran.code, ran.json["exit_code"]) == (5, 0)


def test_a_match_and_a_guard_that_was_skipped_are_on_the_page(project: Project) -> None:
    with project.editing(CODE, "slope * 1.01", "slope"):
        project.command("check", "--changed")
        ran = project.command("check", "--changed", "--report", "page.html")
    assert ran.code == 0
    assert "unchanged since it last matched" in (project.root / "page.html").read_text(encoding="utf-8")


def test_a_preview_has_no_page(project: Project) -> None:
    assert project.command("check", "--try", "--report", "page.html").code == 2
