"""Where a page may lie, and that it is written whole or not at all."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from mlguard.core.error import MlguardError, UsageError
from mlguard.pages import after, content, destination, write
from mlguard.report.html.page import MARK
from mlguard.report.html.shown import Shown
from mlguard.settings import Settings, load
from tests.project import CODE, GENERATOR, Project
from tests.report.html.made import MATCH, SHIFTED


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    (tmp_path / "pyproject.toml").write_text("[tool.mlguard]\n")
    (tmp_path / "golden").mkdir()
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    return load(tmp_path)


def test_a_page_lies_where_the_caller_stands(settings: Settings) -> None:
    assert destination(Path("out.html"), settings) == settings.base / "below/out.html"
    assert destination(settings.base / "new/folder/out.html", settings) == settings.base / "new/folder/out.html"


def test_what_would_be_lost_is_refused_and_named(settings: Settings) -> None:
    (settings.base / "golden/Churn").mkdir()
    (settings.base / "to").symlink_to(settings.base / "golden")
    os.mkfifo(settings.base / "pipe")
    for place, said in {
        ".": "below is a folder; name a file in it, such as below/report.html",
        "../golden/out.html": "golden/out.html lies among the goldens; name a file elsewhere",
        "../golden/Churn/out.html": "golden/Churn/out.html lies among the goldens; name a file elsewhere",
        "../to/out.html": "golden/out.html lies among the goldens; name a file elsewhere",
        "../pyproject.toml": "pyproject.toml is there and no report of mlguard; name another file, or remove it",
        "-": "below/- is no file, and a page is written whole or not at all; name a file",
        "../pipe": "pipe is no file, and a page is written whole or not at all; name a file",
        "a?.html": "below/a?.html is no name that every file system can hold; name another file",
        "../pyproject.toml/out.html": "pyproject.toml/out.html would lie below a file; name a file in a folder",
    }.items():
        with pytest.raises(UsageError) as refused:
            destination(Path(place), settings)
        assert (refused.value.message, refused.value.slug) == (said, "report-place")


def test_links_in_a_circle_are_refused(settings: Settings) -> None:
    (settings.base / "circle").symlink_to(settings.base / "circle")
    with pytest.raises(MlguardError):
        write(destination(Path("../circle/out.html"), settings), settings, [])


def test_a_page_is_written_and_replaced(settings: Settings) -> None:
    place = destination(Path("new/out.html"), settings)
    write(place, settings, [])
    first = place.read_text(encoding="utf-8")
    assert first.startswith(MARK)
    write(destination(Path("new/out.html"), settings), settings, [SHIFTED])
    assert len(place.read_text(encoding="utf-8")) > len(first)
    assert os.listdir(place.parent) == ["out.html"]


def test_a_guard_that_cannot_be_drawn_hides_no_other(settings: Settings) -> None:
    odd = replace(SHIFTED, requirements=None)  # type: ignore[arg-type]
    write(settings.base / "out.html", settings, [odd, replace(MATCH, verdict=replace(MATCH.verdict, guard="Other"))])
    content = (settings.base / "out.html").read_text(encoding="utf-8")
    assert "Churn: mlguard itself failed, which is no verdict on your code" in content
    assert "first moved in stage predict" in content
    assert content.count("<h2>") == 2


def test_what_the_disk_refuses_is_an_error_that_names_the_file(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(MlguardError, match=r"below/out\.html: No space left on device") as refused:
        write(destination(Path("out.html"), settings), settings, [Shown(SHIFTED.verdict)])
    assert refused.value.slug == "report-not-written"
    assert os.listdir(settings.base / "below") == []


def test_what_a_run_in_another_process_left_is_shown_with_its_verdict(line: Project) -> None:
    settings = load(line.root)
    with line.editing(CODE, "slope = float(", "slope = 1.01 * float("):
        moved = line.check().verdict
        quick = line.check(quick=True).verdict
    left = after(settings, moved)
    assert left.verdict == moved
    assert left.golden is not None
    assert left.record is not None
    assert left.data is not None
    assert after(settings, quick) == Shown(quick)  # What is pending is of another run.


def test_the_page_has_the_digest_of_the_generator(line: Project) -> None:
    settings = load(line.root)
    shown = after(settings, line.check().verdict)
    digest = line.golden().provenance.sources[GENERATOR]
    assert f">tiny.py</dt><dd>{digest[:19]}</dd>" in content(settings, [shown])


def test_a_match_leaves_its_golden_alone(line: Project) -> None:
    shown = after(load(line.root), line.check().verdict)
    assert (shown.golden is not None, shown.record) == (True, None)
