"""Reading a repository: whatever its owner configured, a revision is written as git would, and nothing else is."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlguard.core.error import RunError, UsageError
from mlguard.runner.repository import Repository
from mlguard.worker.pool import Workers
from tests.repository import Repository as Real
from tests.repository import calm


@pytest.fixture
def workers() -> Iterator[Workers]:
    with Workers() as opened:
        yield opened


@pytest.fixture
def real(tmp_path: Path) -> Real:
    return Real(tmp_path / "repository", files={"a.py": "x = 1\n", "b/c.py": "y = 2\n"})


def written(repository: Repository, revision: str, folder: Path) -> dict[str, bytes]:
    """The files of a revision by name."""
    repository.write(repository.commit(revision), folder / "tree", folder / "index")
    found = sorted(path for path in (folder / "tree").rglob("*") if path.is_file())
    return {path.relative_to(folder / "tree").as_posix(): path.read_bytes() for path in found}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder"


def test_a_revision_is_written_whole_and_the_repository_stays_as_it_is(real: Real, workers: Workers, folder: Path):
    (real.top / "a.py").write_text("x = 3\n")
    (real.top / "b/c.py").unlink()
    (real.top / "new.py").write_text("")
    real.git("add", "new.py")
    before = real.state()
    found = written(Repository.around(real.top, workers), "HEAD", folder)
    assert found == {"a.py": b"x = 1\n", "b/c.py": b"y = 2\n"}
    assert real.state() == before


def test_hooks_do_not_run(real: Real, workers: Workers, folder: Path):
    for name in ("post-checkout", "post-index-change", "reference-transaction"):
        hook = real.top / ".git/hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {folder}/ran-{name}\n")
        hook.chmod(0o755)
    written(Repository.around(real.top, workers), "HEAD", folder)
    assert not list(folder.glob("ran-*"))


@pytest.mark.parametrize(
    ("name", "value"),
    [("core.splitIndex", "true"), ("core.sparseCheckout", "true"), ("core.fsmonitor", "no-such-program"),
     ("submodule.recurse", "true"), ("core.untrackedCache", "true"), ("diff.external", "no-such-program")],
)  # fmt: skip
def test_what_interferes_with_checkouts_is_set_aside(real: Real, workers: Workers, folder: Path, name: str, value: str):
    (real.top / ".git/info").mkdir(exist_ok=True)
    (real.top / ".git/info/sparse-checkout").write_text("/nothing\n")
    real.git("config", name, value)
    before = real.state()
    repository = Repository.around(real.top, workers)
    assert written(repository, "HEAD", folder).keys() == {"a.py", "b/c.py"}
    (real.top / "a.py").write_text("x = 3\n")
    assert repository.git("diff", "--name-only", "-z", "HEAD", tree=real.top) == "a.py\0"
    (real.top / "a.py").write_text("x = 1\n")
    assert real.state() == before


def test_line_ends_are_converted_as_in_the_users_own_checkout(real: Real, workers: Workers, folder: Path):
    (real.top / ".gitattributes").write_text("b/*.py text eol=crlf\n")
    real.commit("Convert")
    found = written(Repository.around(real.top, workers), "HEAD", folder)
    assert (found["a.py"], found["b/c.py"]) == (b"x = 1\n", b"y = 2\r\n")


def test_a_git_hooks_own_variables_do_not_lead_to_its_index(
    real: Real, workers: Workers, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("GIT_INDEX_FILE", str(real.top / ".git/index.lock"))
    monkeypatch.setenv("GIT_DIR", str(folder))
    monkeypatch.setenv("GIT_WORK_TREE", str(folder))
    assert written(Repository.around(real.top, workers), "HEAD", folder).keys() == {"a.py", "b/c.py"}


def test_a_linked_worktree_has_its_own_folder_and_shares_its_objects(real: Real, workers: Workers, tmp_path: Path):
    real.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    repository = Repository.around(tmp_path / "linked", workers)
    assert repository.top == tmp_path / "linked"
    assert repository.common == real.top / ".git"


def test_submodules_are_left_alone_and_named(real: Real, workers: Workers, folder: Path, tmp_path: Path):
    inner = Real(tmp_path / "inner", files={"inside.py": ""})
    real.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.top), "vendor")
    real.commit("Take a submodule")
    real.git("config", "submodule.recurse", "true")
    before = real.state()
    repository = Repository.around(real.top, workers)
    assert "vendor/inside.py" not in written(repository, "HEAD", folder)
    assert repository.submodules(repository.commit("HEAD")) == ["vendor"]
    assert real.state() == before


def test_a_shallow_clone_says_what_is_missing(real: Real, workers: Workers, folder: Path, tmp_path: Path):
    real.edit("a.py", "x = 1", "x = 2")
    told = ["git", "clone", "--quiet", "--depth", "1", real.top.as_uri(), str(tmp_path / "clone")]
    subprocess.run(told, check=True, env=calm())
    repository = Repository.around(tmp_path / "clone", workers)
    assert written(repository, "HEAD", folder)["a.py"] == b"x = 2\n"
    with pytest.raises(UsageError, match="git fetch --unshallow"):
        repository.commit("HEAD~1")


def test_a_commit_is_told_by_its_names_date_and_subject(real: Real, workers: Workers):
    commit = Repository.around(real.top, workers).commit("main")
    assert commit.sha.startswith(commit.short)
    assert (commit.date, commit.subject) == ("2024-05-17 12:00:00 +0000", "First")


def test_names_of_any_alphabet_and_the_bits_of_files_are_kept(real: Real, workers: Workers, folder: Path):
    (real.top / "größe größer.py").write_text("")
    (real.top / "run.sh").write_text("#!/bin/sh\n")
    (real.top / "run.sh").chmod(0o755)
    (real.top / "link.py").symlink_to("a.py")
    real.commit("Names")
    found = written(Repository.around(real.top, workers), "HEAD", folder)
    assert "größe größer.py" in found
    assert os.access(folder / "tree/run.sh", os.X_OK)
    assert (folder / "tree/link.py").is_symlink()


def test_what_git_says_is_passed_on(real: Real, workers: Workers):
    with pytest.raises(RunError) as failed:
        Repository.around(real.top, workers).git("read-tree", "0" * 40)
    assert failed.value.slug == "git-failed"
    assert "git read-tree failed" in failed.value.message
