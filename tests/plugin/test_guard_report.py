"""`--guard-report`: a page of the guards that ran, which changes nothing of what pytest says."""

from __future__ import annotations

from tests.plugin.verdicts import shifted


def test_a_page_of_the_guards_that_ran(small, made):
    made.verdicts["Churn"] = shifted("Churn", "predict")
    plain = small.run()
    tried = small.run("--guard-report", "out/page.html")
    assert (tried.code, tried.outcomes) == (plain.code, plain.outcomes)
    assert "report: out/page.html" in tried.text
    page = (small.root / "out/page.html").read_text(encoding="utf-8")
    assert page.index("<h2>Churn</h2>") < page.index("<h2>Demand[0]</h2>")
    assert "first moved in stage predict" in page


def test_a_place_that_is_refused_is_told_and_decides_nothing(small, made):
    tried = small.run("--guard-report", "tests")
    assert tried.code == 0
    assert "mlguard: tests is a folder; name a file in it, such as tests/report.html [report-place]" in tried.text


def test_without_guards_there_is_no_page(small, made):
    small.write("tests/guards/test_shop.py", "def test_plain(): pass\n")
    assert small.run("--guard-report", "page.html").code == 0
    assert not (small.root / "page.html").exists()
