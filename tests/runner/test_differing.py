"""What of the working tree differs from a commit or the index, whatever was done to it and whatever its name is."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mlguard.core.error import UsageError
from mlguard.runner.differing import Differing, since, unstaged
from mlguard.runner.repository import Repository
from mlguard.worker.pool import Workers
from tests.repository import Repository as Real
from tests.repository import git

FILES = {"a.py": "x = 1\n", "b/c.py": "y = 2\n", "b/d/e.txt": "z\n", ".gitignore": "*.log\n"}


@pytest.fixture
def real(tmp_path: Path) -> Real:
    return Real(tmp_path / "repository", files=FILES)


def found(real: Real, differing: Differing) -> tuple[set[str], dict[str, bool]]:
    """What was edited, and what was listed, below the repository's folder."""
    return (
        {os.path.relpath(place, real.top) for place in differing.edited},
        {os.path.relpath(place, real.top): leads for place, leads in differing.listed.items()},
    )


EDITS: dict[str, tuple[Callable[[Path], object], set[str], dict[str, bool]]] = {
    "nothing": (lambda top: None, set(), {}),
    "a touched file": (lambda top: os.utime(top / "a.py", (1, 1)), set(), {}),
    "another content": (lambda top: (top / "a.py").write_text("x = 3\n"), {"a.py"}, {}),
    "rights": (lambda top: (top / "a.py").chmod(0o755), {"a.py"}, {}),
    "a file that is gone": (lambda top: (top / "a.py").unlink(), set(), {"a.py": False}),
    "a folder that is gone": (lambda top: shutil.rmtree(top / "b/d"), set(), {"b/d/e.txt": False, "b/d": True}),
    "an empty folder left": (lambda top: (top / "b/d/e.txt").unlink(), set(), {"b/d/e.txt": False}),
    "a new file": (lambda top: (top / "b/new").write_text(""), set(), {"b/new": False}),
    "a new folder": (
        lambda top: ((top / "n/m").mkdir(parents=True), (top / "n/m/o").touch()),
        set(),
        {"n/m/o": False, "n/m": True, "n": True},
    ),
    "an ignored file": (lambda top: (top / "b/x.log").touch(), set(), {}),
    "a renamed file": (lambda top: (top / "a.py").rename(top / "z.py"), set(), {"a.py": False, "z.py": False}),
    "another case": (lambda top: (top / "a.py").rename(top / "A.py"), set(), {"a.py": False, "A.py": False}),
    "a link for a file": (
        lambda top: ((top / "a.py").unlink(), (top / "a.py").symlink_to("b/c.py")),
        set(),
        {"a.py": True},
    ),
    "a link for a folder": (
        lambda top: ((top / "b").rename(top / "k"), (top / "b").symlink_to("k")),
        set(),
        {"b/c.py": False, "b/d/e.txt": False, "b": True, "k/c.py": False, "k/d/e.txt": False}
        | {"k/d": True, "k": True},
    ),
    "a folder for a file": (
        lambda top: ((top / "a.py").unlink(), (top / "a.py").mkdir(), (top / "a.py/in").touch()),
        set(),
        {"a.py": True, "a.py/in": False},
    ),
    "odd names": (
        lambda top: [(top / name).touch() for name in ("\n", " é\t'\"\\", os.fsdecode(b"\xff\n"), "-x", "*")],
        set(),
        {"\n": False, " é\t'\"\\": False, os.fsdecode(b"\xff\n"): False, "-x": False, "*": False},
    ),
    "another repository inside": (
        lambda top: ((top / "in").mkdir(), git(top / "in", "init", "--quiet"), (top / "in/f").touch()),
        set(),
        {"in": True},
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_what_differs_from_a_commit_and_from_the_index(real: Real, workers: Workers, edit: str):
    change, edited, listed = EDITS[edit]
    change(real.top)
    before = real.state()
    repository = Repository.around(real.top, workers)
    head = since(repository, repository.commit("HEAD"), "HEAD")
    assert found(real, head) == found(real, unstaged(repository)) == (edited, listed)
    assert (head.state, unstaged(repository).state) == (f"HEAD ({real.first})", "the index")
    assert real.state() == before


def test_what_is_staged_differs_from_the_commit_alone(real: Real, workers: Workers):
    (real.top / "a.py").write_text("x = 3\n")
    (real.top / "new").touch()
    real.git("add", "--all")
    repository = Repository.around(real.top, workers)
    assert found(real, unstaged(repository)) == (set(), {})
    assert found(real, since(repository, repository.commit("HEAD"), "HEAD")) == ({"a.py"}, {"new": False})
    real.git("reset", "--quiet")
    real.git("add", "--intent-to-add", "new")
    assert found(real, unstaged(repository)) == ({"a.py"}, {"new": False})
    real.git("rm", "--cached", "--quiet", "b/c.py")
    assert found(real, unstaged(repository))[1] == {"new": False, "b/c.py": False}


def test_no_setting_hides_what_differs(real: Real, workers: Workers):
    for name in ("assume-unchanged", "skip-worktree"):
        real.git("update-index", f"--{name}", "a.py")
        (real.top / "a.py").write_text("x = 3\n")
        assert found(real, unstaged(Repository.around(real.top, workers))) == ({"a.py"}, {}), name
        real.git("update-index", f"--no-{name}", "a.py")
    for name, value in (("relative", "true"), ("external", "true"), ("renames", "copies"), ("noprefix", "true"),
                        ("ignoreSubmodules", "all"), ("autoRefreshIndex", "false")):  # fmt: skip
        real.git("config", f"diff.{name}", value)
    real.git("config", "color.ui", "always")
    real.git("config", "status.showUntrackedFiles", "no")
    os.utime(real.top / "b/c.py", (1, 1))
    assert found(real, unstaged(Repository.around(real.top / "b", workers))) == ({"a.py"}, {})


def test_line_ends_that_git_writes_differ_from_nothing(real: Real, workers: Workers):
    real.git("config", "core.autocrlf", "true")
    (real.top / "a.py").write_bytes(b"x = 1\r\n")
    assert found(real, unstaged(Repository.around(real.top, workers))) == (set(), {})


def test_a_submodule_differs_as_a_whole(real: Real, workers: Workers, tmp_path: Path):
    other = Real(tmp_path / "other", files={"f": "1"})
    real.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.top), "sub")
    real.commit("Submodule")
    repository = Repository.around(real.top, workers)
    assert found(real, unstaged(repository)) == (set(), {})
    (real.top / "sub/new").touch()
    assert found(real, unstaged(repository)) == (set(), {"sub": True})


