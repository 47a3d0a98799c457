"""Regenerator: what it proposes, what it refuses, and which digits of a golden an accept leaves alone."""

from __future__ import annotations

import errno
import os
import subprocess
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from mlguard.checker import regen
from mlguard.checker.check import Checker
from mlguard.checker.regen import Regenerator
from mlguard.core.error import RunError, UsageError
from mlguard.core.outcome import Outcome
from mlguard.core.record import Approval
from mlguard.core.value import number
from mlguard.files.tree import Tree
from mlguard.golden.codec import encode
from mlguard.golden.local import LocalStore
from mlguard.runner.order import Extent
from tests.adapters import boosters
from tests.disk import DiedError, Disk
from tests.project import CODE, GENERATOR, Project
from tests.repository import git

DOUBLED = ('"mae": float(abs(y.to_numpy() - answers).mean())', '"mae": 2 * float(abs(y.to_numpy() - answers).mean())')
IN_SEED_1 = "    if float(rows['x'].iloc[0]) != 4.4:\n"
"""Holds for the training rows of seed 1, not for those of seed 0."""


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    return Disk()


def test_a_first_golden_is_written_with_its_tables_and_without_git_its_commit_is_null(fresh: Project):
    before = fresh.files()
    accepted = fresh.regen()
    assert accepted.proposal is not None
    assert accepted.proposal.summary[0].startswith("first golden: ")
    assert [approval.commit for approval in fresh.golden().approvals] == [None]
    assert '"commit": null' in (fresh.root / "golden/Line/record.json").read_text()
    folders = {name.rpartition("/")[0] for name in fresh.files().keys() - before.keys()}
    assert folders == {"golden/Line", "golden/_datasets/tiny"}
    assert fresh.pending() == []
    assert fresh.check().verdict.outcome is Outcome.MATCH


def test_what_matches_is_left_alone_and_recording_everything_twice_changes_no_byte(line: Project):
    before = line.files()
    assert line.regen().proposal is None
    again = line.regen(everything=True)
    assert again.proposal is not None
    assert not again.proposal.changed
    assert line.files() == before


def test_a_changed_golden_differs_only_where_it_moved(fresh: Project):
    fresh.regen()
    git(fresh.root, "init", "-q")
    git(fresh.root, "add", "golden")
    git(fresh.root, "commit", "-qm", "first")
    # Every answer moves in its last digits, and is none of the diff's business; the metric is.
    fresh.edit(CODE, 'model["slope"] * rows["x"]', 'model["slope"] * 3 * (rows["x"] / 3)')
    fresh.edit(CODE, *DOUBLED)
    accepted = fresh.regen()
    diff = git(fresh.root, "diff", "-U0", "--", "golden")
    changed = [text for text in diff.splitlines() if text[:1] in "+-" and text[:3] not in ("+++", "---")]
    assert git(fresh.root, "diff", "--name-only").split() == [
        f"golden/Line/{name}" for name in ("probes.csv", "record.json", "summary.md")
    ]
    probes = [text for text in changed if text.startswith(("+main,", "-main,"))]
    assert probes
    assert all(",degenerate," in text for text in probes)  # The metric again, of degenerate input.
    moved = [text for text in changed if '"stage"' in text]
    assert all('"name": "mae"' in text for text in moved)
    assert len(moved) == 4  # Main run and seed 1, before and after.
    assert not [
        text
        for text in changed
        if text.startswith("-") and '"stage"' not in text and len(text) > 100 and "sha256" not in text
    ]
    assert accepted.proposal is not None
    assert accepted.proposal.summary[0].startswith("mae 0.3712 -> 0.7425")
    first, second = fresh.golden().approvals
    assert (first.reason, second.summary[0][:12]) == ("a test", "first golden")
    assert first.commit == git(fresh.root, "rev-parse", "HEAD")
    assert first.summary == accepted.proposal.summary
    assert fresh.check().verdict.outcome is Outcome.MATCH


