"""A project's git repository, read with the user's own git: nothing in it is written, neither index nor refs."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from mlguard.core.error import RunError, UsageError
from mlguard.worker.pool import Workers

_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.sparseCheckout": "false",
    "core.splitIndex": "false",
    "core.untrackedCache": "false",
    "core.quotePath": "false",
    "gc.auto": "0",
    "submodule.recurse": "false",
}
"""What a user may have configured for checkouts of their own; how files are converted is theirs to say and stays."""

_PLACES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX",
           "GIT_NAMESPACE", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_EXTERNAL_DIFF")  # fmt: skip
"""Variables that git sets for its hooks: they would lead our commands to the hook's own index and tree."""


@dataclass(frozen=True)
class Commit:
    """One commit."""

    sha: str
    """Its full name."""
    short: str
    """Its name as messages show it."""
    date: str
    """The author's date: day, time and zone."""
    subject: str
    """The first line of its message."""


@dataclass(frozen=True)
class Repository:
    """One repository, seen from a project in it."""

    top: Path
    """The folder of its working tree."""
    folder: Path
    """Its git directory: that of the linked worktree, where the project lies in one."""
    common: Path
    """The git directory that holds its objects."""
    workers: Workers
    """What runs git, so that it ends when we do."""

    @classmethod
    def around(cls, project: Path, workers: Workers) -> Repository:
        """The repository that a project lies in.

        Raises UsageError without git, outside a repository, or where git refuses it.
        """
        if shutil.which("git") is None:
            raise UsageError("git was not found; install it, or add its folder to PATH", slug="git-missing")
        asked = ("--show-toplevel", "--absolute-git-dir", "--git-common-dir")
        code, told, error = _git(workers, ["rev-parse", *asked], project)
        if code:
            raise UsageError(
                f"{project} is in no git repository that can be read: {error or 'git rev-parse failed'}; "
                "`mlguard diff` compares revisions of one",
                slug="no-repository",
            )
        top, folder, common = told.splitlines()
        return cls(Path(top).resolve(), Path(folder), (project / common).resolve(), workers)

    def git(
        self,
        *arguments: str,
        git_dir: Path | None = None,
        tree: Path | None = None,
        index: Path | None = None,
        fine: Container[int] = (0,),
    ) -> str:
        """What a git command prints.

        `git_dir`, `tree` and `index` stand in for the repository's own, and exit codes other than `fine` are failures.
        Raises RunError with git's own words.
        """
        places = [f"--git-dir={git_dir or self.folder}", *([f"--work-tree={tree}"] if tree else [])]
        extra = {"GIT_INDEX_FILE": str(index)} if index else {}
        code, told, error = _git(self.workers, [*places, *arguments], tree or git_dir or self.top, extra)
        if code not in fine:
            raise RunError(f"git {arguments[0]} failed: {error or told}", slug="git-failed")
        return told

    def commit(self, revision: str) -> Commit:
        """The commit that a revision names. Raises UsageError where there is none of that name."""
        try:
            sha = self.git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        except RunError:
            raise UsageError(_unknown(revision, shallow=self.is_shallow), slug="revision-unknown") from None
        told = self.git("log", "-1", "--no-show-signature", "--format=%H%n%h%n%ai%n%s", sha)
        return Commit(*told.split("\n", 3))

    @property
    def is_shallow(self) -> bool:
        """Whether its history was cut off when it was cloned."""
        return (self.common / "shallow").is_file()

    def write(self, commit: Commit, tree: Path, index: Path) -> None:
        """Write a commit's files into an empty folder, as a checkout would, but for submodules, which stay empty."""
        tree.mkdir()
        self.git("read-tree", "-u", "--reset", commit.sha, tree=tree, index=index)

    @contextlib.contextmanager
    def fetched(self, name: str) -> Iterator[Repository]:
        """A repository of its own that holds one commit of this one's origin, where that can be had; for a block.

        Nothing is added to this one, whose remotes and credentials are used.
        """
        with self.workers.scratch() as folder:
            self.git("init", "--quiet", "--bare", git_dir=folder)
            other = replace(self, folder=folder, common=folder)
            config = ("-c", f"include.path={self.common / 'config'}")
            with contextlib.suppress(RunError):  # Offline, or the origin gives no single commits: there is none then.
                other.git(*config, "fetch", "--quiet", "--depth=1", "--no-tags", "origin", name)
            yield other

    def files(self, commit: Commit) -> list[str]:
        """The files of a commit, from the top of the working tree."""
        return self.git("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit.sha).split("\0")[:-1]

    def submodules(self, commit: Commit) -> list[str]:
        """The folders of a commit that are submodules."""
        listed = self.git("ls-tree", "-r", "-z", "--full-tree", commit.sha).split("\0")
        return [line.partition("\t")[2] for line in listed if line.startswith("160000 ")]


def _git(
    workers: Workers, arguments: Iterable[str], folder: Path, extra: dict[str, str] | None = None
) -> tuple[int, str, str]:
    """Exit code, output and complaint of one git command."""
    settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    kept = {name: value for name, value in os.environ.items() if name not in _PLACES}
    variables = {**kept, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", **(extra or {})}
    called = workers.call(["git", *settings, *arguments], folder=folder, variables=variables)
    output, errors = (text.decode("utf-8", "replace").strip("\n") for text in (called.output, called.errors))
    return called.code, output, errors.removeprefix("fatal: ").strip()


def _unknown(revision: str, *, shallow: bool) -> str:
    if ".." in revision:
        return f"{revision!r} is a range; name its two revisions with a blank between them"
    hint = (
        "the clone is shallow: `git fetch --unshallow` brings the rest" if shallow else "`git log` shows what there is"
    )
    return f"no revision {revision!r} in this repository; {hint}"
