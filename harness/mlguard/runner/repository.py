"""A project's git repository, read with the user's own git: nothing in it is written, neither index nor refs."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from mlguard.core.error import RunError, UsageError
from mlguard.worker.job import Called
from mlguard.worker.pool import Workers

_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.sparseCheckout": "false",
    "core.splitIndex": "false",
    "core.untrackedCache": "false",
    "core.quotePath": "false",
    "diff.autoRefreshIndex": "true",
    "diff.relative": "false",
    "gc.auto": "0",
    "submodule.recurse": "false",
}
"""What a user may have configured for checkouts of their own; how files are converted is theirs to say and stays."""

_PLACES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX",
           "GIT_NAMESPACE", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_EXTERNAL_DIFF")  # fmt: skip
"""Variables that git sets for its hooks: they would lead our commands to the hook's own index and tree."""


MERGED = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REBASE_HEAD")
"""What git calls the commit that is being merged, picked or rebased."""


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
        called = _called(workers, ["rev-parse", *asked], project, {})
        told = os.fsdecode(called.output).split("\n")[:-1]
        if called.code or len(told) != len(
            asked
        ):  # Nobody can tell such lines apart where a folder's name has several.
            error = called.errors.decode("utf-8", "replace").strip().removeprefix("fatal: ")
            raise UsageError(
                f"{project} is in no git repository that can be read: {error or 'git rev-parse failed'}; "
                "without one there is nothing to compare the working tree with",
                slug="no-repository",
            )
        top, folder, common = told
        return cls(Path(top).resolve(), Path(folder), (project / common).resolve(), workers)

    def git(
        self,
        *arguments: str,
        git_dir: Path | None = None,
        tree: Path | None = None,
        index: Path | None = None,
        objects: Path | None = None,
        fine: Container[int] = (0,),
    ) -> str:
        """What a git command prints.

        `git_dir`, `tree` and `index` stand in for the repository's own, `objects` takes what is new, and exit codes
        other than `fine` are failures.
        Raises RunError with git's own words.
        """
        places = [f"--git-dir={git_dir or self.folder}", *([f"--work-tree={tree}"] if tree else [])]
        extra = {"GIT_INDEX_FILE": str(index)} if index else {}
        if objects:
            extra |= self._beside(objects)
        code, told, error = _git(self.workers, [*places, *arguments], tree or git_dir or self.top, extra)
        if code not in fine:
            raise _failed(arguments[0], error or told)
        return told

    def listed(self, *arguments: str) -> list[str]:
        """What a git command lists of the working tree and its index, with `-z`; names are spelled as `os` does.

        Raises RunError with git's own words.
        """
        asked = [f"--git-dir={self.folder}", f"--work-tree={self.top}", *arguments]
        with self.workers.scratch() as folder:
            # `git diff` writes into the index what it saw of files; their times say which it looks at again.
            with contextlib.suppress(FileNotFoundError):  # Before the first `git add`.
                shutil.copy2(self.index, folder / "index")
            # A sparse index is completed with trees, which become objects.
            extra = {"GIT_INDEX_FILE": str(folder / "index"), **self._beside(folder / "objects")}
            called = _called(self.workers, asked, self.top, extra)
        if called.code:
            raise _failed(arguments[0], called.errors.decode("utf-8", "replace").strip())
        return os.fsdecode(called.output).split("\0")[:-1]

    def _beside(self, objects: Path) -> dict[str, str]:
        """The variables with which a git command writes new objects into a folder, and reads those of here, too."""
        objects.mkdir(exist_ok=True)
        own = str(self.common / "objects")
        return {"GIT_OBJECT_DIRECTORY": str(objects), "GIT_ALTERNATE_OBJECT_DIRECTORIES": own}

    @property
    def index(self) -> Path:
        """The index that a commit is made of: in a hook of this repository the one that git names to it.

        `git commit -a`, `git commit FILE` and `git commit -p` each make one of their own.
        """
        named, of = os.environ.get("GIT_INDEX_FILE"), os.environ.get("GIT_DIR")
        is_ours = of is None or (self.top / of).resolve() == self.folder.resolve()
        return self.top / named if named and is_ours else self.folder / "index"

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

    def write_staged(self, tree: Path, folder: Path) -> None:
        """Write what a commit would hold now into an empty folder, as `write` does; `folder` is for git's own files.

        Raises RunError where git fails, such as on a conflict.
        """
        tree.mkdir()
        index, objects = folder / "staged", folder / "objects"
        with contextlib.suppress(FileNotFoundError):  # Before the first `git add`.
            shutil.copy2(self.index, index)
        staged = self.git("write-tree", index=index, objects=objects)
        self.git("read-tree", "-u", "--reset", staged, tree=tree, index=folder / "index", objects=objects)
        self._stand_in(tree, folder / "git")

    def _stand_in(self, tree: Path, folder: Path) -> None:
        """Let git in a copy of the working tree answer as it does here: of the same history, and of what is staged.

        `folder` becomes a git directory as a linked working tree has one; this repository is told nothing of it.
        """
        folder.mkdir()
        kept = [*(self.folder / name for name in ("HEAD", *MERGED)), *self.folder.glob("sharedindex.*"), self.index]
        for file in filter(Path.is_file, kept):
            shutil.copy2(file, folder / ("index" if file == self.index else file.name))
        (folder / "commondir").write_bytes(os.fsencode(self.common) + b"\n")
        (tree / ".git").write_bytes(b"gitdir: " + os.fsencode(folder) + b"\n")

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
    called = _called(workers, arguments, folder, extra or {})
    output, errors = (text.decode("utf-8", "replace").strip("\n") for text in (called.output, called.errors))
    return called.code, output, errors.removeprefix("fatal: ").strip()


def _called(workers: Workers, arguments: Iterable[str], folder: Path, extra: Mapping[str, str]) -> Called:
    settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    variables = {**outside_hooks(), "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", **extra}
    return workers.call(["git", *settings, *arguments], folder=folder, variables=variables)


def outside_hooks() -> dict[str, str]:
    """The variables with which a git command finds the repository by its folder, also in a hook; it locks no index."""
    kept = {name: value for name, value in os.environ.items() if name not in _PLACES}
    return {**kept, "GIT_OPTIONAL_LOCKS": "0"}


def _failed(command: str, told: str) -> RunError:
    return RunError(f"git {command} failed: {told}", slug="git-failed")


def _unknown(revision: str, *, shallow: bool) -> str:
    if ".." in revision:
        return f"{revision!r} is a range of revisions; name one, or two with a blank between them"
    hint = (
        "the clone is shallow: `git fetch --unshallow` brings the rest" if shallow else "`git log` shows what there is"
    )
    return f"no revision {revision!r} in this repository; {hint}"
