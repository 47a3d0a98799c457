"""`--guard-quick`: what is left out is skipped, which is no pass."""

from __future__ import annotations

from tests.plugin.verdicts import matching


def test_stages_that_were_left_out_are_skipped(small, made):
    made.verdicts["Churn"] = matching("Churn", ("dataset", "split", "train", "predict", "evaluate"))
    tried = small.run("--guard-quick", "-rs", "-k", "Churn")
    assert tried.code == 0
    assert tried.outcomes["tests/guards/test_shop.py::Churn::contracts"] == "skipped"
    assert "not run: nothing of stage contracts was compared" in tried.text


def test_a_quick_run_records_nothing(small, made):
    tried = small.run("--guard-quick", "--regen-golden", "--golden-reason", "why")
    assert tried.code == 4
    assert "a quick run leaves out what a golden must hold" in tried.text
    assert made.runs == []
