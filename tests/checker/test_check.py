"""Checker: what a check answers, what it leaves pending, and what it says of goldens and modules that fit nowhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import ANY

import pytest

from mlguard.checker.check import broken, refuse_collisions, stale
from mlguard.core.error import UsageError
from mlguard.core.outcome import Outcome
from mlguard.discovery import Declared
from mlguard.report.quiet import remarks
from mlguard.runner.order import Done, Found
from mlguard.runner.run import Runner
from mlguard.settings import load
from tests.project import CODE, GUARD, Project
from tests.repository import git


def test_unchanged_code_matches_bit_for_bit_and_leaves_nothing_pending(line: Project):
    seen = line.check()
    assert seen.verdict.outcome is Outcome.MATCH
    assert seen.verdict.first_moved is None
    assert all(finding.difference.exact for finding in seen.verdict.findings if finding.gates)
    assert line.pending() == []


def test_a_shift_is_red_leaves_its_record_pending_and_a_match_takes_it_away(line: Project):
    with line.editing(CODE, 'model["shift"] +', 'model["shift"] + 0.01 +'):
        seen = line.check()
        assert seen.verdict.outcome is Outcome.SHIFTED
        assert (seen.verdict.first_run, seen.verdict.first_moved) == ("main", "predict")
        assert line.pending() == ["Line"]
    assert line.check().verdict.outcome is Outcome.MATCH
    assert line.pending() == []


def test_another_order_of_the_same_operations_passes_and_says_so(line: Project):
    with line.editing(
        CODE, 'model["shift"] + model["slope"] * rows["x"]', 'rows["x"] * model["slope"] + model["shift"] * 1'
    ):
        assert line.check().verdict.outcome is Outcome.MATCH
    with line.editing(CODE, 'model["slope"] * rows["x"]', 'model["slope"] * 3 * (rows["x"] / 3)'):
        seen = line.check()
    assert seen.verdict.outcome is Outcome.MATCH
    assert any("moved in the last digits" in remark for remark in remarks(seen.verdict))


def test_a_check_that_ends_at_the_first_move_leaves_nothing_to_accept(line: Project):
    with line.editing(CODE, 'model["shift"] +', 'model["shift"] + 0.01 +'):
        seen, whole = line.check(fail_fast=True), line.check(quick=True)
    assert (seen.verdict.outcome, seen.verdict.first_moved) == (Outcome.SHIFTED, "predict")
    assert whole.verdict.first_moved == "predict"
    assert line.pending() == []
    assert line.check(fail_fast=True).verdict == replace(line.check().verdict, seconds=ANY, costs=ANY)


def test_where_the_first_move_is_excused_the_whole_guard_decides(line: Project, monkeypatch: pytest.MonkeyPatch):
    asked, run = [], Runner.run

    def ended(self: Runner, guard: Declared, **how: Any) -> Done:
        asked.append(how.get("until"))
        return replace(run(self, guard, extent=how["extent"]), ended_early=how.get("until") is not None)

    monkeypatch.setattr(Runner, "run", ended)
    assert line.check(fail_fast=True).verdict.outcome is Outcome.MATCH
    assert [until is None for until in asked] == [False, True]


SEEDED = "    np.random.seed(0)\n    x, y = rows.sample(8)"


def test_a_seed_that_goes_is_seen_whichever_it_was(fresh: Project) -> None:
    fresh.edit(CODE, "def fit", "import numpy as np\n\n\ndef fit")
    fresh.edit(CODE, "    x, y = rows", SEEDED)
    assert fresh.regen().proposal is not None
    assert fresh.check().verdict.outcome is Outcome.MATCH
    with fresh.editing(CODE, "    np.random.seed(0)\n", ""):
        assert fresh.check().verdict.outcome is Outcome.SHIFTED


def test_what_moves_in_another_seed_only_is_found_there(line: Project):
    # In seed 0 there are twelve training rows; a decision on the data that only seed 1 takes must show.
    first = float(line.run().dataset["rows"]["x"].iloc[0])
    with (
        line.editing(
            CODE,
            "def answer(model, rows):\n",
            f"def answer(model, rows):\n    model = dict(model)\n"
            f"    if model['x0'] != {first}:\n        model['shift'] += 1\n",
        ),
        line.editing(CODE, 'return {"slope": slope,', 'return {"x0": float(x.iloc[0]), "slope": slope,'),
    ):
        seen = line.check()
    assert seen.verdict.outcome is Outcome.SHIFTED
    assert seen.verdict.first_run == "seed 1"


def test_a_guard_without_golden_is_missing_and_what_it_saw_is_pending(fresh: Project):
    seen = fresh.check()
    assert seen.verdict.outcome is Outcome.MISSING
    assert seen.verdict.exit_code == 3
    assert seen.verdict.compared == 0
    assert fresh.pending() == ["Line"]


def test_a_golden_that_is_not_checked_out_and_that_git_has_is_named(fresh: Project):
    git(fresh.root, "init", "-q")
    record = fresh.root / "golden/Line/record.json"
    record.parent.mkdir(parents=True)
    record.write_text("{}")
    git(fresh.root, "add", "golden")
    git(fresh.root, "commit", "-qm", "golden")
    record.unlink()
    verdict = fresh.check(quick=True).verdict
    assert verdict.outcome is Outcome.MISSING
    assert verdict.remarks[-1].endswith("git checkout --ignore-skip-worktree-bits HEAD -- golden/Line")


def test_quick_leaves_further_training_out_and_calls_nothing_missing(line: Project):
    seen = line.check(quick=True)
    assert seen.verdict.outcome is Outcome.MATCH
    assert {finding.run for finding in seen.verdict.findings} == {"main"}


def test_a_quick_match_keeps_what_a_full_check_left_pending(line: Project):
    with line.editing(CODE, 'model["shift"] +', 'model["shift"] + 0.01 +'):
        line.check()
    assert line.check(quick=True).verdict.outcome is Outcome.MATCH
    assert line.pending() == ["Line"]
    line.check()
    assert line.pending() == []


def test_a_lost_metric_is_shifted_and_an_added_one_missing(line: Project):
    with line.editing(CODE, ', "rows": len(y)', ""):
        lost = line.check().verdict
    with line.editing(CODE, '"rows": len(y)', '"rows": len(y), "largest": float(y.max())'):
        added = line.check().verdict
    assert (lost.outcome, lost.first_moved) == (Outcome.SHIFTED, "evaluate")
    assert (added.outcome, added.exit_code) == (Outcome.MISSING, 3)
    assert [f.observation for f in added.moves()] == ["largest"] * len(added.moves())


def test_a_probe_that_starts_to_raise_is_shifted(line: Project):
    raising = 'def answer(model, rows):\n    if (rows["x"] < 0).any():\n        raise ValueError("negative")\n'
    with line.editing(CODE, "def answer(model, rows):\n", raising):
        verdict = line.check().verdict
    assert (verdict.outcome, verdict.first_moved) == (Outcome.SHIFTED, "predict")
    assert all(f.observation.startswith(("probes", "magnitudes")) for f in verdict.moves())


def test_a_contract_that_breaks_by_raising_is_violated(line: Project):
    raising = 'def answer(model, rows):\n    if rows.index.dtype != "int64":\n        raise KeyError(0)\n'
    with line.editing(CODE, "def answer(model, rows):\n", raising):
        verdict = line.check().verdict
    assert (verdict.outcome, verdict.exit_code, verdict.first_moved) == (Outcome.VIOLATED, 1, "contracts")


@pytest.mark.parametrize("bound", [">= 100", "< 0"])
def test_a_require_gate_that_fails_is_violated_with_and_without_golden(line: Project, fresh: Project, bound: str):
    verdicts = [p.check(require={"mae": bound}).verdict for p in (line, fresh)]
    assert [v.outcome for v in verdicts] == [Outcome.VIOLATED] * 2
    assert [v.exit_code for v in verdicts] == [1, 1]


def test_a_state_folder_that_cannot_be_written_changes_no_verdict(fresh: Project):
    fresh.write(".mlguard/pending/Line", "a file where a folder must be")
    verdict = fresh.check().verdict
    assert verdict.outcome is Outcome.MISSING
    assert verdict.remarks[-1].startswith("nothing was left pending: .mlguard/pending/Line was not written")


def test_goldens_without_a_guard_are_stale_but_for_those_of_tests(line: Project):
    settings = load(line.root)
    found = Found((line.declared(),))
    assert stale(settings, found) == []
    gone = stale(settings, Found())
    assert [(v.guard, v.outcome, v.exit_code) for v in gone] == [("Line", Outcome.STALE, 3)]


def test_nothing_is_called_stale_while_a_module_hides_its_guards(line: Project):
    settings = load(line.root)
    hidden = Found((), {str(line.root / GUARD): "ImportError: no module"})
    assert stale(settings, hidden) == []
    assert [(v.guard, v.outcome) for v in broken(settings, hidden)] == [(GUARD, Outcome.ERROR)]


def test_guards_that_would_share_a_golden_are_refused_and_both_places_named(fresh: Project):
    one = fresh.declared("Line", "tests/guards/a/test_line.py")
    other = fresh.declared("LINE", "tests/guards/b/test_line.py")
    with pytest.raises(UsageError) as refused:
        refuse_collisions([one, other, fresh.declared("Other")])
    assert refused.value.slug == "golden-collision"
    assert "a/test_line.py" in refused.value.message
    assert "b/test_line.py" in refused.value.message
    assert "Other" not in refused.value.message


def test_half_a_golden_is_corrupt_and_names_its_file(line: Project):
    record = line.root / "golden" / "Line" / "record.json"
    content = record.read_bytes()
    record.write_bytes(content[: len(content) // 2])
    try:
        verdict = line.check().verdict
    finally:
        record.write_bytes(content)
    assert (verdict.outcome, verdict.exit_code, verdict.slug) == (Outcome.CORRUPT, 3, "golden-truncated")
    assert "golden/Line/record.json" in str(verdict.problem)