def test_a_conflict_differs_from_both_commits_and_cannot_be_staged(real: Real, workers: Workers):
    real.git("checkout", "--quiet", "-b", "other")
    real.edit("a.py", "1", "2")
    real.git("checkout", "--quiet", "main")
    real.edit("a.py", "1", "3")
    with pytest.raises(subprocess.CalledProcessError):
        real.git("merge", "--quiet", "other")
    repository = Repository.around(real.top, workers)
    for name in ("main", "other"):
        assert real.top / "a.py" in map(Path, since(repository, repository.commit(name), name).places)
    with pytest.raises(UsageError, match=r"^a\.py has a conflict; resolve it, and `git add` it"):
        unstaged(repository)


def test_a_commit_that_is_no_ancestor_and_one_that_a_shallow_clone_lacks(real: Real, workers: Workers, tmp_path: Path):
    real.edit("a.py", "1", "2")
    real.git("checkout", "--quiet", "--orphan", "alone")
    real.edit("b/c.py", "2", "3")
    repository = Repository.around(real.top, workers)
    assert found(real, since(repository, repository.commit("main"), "main")) == ({"b/c.py"}, {})
    git(tmp_path, "clone", "--quiet", "--depth=1", "--branch=main", real.top.as_uri(), "shallow")
    with pytest.raises(UsageError, match="the clone is shallow: `git fetch --unshallow` brings the rest"):
        Repository.around(tmp_path / "shallow", workers).commit(real.first)


def test_nothing_is_committed_yet(workers: Workers, tmp_path: Path):
    git(tmp_path, "init", "--quiet")
    (tmp_path / "a").touch()
    repository = Repository.around(tmp_path, workers)
    assert unstaged(repository).listed == {str(repository.top / "a"): False}
    git(tmp_path, "add", "a")
    assert unstaged(repository).listed == {}


def test_the_index_is_that_of_the_hook(real: Real, workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    own = real.top / ".git/index"
    repository = Repository.around(real.top, workers)
    assert repository.index == own
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index-1.lock")
    monkeypatch.chdir(real.top / "b")
    assert repository.index == real.top / ".git/next-index-1.lock"
    for of, is_ours in ((".git", True), (str(real.top / ".git"), True), (str(tmp_path / "other/.git"), False)):
        monkeypatch.setenv("GIT_DIR", of)
        assert (Repository.around(real.top, workers).index != own) is is_ours, of
