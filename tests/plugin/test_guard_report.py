"""`--guard-report`: a page of the guards that ran, which changes nothing of what pytest says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.plugin.verdicts import shifted


def test_a_page_of_the_guards_that_ran(small, made, monkeypatch):
    made.verdicts["Churn"] = shifted("Churn", "predict")
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.setenv("CI_PIPELINE_SOURCE", "push")
    monkeypatch.setenv("CI_PIPELINE_CREATED_AT", (datetime.now(UTC) - timedelta(hours=2)).isoformat())
    plain = small.run()
    tried = small.run("--guard-report", "out/page.html")
    assert (tried.code, tried.outcomes) == (plain.code, plain.outcomes)
    assert "report: out/page.html" in tried.text
    page = (small.root / "out/page.html").read_text(encoding="utf-8")
    assert page.index("<h2>Churn</h2>") < page.index("<h2>Demand[0]</h2>")
    assert "first moved in stage predict" in page
    assert '<p class="quiet">verdict 2 h ' in page


def test_a_place_that_is_refused_ends_the_session_before_anything_runs(small):
    tried = small.run("--guard-report", "tests")
    assert tried.code == pytest.ExitCode.USAGE_ERROR
    assert "--guard-report: tests is a folder; name a file in it, such as tests/report.html" in tried.text
    assert not tried.outcomes


def test_nobody_waits_for_a_page_that_the_disk_refused(small, made):
    # The guards' own run puts a file where the page's folder is to be.
    small.write("tests/test_file.py", "def test_file(): open('out', 'w').close()\n")
    tried = small.run("--guard-report", "out/page.html", "tests/test_file.py", "tests/guards")
    assert (tried.code, set(tried.outcomes.values())) == (pytest.ExitCode.INTERNAL_ERROR, {"passed"})
    assert "mlguard: out/page.html would lie below a file" in tried.text


def test_without_guards_there_is_no_page(small, made):
    small.write("tests/guards/test_shop.py", "def test_plain(): pass\n")
    tried = small.run("--guard-report", "page.html")
    assert tried.code == 0
    assert "mlguard: no report: no guard ran, and values that tests note have no page" in tried.text
    assert not (small.root / "page.html").exists()
