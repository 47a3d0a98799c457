"""Where a golden stands in the project's git history: what `mlguard diff` is to compare with after a failed check."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath

from mlguard.files.tree import LARGEST
from mlguard.runner.repository import MERGED, outside_hooks

EARLIER = 10
"""Commits of a golden that are looked at for a whole one."""

AT_ONCE = 100
"""Paths that one git command is given."""

PATIENCE = 20.0
"""Seconds that git may take."""


def head(project: Path) -> str | None:
    """The whole name of the commit that is checked out; None without git or a repository, or before the first commit.

    A server gives a single commit only by its whole name.
    """
    return _git(project, "rev-parse", "--verify", "--quiet", "HEAD")


def is_edited(project: Path) -> bool:
    """Whether files that git has were edited since the commit that is checked out."""
    return _git(project, "status", "--porcelain", "--untracked-files=no", "--", ".") is not None


def setting(project: Path, name: str) -> str | None:
    """One of git's settings in the project, such as `user.email`; None without it."""
    return _git(project, "config", name)


def golden_commit(project: Path, golden: Path, approved: str | None) -> str | None:
    """The commit whose code a golden was accepted with; None where the repository does not have it.

    An approval happens before the commit that it becomes part of, so that the commit which brought the golden's file is
    asked first, and the one that was checked out at the approval (`approved`) only where the file is not committed as
    it is.
    """
    if _git(project, "status", "--porcelain", "--", str(golden)) is None:
        brought = _git(project, "log", "-1", "--format=%h", "--", str(golden))
        if brought is not None:  # Git knows nothing of one that it ignores, such as a copy of what is kept elsewhere.
            return None if _is_cut(project, brought) else brought
    return approved and _git(project, "rev-parse", "--short", "--verify", "--quiet", f"{approved}^{{commit}}")


def _is_cut(project: Path, commit: str) -> bool:
    """Whether a shallow clone ends at this commit, which then seems to have brought every file."""
    return _git(project, "rev-parse", "--is-shallow-repository") == "true" and not _git(
        project, "log", "-1", "--format=%P", commit
    )


def is_merging(project: Path, folder: Path) -> bool:
    """Whether a merge left a conflict in a folder, or is under way: a conflict may be added as it is."""
    under_way = (_git(project, "rev-parse", "--verify", "--quiet", head) for head in MERGED)
    return _git(project, "ls-files", "--unmerged", "--", str(folder)) is not None or any(under_way)


def is_committed(project: Path, ran: Iterable[str], besides: Iterable[Path]) -> bool | None:
    """Whether the commit that is checked out has all that git tracks as it lies here, and each file that ran.

    `ran` are paths from the project's root; what git ignores does not count, nor what lies in the folders `besides`.
    None without git.
    """
    top, changed = (
        _git(project, "rev-parse", "--show-toplevel"),
        _listed(project, "diff", "--name-only", "--no-ext-diff", "--no-relative", "HEAD"),
    )
    if top is None or changed is None:
        return None
    root = Path(top).resolve()
    left_out = [folder.resolve() for folder in besides]
    counts = [name for name in changed if not any((root / name).is_relative_to(folder) for folder in left_out)]
    return not counts and not any(
        _listed(project, "ls-files", "--others", "--exclude-standard", "--", *part) for part in _batched(sorted(ran))
    )


def _batched(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """The names, as many at once as a command line takes on every system."""
    yield from (names[at : at + AT_ONCE] for at in range(0, len(names), AT_ONCE))


def _listed(project: Path, command: str, *arguments: str) -> list[str] | None:
    printed = _output(project, "--literal-pathspecs", command, "-z", *arguments)
    return None if printed is None else os.fsdecode(printed).split("\0")[:-1]


def commits(project: Path, folder: Path) -> tuple[str, ...]:
    """The commits that changed a folder, newest first, a few at most."""
    return tuple((_git(project, "rev-list", f"--max-count={EARLIER}", "HEAD", "--", str(folder)) or "").split())


def blob(project: Path, revision: str, file: Path) -> bytes | None:
    """The content of a file in a commit, or in a stage of the index such as `:2`; None where git has none."""
    try:
        place = f"{revision}:./{PurePath(os.path.relpath(file, project)).as_posix()}"
    except ValueError:  # On another drive.
        return None
    size = _git(project, "cat-file", "-s", place)
    return None if size is None or int(size) > LARGEST else _output(project, "cat-file", "blob", place)


def _git(project: Path, *arguments: str) -> str | None:
    """What a git command prints; None where that is nothing, or it fails."""
    printed = _output(project, *arguments)
    return None if printed is None else printed.decode(errors="replace").strip() or None


def _output(project: Path, *arguments: str) -> bytes | None:
    try:
        asked = subprocess.run(  # noqa: S603 -- arguments are our own, and a golden's path
            ["git", *arguments],  # noqa: S607 -- the user's own git, wherever it is.
            cwd=project,
            # Looking must not refresh the index, in which somebody may be working.
            env=outside_hooks(),
            capture_output=True,
            check=False,
            timeout=PATIENCE,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return asked.stdout if asked.returncode == 0 else None
