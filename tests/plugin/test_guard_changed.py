"""`--guard-changed`: a guard of which nothing changed is skipped, and says so; nothing is recorded beside it."""

from __future__ import annotations

from dataclasses import replace

from tests.plugin.verdicts import matching

STAGES = ("dataset", "split", "train", "predict", "evaluate")


def test_each_stage_of_an_unchanged_guard_is_skipped_and_counts_as_no_run(small, made):
    verdict = replace(matching("Churn", STAGES), findings=(), unchanged="2026-03-01T12:00:00+00:00")
    made.verdicts["Churn"] = verdict
    tried = small.run("--guard-changed", "-rs", "-k", "Churn")
    assert tried.code == 0
    assert set(tried.outcomes.values()) == {"skipped"}
    assert "Churn: unchanged since it last matched (2026-03-01 12:00 UTC)" in tried.text
    assert "1 guard: 1 unchanged since it last matched; 0 observations compared" in tried.text


def test_a_run_that_skips_records_nothing(small, made):
    tried = small.run("--guard-changed", "--regen-golden", "--golden-reason", "why")
    assert tried.code == 4
    assert "a guard of which nothing changed has nothing to record" in tried.text
    assert made.runs == []
