"""What of the working tree differs from a commit, or from the index; names are places on disk, links left alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from mlguard.core.error import several
from mlguard.runner.repository import Commit, Repository

_DIFF = ("diff", "--raw", "-z", "--no-renames", "--no-ext-diff", "--ignore-submodules=none")

_SUBMODULE, _LINK, _FILES = "160000", "120000", "100"
"""Modes of git: files are `100644` and `100755`."""

_LEADING = (_SUBMODULE, _LINK)
"""What may be, or lead to, a folder."""


@dataclass(frozen=True)
class Differing:
    """What of the working tree is not as git has it in another state; files that git ignores do not count."""

    state: str
    """What messages call the other state: a revision with its commit, or the index."""
    edited: frozenset[str] = frozenset()
    """Files that both have, with other content or rights."""
    listed: Mapping[str, bool] = field(default_factory=dict)
    """What only one of them has, or each in another kind, and folders that hold nothing else -> whether that may be a
    folder, or lead to one."""

    @property
    def places(self) -> frozenset[str]:
        """All of them."""
        return self.edited | self.listed.keys()


def since(repository: Repository, commit: Commit, name: str) -> Differing:
    """What of the working tree differs from a commit, which the user called `name`. Raises RunError where git fails."""
    told = name if commit.sha.startswith(name) else f"{name} ({commit.short})"
    folders = ("ls-tree", "-r", "-d", "-z", "--name-only", "--full-tree", commit.sha)
    return _differing(repository, told, (commit.sha,), lambda: {*repository.listed(*folders)})


def unstaged(repository: Repository) -> Differing:
    """What of the working tree differs from the index.

    Raises UsageError for a conflict, of which no commit can be made, and RunError where git fails.
    """
    conflicts = dict.fromkeys(line.partition("\t")[2] for line in repository.listed("ls-files", "--unmerged", "-z"))
    if conflicts:
        raise several(
            [f"{name} has a conflict; resolve it, and `git add` it" for name in conflicts], slug="staged-conflict"
        )
    return _differing(repository, "the index", (), lambda: {*_above(repository.listed("ls-files", "-z"))})


def _differing(
    repository: Repository, state: str, against: tuple[str, ...], folders: Callable[[], set[str]]
) -> Differing:
    edited, listed = set(_hidden(repository)), dict(_new(repository))
    found = iter(repository.listed(*_DIFF, *against, "--"))
    for modes, name in zip(found, found, strict=True):
        before, now = modes.removeprefix(":").split(" ")[:2]
        if before.startswith(_FILES) and now.startswith(_FILES):
            edited.add(name)
        else:
            listed[name] = before in _LEADING or now in _LEADING
    if listed:
        listed |= dict.fromkeys(_one_sided(repository, listed, folders()), True)
    whole = {name: os.path.join(repository.top, name) for name in {*edited, *listed}}
    return Differing(
        state, frozenset(whole[name] for name in edited), {whole[name]: leads for name, leads in listed.items()}
    )


def _new(repository: Repository) -> Iterator[tuple[str, bool]]:
    """What git does not know and does not ignore; another repository in the folder is one name, with a slash."""
    for name in repository.listed("ls-files", "--others", "--exclude-standard", "-z"):
        place = name.rstrip("/")
        yield place, place != name or os.path.islink(repository.top / place)


def _hidden(repository: Repository) -> Iterator[str]:
    """Files whose changes the user told git not to look at. What a sparse checkout leaves out is no difference."""
    for line in repository.listed("ls-files", "-v", "-z"):
        tag, name = line[:1], line[2:]
        if tag.islower() or (tag == "S" and os.path.lexists(repository.top / name)):
            yield name


def _one_sided(repository: Repository, names: Iterable[str], folders: set[str]) -> Iterator[str]:
    """Folders above these that are only here, or only there."""
    yield from (
        folder for folder in {*_above(names)} if folder not in folders or not os.path.isdir(repository.top / folder)
    )


def _above(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        while name := name.rpartition("/")[0]:
            yield name
