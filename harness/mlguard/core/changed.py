"""A golden that a branch changes, and what a reviewer should look at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mlguard.core.record import Approval


class How(StrEnum):
    """What became of a golden."""

    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"


class DoubtKind(StrEnum):
    """Why a reviewer should look at a changed golden."""

    NO_INTENT = "no intent"
    """Guarded code changed as well, and no approval says whether behaviour was meant to change."""
    NO_APPROVAL = "no approval"
    """It changed, and nobody approved that."""
    LOST_APPROVALS = "lost approvals"
    """Its log lacks approvals that it had."""
    FEWER_QUESTIONS = "fewer questions"
    """It was asked less than before."""
    OLDER_MLGUARD = "older mlguard"
    """It was recorded by an older version than before."""
    UNREADABLE = "unreadable"
    """It cannot be read or trusted."""
    REMOVED = "removed"
    """It is gone, and no other golden goes on with its log."""


@dataclass(frozen=True)
class Doubt:
    """Something about a changed golden that a reviewer should look at."""

    kind: DoubtKind
    """Which."""
    names: tuple[str, ...] = ()
    """What it is about: files, reasons, questions, versions."""


@dataclass(frozen=True)
class Changed:
    """A golden that is not the one of the base."""

    name: str
    """Whose golden it is."""
    how: How
    """What became of it."""
    approvals: tuple[Approval, ...] = ()
    """Those that the base does not have, newest first."""
    doubts: tuple[Doubt, ...] = ()
    """What a reviewer should look at."""


@dataclass(frozen=True)
class Unlisted:
    """A file below the folder of the goldens that no golden lists; nothing of mlguard opens it."""

    file: str
    """Its path, from the project's root."""
    tracked: bool
    """Whether git has it, or is about to: then everybody who has the repository has it."""
