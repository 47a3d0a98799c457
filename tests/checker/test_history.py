"""What git knows of a golden: the commit to compare with, where there is one that tells anything."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from mlguard.checker.history import golden_commit, head
from tests.repository import Repository, calm

GOLDEN = "golden/Line/record.json"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A golden, accepted on the first commit and brought by the second."""
    made = Repository(tmp_path / "repository", files={"line.py": "", GOLDEN: "1"})
    (made.top / GOLDEN).write_text("2")
    made.commit("Bring a golden")
    made.edit("line.py", "", "x = 1\n")
    return made


def commit_of(repository: Repository, approved: str | None) -> str | None:
    return golden_commit(repository.top, repository.top / "golden/Line", approved)


def test_there_is_no_commit_without_git_outside_a_repository_or_before_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert head(tmp_path) is None
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True, env=calm())
    assert head(tmp_path) is None
    monkeypatch.setenv("PATH", "")
    assert head(tmp_path) is None


def test_the_commit_that_brought_the_golden_has_the_code_that_it_was_accepted_with(repository: Repository):
    assert commit_of(repository, repository.first) == repository.git("rev-parse", "--short", "HEAD~1")


def test_a_golden_that_is_not_committed_as_it_is_has_the_commit_of_its_approval(repository: Repository):
    (repository.top / GOLDEN).write_text("3")
    assert commit_of(repository, repository.first) == repository.first
    assert commit_of(repository, None) is None


def test_a_golden_that_git_ignores_has_the_commit_of_its_approval(repository: Repository):
    copy = repository.top / ".mlguard/shared/s3/golden/Line"
    copy.mkdir(parents=True)
    (copy / "record.json").write_text("2")
    (repository.top / ".mlguard/.gitignore").write_text("*\n")
    assert golden_commit(repository.top, copy, repository.first) == repository.first
    assert golden_commit(repository.top, copy, None) is None


def test_a_commit_that_the_repository_does_not_have_is_none(repository: Repository):
    (repository.top / GOLDEN).write_text("3")
    assert commit_of(repository, "0123456789ab") is None


def test_where_a_shallow_clone_ends_nothing_is_known(repository: Repository, tmp_path: Path):
    told = ["git", "clone", "--quiet", "--depth", "1", repository.top.as_uri(), str(tmp_path / "clone")]
    subprocess.run(told, check=True, env=calm())
    assert golden_commit(tmp_path / "clone", tmp_path / "clone/golden/Line", repository.first) is None


def test_looking_changes_nothing(repository: Repository):
    os.utime(repository.top / GOLDEN, (10**9, 10**9))
    before = repository.state()
    commit_of(repository, repository.first)
    assert repository.state() == before


def test_a_hook_leads_it_to_no_other_repository(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    other = Repository(tmp_path / "other", files={"a": ""})
    expected = head(repository.top), commit_of(repository, None)
    for name, value in (("GIT_DIR", other.top / ".git"), ("GIT_INDEX_FILE", other.top / "none")):
        monkeypatch.setenv(name, str(value))
    assert (head(repository.top), commit_of(repository, None)) == expected
