"""What a run leaves for the pages of a CI service."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from mlguard.jobs import publish
from tests.project import CODE, Project
from tests.report.verdicts import VERDICTS

VERDICT = VERDICTS["shifted"]


def test_nothing_is_left_elsewhere(tmp_path: Path) -> None:
    place = str(tmp_path / "summary.md")
    assert publish([VERDICT], {"GITHUB_STEP_SUMMARY": place}) == []
    assert publish([], {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": place}) == []
    assert list(tmp_path.iterdir()) == []


def test_a_summary_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    *rest, last = publish([VERDICT], {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path)})
    assert len(rest) == 1
    assert last.startswith(f"mlguard: the summary of the job cannot be written: {tmp_path}: ")


@pytest.mark.parametrize(
    ("project", "file"),
    [
        ("services/shop", "services/shop/tests/a.py"),
        (".", "tests/a.py"),
        ("../other", "tests/a.py"),
        (None, "tests/a.py"),
    ],
)
def test_files_are_named_from_the_root_of_the_repository(tmp_path: Path, project: str | None, file: str) -> None:
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(tmp_path / "repository")}
    base = None if project is None else tmp_path / "repository" / project
    (line,) = publish([replace(VERDICT, file="tests/a.py")], environ, project=base)
    assert line.startswith(f"::error file={file},")


def test_a_check_on_github_adds_to_the_summary_of_its_job(line: Project, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("from a step before\n")
    page, event = tmp_path / "page.html", tmp_path / "event.json"
    event.write_text(json.dumps({"repository": {"pushed_at": int(time.time()) - 7200}}))
    job = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": str(event)}
    with line.editing(CODE, 'model["shift"] +', 'model["shift"] + 0.25 +'):
        ran = line.command("check", "--report", str(page), **job, GITHUB_STEP_SUMMARY=str(summary))
    assert ran.code == 1
    assert "::error file=tests/guards/test_line.py,title=mlguard%3A Line%3A shifted" in ran.err
    assert summary.read_text().startswith("from a step before\n### mlguard: 1 guard: 1 shifted; ")
    for place in (summary, page):
        assert re.search("verdict 2 h [0-9]+ min after the push", place.read_text("utf-8"))