def test_shifts_of_answers_are_signed_and_name_the_worst_row(line: Project):
    with line.editing(CODE, 'model["shift"] +', 'model["shift"] - 0.25 +'), line.runner() as runner:
        prepared = Regenerator(Checker(runner.settings, runner), reason="x").prepare(line.declared())
    assert prepared.proposal is not None
    answers = [text for text in prepared.proposal.summary if text.startswith("test.prediction")]
    assert answers[0].startswith("test.prediction: 4 of 4 moved, -0.25 on average, worst ")


def test_a_guard_that_differs_from_itself_is_refused_and_nothing_is_written(line: Project):
    unseeded = "def answer(model, rows):\n    import numpy as np\n    noise = np.random.default_rng().normal()\n"
    before = line.files()
    with (
        line.editing(CODE, "def answer(model, rows):\n", unseeded),
        line.editing(CODE, 'model["shift"] +', 'model["shift"] + noise +'),
    ):
        refused = line.regen().refused
    assert refused is not None
    assert (refused.outcome, refused.exit_code, refused.slug) == (Outcome.UNSTABLE, 4, "guard-unstable")
    assert "predict test.prediction differs between two runs: 4 of 4 moved" in str(refused.problem)
    assert line.files() == before


def test_settings_of_the_library_that_would_steady_a_guard_are_named(fresh: Project):
    fresh.write("boosters.py", Path(boosters.__file__).read_text())
    model = "boosters.XGBooster({'model': {'weights': [1.0]}}, linear={'updater': 'shotgun'})"
    unseeded = "    import boosters, numpy\n    slope += numpy.random.default_rng().normal()\n"
    fresh.edit(CODE, '    return {"slope": slope,', f'{unseeded}    return {{"booster": {model}, "slope": slope,')
    refused = fresh.regen().refused
    assert refused is not None
    assert "may make it the same twice: updater='coord_descent' or nthread=1" in str(refused.problem)


def test_a_secondary_run_that_raises_is_dropped_and_named(fresh: Project):
    fresh.edit(
        CODE, "def fit(rows, ridge=0.0):\n", f"def fit(rows, ridge=0.0):\n{IN_SEED_1}        raise ValueError('odd')\n"
    )
    accepted = fresh.regen()
    assert accepted.refused is None
    golden = fresh.golden()
    assert {o.run for o in golden} == {"main", "later", "without levels", "refit"}
    assert "run seed 1 gave nothing: guard Line: `train` raised ValueError in run seed 1: odd" in golden.remarks
    assert fresh.check().verdict.outcome is Outcome.MATCH


def test_a_secondary_run_that_is_not_the_same_twice_is_dropped_and_named(fresh: Project):
    noise = f"{IN_SEED_1}        import numpy as np\n        ridge = np.random.default_rng().uniform()\n"
    fresh.edit(CODE, "def fit(rows, ridge=0.0):\n", f"def fit(rows, ridge=0.0):\n{noise}")
    accepted = fresh.regen()
    assert accepted.refused is None
    assert "run seed 1 is not the same twice and was dropped" in fresh.golden().remarks
    assert fresh.check().verdict.outcome is Outcome.MATCH


def test_a_crash_in_the_guarded_code_leaves_the_golden(line: Project):
    before = line.files()
    with line.editing(CODE, "def fit(rows, ridge=0.0):\n", "def fit(rows, ridge=0.0):\n    raise ValueError('no')\n"):
        refused = line.regen().refused
    assert refused is not None
    assert (refused.outcome, refused.stage) == (Outcome.ERROR, "train")
    assert line.files() == before


def test_a_damaged_golden_is_repaired(fresh: Project):
    fresh.regen()
    before = fresh.files()
    (fresh.root / "golden/Line/predictions.csv").write_text("<<<<<<< ours\n")
    assert fresh.check().verdict.outcome is Outcome.CORRUPT
    assert fresh.regen().proposal is not None
    assert fresh.check().verdict.outcome is Outcome.MATCH
    after = fresh.files()
    assert {name for name in after if after[name] != before[name]} <= {
        "golden/Line/record.json",
        "golden/Line/summary.md",
    }


