"""What git has of a golden that cannot be read, whatever was done with the conflict."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mlguard.checker.history import commits
from mlguard.checker.merge import instead, sides
from mlguard.core.record import Approval, Observation, Record
from mlguard.core.value import number
from mlguard.golden.local import LocalStore
from tests.repository import git


def golden(reason: str, auc: float) -> Record:
    log = (Approval(f"2026-01-0{len(reason)}T00:00:00Z", None, reason),)
    return Record("Line", (Observation("evaluate", "auc", number(auc)),), approvals=log)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository in the middle of a merge of two goldens."""
    store = LocalStore(tmp_path / "golden", tmp_path)
    git(tmp_path, "init", "-q", "-b", "main")
    for branch, auc in (("main", 0.5), ("theirs", 0.25), ("ours", 0.75)):
        if branch != "main":
            git(tmp_path, "checkout", "-q", "main", "-b", branch)
        store.save(golden(branch, auc))
        git(tmp_path, "add", "golden")
        git(tmp_path, "commit", "-qm", branch)
    with pytest.raises(subprocess.CalledProcessError):
        git(tmp_path, "merge", "-q", "theirs")
    return tmp_path


def seen(project: Path) -> list[tuple[str, str]]:
    folder = project / "golden/Line"
    found = sides(project, folder, "Line", commits(project, folder))
    return [(side.name, side.golden.approvals[0].reason) for side in found]


THEN: dict[str, tuple[Callable[[Path], object], list[tuple[str, str]]]] = {
    "left as it is": (lambda project: None, [("ours", "ours"), ("theirs", "theirs")]),
    "added": (lambda project: git(project, "add", "golden"), [("ours", "ours"), ("theirs", "theirs")]),
    "committed": (lambda project: git(project, "commit", "-qam", "markers"), [("committed", "ours")]),
    "given up": (lambda project: git(project, "merge", "--abort"), [("committed", "ours")]),
    "begun anew": (lambda project: git(project, "checkout", "-q", "--orphan", "new", "-f"), []),
}


@pytest.mark.parametrize("then", THEN)
def test_git_is_asked_for_every_whole_golden_that_the_conflict_came_from(project: Path, then: str) -> None:
    act, expected = THEN[then]
    act(project)
    assert seen(project) == expected


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_whoever_takes_one_side_of_a_merge_keeps_the_log_of_both(project: Path, side: str) -> None:
    git(project, "checkout", "-q", f"--{side}", "golden")
    held = LocalStore(project / "golden", project).held("Line")
    found, lost = instead(project, project / "golden/Line", "Line", held, lambda golden: ["x"])
    assert found is held.record
    assert lost is not None
    other = "theirs" if side == "ours" else "ours"
    assert [line.partition(" golden")[0] for line in lost.told[1:]] == [f"against the {other}"]
    assert {approval.reason for approval in lost.approvals} == {"ours", "theirs"}
    git(project, "add", "golden")
    git(project, "commit", "-qm", "merged")
    assert instead(project, project / "golden/Line", "Line", held, lambda golden: ["x"]) == (held.record, None)


def test_what_is_told_names_each_side_with_its_reason_and_keeps_all_logs(project: Path) -> None:
    held = LocalStore(project / "golden", project).held("Line")
    found, lost = instead(project, project / "golden/Line", "Line", held, lambda golden: list("abcd"))
    assert found is not None
    assert lost is not None
    assert found.approvals[0].reason == "ours"
    assert lost.told[1:4] == tuple(f'against the ours golden (2026-01-04T00:00:00Z, "ours"): {move}' for move in "abc")
    assert len(lost.told) == 7
    assert {approval.reason for approval in lost.approvals} >= {"ours", "theirs"}


def test_a_golden_that_is_gone_and_that_git_has_is_no_first_one(project: Path) -> None:
    git(project, "merge", "--abort")
    shutil.rmtree(project / "golden")
    held = LocalStore(project / "golden", project).held("Line")
    found, lost = instead(project, project / "golden/Line", "Line", held, lambda golden: ["x"])
    assert found is not None
    assert lost is not None
    assert [approval.reason for approval in lost.approvals] == ["ours"]
    assert lost.told[0] == "the golden is gone and git has it; its log was kept"
    git(project, "commit", "-qam", "a new beginning")
    assert instead(project, project / "golden/Line", "Line", held, lambda golden: ["x"]) == (None, None)
