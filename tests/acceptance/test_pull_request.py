"""The life of two pull requests: red, accepted, read on a page of changes, in conflict with each other, and merged."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from mlguard.cli.scaffold.plan import attributes
from tests.checker.test_review import measured
from tests.project import CODE
from tests.repository import Repository

SUMMARY = "golden/Line/summary.md"
MOST = 40
"""Lines that a page of changes may show of one changed constant."""


def unfolded(repository: Repository, base: str) -> list[str]:
    """The files that a page unfolds of what changed since a commit."""
    names = repository.git("diff", "--name-only", base).splitlines()
    told = repository.git("check-attr", "linguist-generated", "--", *names).splitlines()
    return [line.partition(": ")[0] for line in told if not line.endswith(": true")]


def test_two_pull_requests_are_accepted_and_merged(at_once: None, tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    project, git = repository.project, repository.git
    project.write(".gitattributes", "\n".join(attributes("golden")))
    project.write(".gitignore", ".mlguard/\n")
    with measured():
        project.regen()
    main = repository.commit("Guard the line")

    git("checkout", "--quiet", "-b", "dearer")
    project.edit(CODE, 'model["shift"] +', 'model["shift"] + 1 +')
    red = project.command("check", CI="true")
    assert red.code == 1
    assert "first moved in stage predict" in red.out
    accepted = project.command("review", "--accept", "Line", "--reason", "delivery is paid now")
    assert accepted.code == 0
    assert SUMMARY in accepted.changed
    assert project.command("check", CI="true").code == 0
    dearer = repository.commit("Add the price of delivery")

    assert unfolded(repository, main) == [SUMMARY, CODE]
    shown = git("diff", "--unified=0", main, "--", SUMMARY).splitlines()
    changed = [line for line in shown if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert len(changed) <= MOST
    assert any(line.startswith("+Accepted") and line.endswith("approval 2: delivery is paid now") for line in changed)
    assert any(line.startswith("+| mae |") for line in changed)
    assert any(line.startswith("+- test.prediction: 4 float64, from ") for line in changed)

    git("checkout", "--quiet", "-b", "rounded", main)
    project.edit(CODE, '.mean()), "rows"', '.mean().round(1)), "rows"')
    assert project.command("check", CI="true").code == 1
    assert project.command("review", "--accept", "Line", "--reason", "one digit is read").code == 0
    repository.commit("Round the error")

    with pytest.raises(subprocess.CalledProcessError):
        git("merge", "--quiet", dearer)
    unmerged = git("diff", "--name-only", "--diff-filter=U").splitlines()
    assert {"golden/Line/record.json", SUMMARY} <= set(unmerged)
    assert all(name.startswith("golden/") for name in unmerged)
    conflict = project.command("check", CI="true")
    assert (conflict.code, "[golden-conflict]" in conflict.out) == (3, True)

    merged = project.command("regen-golden", "Line", "--reason", "both", "--yes")
    assert merged.code == 0
    git("add", "--all")
    git("commit", "--quiet", "--no-edit")
    assert project.command("check", CI="true").code == 0
    log = {approval.reason for approval in project.golden().approvals}
    assert log == {"both", "delivery is paid now", "one digit is read", "a test"}
    assert "approval 4: both" in (project.root / SUMMARY).read_text(encoding="utf-8")