@pytest.mark.parametrize(("number", "slug"), [(errno.ENOSPC, "golden-disk-full"), (errno.EROFS, "golden-read-only")])
def test_a_disk_that_refuses_leaves_golden_and_tables_as_they_were(
    fresh: Project, monkeypatch: pytest.MonkeyPatch, number: int, slug: str
):
    fresh.regen()
    before = fresh.files()
    fresh.edit(GENERATOR, "2 * x + 1", "3 * x + 1")
    write = Tree.write

    def refuse(tree: Tree, name: str, content: bytes, **options: int) -> None:
        if name == "new/record.json" and ".mlguard" not in tree.root.parts:
            raise OSError(number, "refused")
        write(tree, name, content, **options)

    monkeypatch.setattr(Tree, "write", refuse)
    with pytest.raises(RunError) as refused:
        fresh.regen()
    assert refused.value.slug == slug
    assert {n: d for n, d in fresh.files().items() if n.startswith("golden")} == {
        n: d for n, d in before.items() if n.startswith("golden")
    }


def test_a_reason_is_required_and_blanks_are_none(line: Project):
    with line.runner() as runner, pytest.raises(UsageError) as refused:
        Regenerator(Checker(runner.settings, runner), reason="  ")
    assert refused.value.slug == "reason-missing"


def test_what_the_owner_waived_may_differ_between_two_identical_runs(fresh: Project):
    noted = "    import mlguard, os\n    mlguard.note('stamp', os.urandom(4).hex())\n"
    fresh.edit(CODE, '    x, y = rows["x"], rows["y"]\n', f'{noted}    x, y = rows["x"], rows["y"]\n')
    refused = fresh.regen().refused
    assert refused is not None
    assert "stamp" in str(refused.problem)
    assert fresh.regen(waive={"stamp": "a name for the log"}).proposal is not None


def test_what_was_recorded_meanwhile_is_not_replaced_and_is_told(fresh: Project):
    fresh.regen()
    fresh.edit(CODE, *DOUBLED)
    with fresh.runner() as runner:
        ours, theirs = (Regenerator(Checker(runner.settings, runner), reason=reason) for reason in ("ours", "theirs"))
        prepared = ours.prepare(fresh.declared())
        theirs.accept(prepared)
        before = fresh.files()
        with pytest.raises(RunError, match=r'golden/Line was recorded at .* with the reason "ours"') as refused:
            theirs.accept(prepared)
    assert refused.value.slug == "golden-overtaken"
    assert "(mae 0.3712 -> 0.7425" in refused.value.message
    assert "against it: nothing moves; run it again" in refused.value.message
    assert fresh.files() == before
    assert [approval.reason for approval in fresh.golden().approvals] == ["ours", "a test"]


def test_a_damaged_golden_keeps_its_log_and_says_so(fresh: Project):
    fresh.regen()
    record = fresh.root / "golden/Line/record.json"
    record.write_text(record.read_text().replace('"mae"', '"mea"')[:-40])
    proposal = fresh.regen().proposal
    assert proposal is not None
    assert proposal.summary[0].startswith("golden/Line/record.json ends in the middle; its log of 1 approvals was kept")
    assert proposal.summary[1] == "git has no whole golden in its place, so that nothing was compared"
    assert [approval.reason for approval in fresh.golden().approvals] == ["a test", "a test"]
    assert fresh.golden().approvals[0].summary[0] == proposal.summary[0]


