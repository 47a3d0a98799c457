"""What a commit would hold is written as git would, and what git ignores stands beside it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mlguard.core.error import UsageError
from mlguard.runner.differing import unstaged
from mlguard.runner.repository import Repository
from mlguard.runner.staged import staged
from mlguard.settings import load
from mlguard.worker.pool import Workers
from tests.repository import Repository as Real
from tests.repository import git

FILES = {
    "ml/pyproject.toml": "[tool.mlguard]\n",
    "ml/a.py": "x = 1\n",
    "ml/b/c.py": "y\n",
    ".gitignore": "*.log\nold/\n",
}


@pytest.fixture
def real(tmp_path: Path) -> Real:
    return Real(tmp_path / "repository", files=FILES)


@contextmanager
def written(real: Real, workers: Workers) -> Iterator[Path]:
    """The folder of the repository as it is staged."""
    repository = Repository.around(real.top / "ml", workers)
    with staged(repository, load(real.top / "ml"), unstaged(repository).listed) as side:
        assert side.copy is not None
        assert side.settings.base == side.copy.place / "ml"
        yield side.copy.place


def files(top: Path) -> dict[str, str]:
    found = (path for path in sorted(top.rglob("*")) if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(top).as_posix(): path.read_text() for path in found}


def test_it_is_written_whole_and_the_repository_stays_as_it_is(real: Real, workers: Workers):
    (real.top / "ml/a.py").write_text("x = 2\n")
    (real.top / "ml/new.py").write_text("n\n")
    real.git("rm", "--quiet", "ml/b/c.py")
    real.git("add", "ml")
    (real.top / "ml/a.py").write_text("x = 3\n")
    (real.top / "ml/untracked.py").touch()
    (real.top / "ml/intended.py").write_text("i\n")
    real.git("add", "--intent-to-add", "ml/intended.py")
    before = real.state()
    with written(real, workers) as folder:
        expected = {"ml/pyproject.toml": "[tool.mlguard]\n", "ml/a.py": "x = 2\n", "ml/new.py": "n\n"}
        assert files(folder) == {**expected, ".gitignore": FILES[".gitignore"]}
    assert real.state() == before
    assert not folder.exists()


def test_what_git_ignores_is_brought_along(real: Real, workers: Workers, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mlguard.runner.staged.LARGEST", 10)
    (real.top / "ml/old/in").mkdir(parents=True)
    (real.top / "ml/old/in/x").write_text("old")
    (real.top / "ml/small.log").write_text("1")
    (real.top / "ml/large.log").write_text("1" * 20)
    (real.top / "ml/gone.log").symlink_to("nowhere")
    (real.top / "ml/.mlguard").mkdir()
    (real.top / "ml/.mlguard/.gitignore").write_text("*\n")
    with written(real, workers) as folder:
        kinds = {path.name: path.is_symlink() for path in (folder / "ml").iterdir()}
        assert kinds == {"pyproject.toml": False, "a.py": False, "b": False, "old": True, "small.log": False,
                         "large.log": True, "gone.log": True}  # fmt: skip
        assert (folder / "ml/old/in/x").read_text() == "old"
    assert (real.top / "ml/old/in/x").read_text() == "old"


@pytest.mark.parametrize("is_link", [True, False])
def test_no_file_is_brought_over_what_is_staged_or_through_a_link(
    real: Real, workers: Workers, tmp_path: Path, is_link: bool
):
    (tmp_path / "outside").mkdir()
    data = real.top / "ml/data"
    data.symlink_to(tmp_path / "outside") if is_link else data.touch()
    real.git("add", "--all")
    data.unlink()
    data.mkdir()
    (data / "x.log").touch()
    with written(real, workers) as folder:
        assert (folder / "ml/data").is_symlink() is is_link
    assert list((tmp_path / "outside").iterdir()) == []


def test_odd_names_modes_links_and_ends_of_lines_are_those_of_a_checkout(real: Real, workers: Workers):
    names = ("\n", " é\t'\"\\", os.fsdecode(b"\xff\n"), "-x", "*", "A.py")
    for name in names:
        (real.top / "ml" / name).touch()
    (real.top / "ml/link").symlink_to("a.py")
    (real.top / "ml/a.py").chmod(0o755)
    (real.top / ".gitattributes").write_text("*.py eol=crlf\n")
    real.git("add", "--all")
    with written(real, workers) as folder:
        assert {*names} < {path.name for path in (folder / "ml").iterdir()}
        assert os.readlink(folder / "ml/link") == "a.py"
        assert os.access(folder / "ml/a.py", os.X_OK)
        assert (folder / "ml/b/c.py").read_bytes() == b"y\r\n"


def test_a_submodule_is_brought_along_and_refused_where_it_differs(real: Real, workers: Workers, tmp_path: Path):
    other = Real(tmp_path / "other", files={"f": "1"})
    real.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.top), "sub")
    with written(real, workers) as folder:
        assert files(folder)["sub/f"] == "1"
    (real.top / "sub/new").touch()
    with pytest.raises(UsageError, match="submodule sub is not as it is staged"), written(real, workers):
        pass


def test_a_linked_working_tree_and_a_split_index_have_what_is_staged_there(
    real: Real, workers: Workers, tmp_path: Path
):
    real.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    (tmp_path / "linked/ml/a.py").write_text("x = 5\n")
    git(tmp_path / "linked", "add", "--all")
    git(tmp_path / "linked", "update-index", "--split-index")
    repository = Repository.around(tmp_path / "linked/ml", workers)
    with staged(repository, load(tmp_path / "linked/ml"), ()) as side:
        assert (side.settings.base / "a.py").read_text() == "x = 5\n"
        assert git(side.settings.base, "status", "--porcelain") == "M  ml/a.py"


def test_git_answers_there_of_the_same_history_and_of_what_is_staged(real: Real, workers: Workers):
    (real.top / "ml/a.py").write_text("x = 2\n")
    real.git("add", "ml")
    (real.top / "ml/a.py").write_text("x = 3\n")
    before = real.state()
    with written(real, workers) as folder:
        assert git(folder, "log", "--format=%h") == real.first
        # A blank before the letter would be an edit that is not staged.
        assert git(folder, "status", "--porcelain") == "M  ml/a.py"
        there = Repository.around(folder / "ml", workers)
        assert (there.top, there.common) == (folder, real.top / ".git")
    assert real.state() == before
    assert len(real.git("worktree", "list").splitlines()) == 1


def test_a_sparse_index_is_completed_elsewhere(real: Real, workers: Workers):
    (real.top / "other/deep").mkdir(parents=True)
    (real.top / "other/deep/d.py").write_text("d\n")
    real.commit("Another folder")
    real.git("sparse-checkout", "set", "--cone", "--sparse-index", "ml")
    (real.top / "ml/a.py").write_text("x = 2\n")
    real.git("add", "ml")
    before = set(real.top.rglob("*"))
    with written(real, workers) as folder:
        assert (folder / "other/deep/d.py").read_text() == "d\n"
    assert set(real.top.rglob("*")) == before


def test_what_is_no_project_is_refused(real: Real, workers: Workers):
    real.git("rm", "--quiet", "--cached", "ml/pyproject.toml")
    with pytest.raises(UsageError, match=r"no pyproject.toml with \[tool.mlguard\] is staged"), written(real, workers):
        pass
