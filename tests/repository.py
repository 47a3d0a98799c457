"""A tiny project in a git repository of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.project import FILES, Project


class Repository:
    """A git repository with a tiny project in it, whose first commit is made."""

    def __init__(self, top: Path, *, below: str = ".", files: Mapping[str, str] = FILES) -> None:
        """`below`: the project's folder in the repository."""
        self.top = top.resolve()
        self.project = Project(self.top / below, files)
        self.git("-c", "init.defaultBranch=main", "init", "--quiet")
        self.git("config", "user.name", "A Developer")
        self.git("config", "user.email", "developer@example.com")
        self.first = self.commit("First")

    def git(self, *arguments: str) -> str:
        """What a git command prints."""
        return git(self.top, *arguments)

    def commit(self, subject: str) -> str:
        """Commit everything, and answer the commit's short name."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", subject)
        return self.git("rev-parse", "--short", "HEAD")

    def edit(self, name: str, old: str, new: str) -> str:
        """Edit a file of the project, commit that, and answer the commit's short name."""
        self.project.edit(name, old, new)
        return self.commit(f"Edit {name}")

    def state(self) -> dict[str, bytes]:
        """Every file of the repository, git's own included, with its content."""
        return {
            path.relative_to(self.top).as_posix(): path.read_bytes()
            for path in sorted(self.top.rglob("*"))
            if path.is_file() and ".mlguard" not in path.parts
        }


def git(folder: Path, *arguments: str) -> str:
    """What a git command prints in a folder, under one name on every machine. Raises CalledProcessError."""
    told = ["git", "-c", "user.name=A Developer", "-c", "user.email=developer@example.com", *arguments]
    try:
        return subprocess.run(told, cwd=folder, check=True, capture_output=True, text=True, env=calm()).stdout.strip()
    except subprocess.CalledProcessError as error:
        error.add_note(error.stderr)
        raise


def calm() -> dict[str, str]:
    """An environment in which git answers the same on every machine."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    dates = {"GIT_AUTHOR_DATE": "2024-05-17T12:00:00Z", "GIT_COMMITTER_DATE": "2024-05-17T12:00:00Z"}
    return {**kept, **dates, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