def test_a_merge_conflict_is_shown_against_both_sides_and_keeps_both_logs(fresh: Project):
    fresh.regen()
    git(fresh.root, "init", "-q", "-b", "main")
    git(fresh.root, "add", "golden")
    git(fresh.root, "commit", "-qm", "first")
    store, first = LocalStore(fresh.root / "golden", fresh.root), fresh.golden()
    for branch, mae in (("theirs", 0.25), ("ours", 0.5)):
        git(fresh.root, "checkout", "-q", "main", "-b", branch)
        moved = [replace(o, value=number(mae)) if (o.run, o.name) == ("main", "mae") else o for o in first]
        approval = Approval(f"2026-01-0{len(branch) - 3}T00:00:00Z", None, f"the {branch} reason", (f"mae {mae}",))
        store.save(replace(first, observations=tuple(moved), approvals=(approval, *first.approvals)))
        git(fresh.root, "commit", "-qam", branch)
    with pytest.raises(subprocess.CalledProcessError):
        git(fresh.root, "merge", "-q", "theirs")
    assert fresh.check().verdict.slug == "golden-conflict"
    proposal = fresh.regen().proposal
    assert proposal is not None
    told = "\n".join(proposal.summary)
    assert 'against the ours golden (2026-01-01T00:00:00Z, "the ours reason"): mae 0.5 -> 0.3712' in told
    assert 'against the theirs golden (2026-01-03T00:00:00Z, "the theirs reason"): mae 0.25 -> 0.3712' in told
    reasons = [approval.reason for approval in fresh.golden().approvals]
    assert sorted(reasons) == ["a test", "a test", "the ours reason", "the theirs reason"]
    assert fresh.check().verdict.outcome is Outcome.MATCH


def test_a_write_that_died_is_finished_before_anything_is_compared(fresh: Project, disk: Disk):
    fresh.regen()
    old, store = fresh.golden(), LocalStore(fresh.root / "golden", fresh.root)
    moved = [
        replace(o, value=replace(o.value, data=o.value.data + 1)) if o.file and o.value.is_float else o for o in old
    ]
    new = replace(old, observations=tuple(moved))
    for call in range(100):
        with disk.stopping(disk.died_from(call)), suppress(DiedError):
            store.save(new)
        if store.held("Line").error is not None:
            break
        store.save(old)
    assert "golden/Line is half written" in str(store.held("Line").error)
    seen = fresh.regen().seen
    assert seen.golden is not None
    assert encode(seen.golden) == encode(new)
    assert [approval.reason for approval in fresh.golden().approvals] == ["a test", "a test"]
    assert not list((fresh.root / "golden").rglob(".*"))


def test_tables_that_are_gone_are_written_again_though_the_golden_matches(fresh: Project):
    fresh.regen()
    before = fresh.files()
    (fresh.root / "golden/_datasets/tiny/manifest.json").unlink()
    with fresh.runner() as runner:
        regenerator = Regenerator(Checker(runner.settings, runner), reason="x")
        assert [Path(path).name for path in regenerator.mend(regenerator.prepare(fresh.declared()))] == [
            "manifest.json"
        ]
        assert regenerator.mend(regenerator.prepare(fresh.declared())) == ()
    assert {n: c for n, c in fresh.files().items() if n.startswith("golden")} == {
        n: c for n, c in before.items() if n.startswith("golden")
    }


@pytest.mark.parametrize("error", [RunError("no room", slug="state-folder"), PermissionError(errno.EACCES, "denied")])
@pytest.mark.parametrize("step", ["waiting.drop", "Known.keep"])
def test_what_goes_wrong_once_the_golden_is_recorded_is_a_remark(fresh: Project, monkeypatch, step, error):
    def refuse(*_: object) -> None:
        raise error

    with fresh.runner() as runner:
        checker = Checker(runner.settings, runner, extent=Extent.QUICK)
        recorder = Regenerator(checker, reason="a test")
        prepared = recorder.prepare(fresh.declared())
        monkeypatch.setattr(checker.waiting if step == "waiting.drop" else regen.Known, step.split(".")[1], refuse)
        accepted = recorder.accept(prepared)
    assert accepted.files
    (remark,) = accepted.remarks
    assert str(error) in remark
    assert "nothing in it changed" not in remark
    assert fresh.golden().approvals[0].reason == "a test"
