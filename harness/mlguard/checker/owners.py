"""Whose guard it is, and who is accepting: an owner, or somebody who says that they only review."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from mlguard.checker.codeowners import owners_of
from mlguard.checker.history import head, setting
from mlguard.ci import handles
from mlguard.core.error import UsageError
from mlguard.core.record import Approval
from mlguard.discovery import Declared
from mlguard.report.numbers import few

_NOREPLY = re.compile(r"(?:\d+\+)?([^@]+)@users\.noreply\.github\.com", re.IGNORECASE)


@dataclass(frozen=True)
class Approver:
    """Somebody who accepts what moves, with a reason."""

    base: Path
    """The project's root."""
    reason: str
    """Why it may move; kept in the golden's log."""
    intent: str = ""
    """What was meant to change; empty where nobody says."""
    as_reviewer: bool = False
    """Whether they say that they are no owner, and answer for it all the same."""
    links: Mapping[Path, Path] = field(default_factory=dict)
    """Where folders of guards that are links lead, and how the settings name them."""

    def approval(
        self, guard: str, file: Path, owners: str | Sequence[str] = (), summary: tuple[str, ...] = ()
    ) -> Approval:
        """The entry of the log. `owners` are those that a guard declares; else CODEOWNERS names those of its file.

        Raises UsageError for somebody else than the owners who does not say that they review.
        """
        declared = (owners,) if isinstance(owners, str) else tuple(owners)
        named = declared or owners_of(self.base, file, *self._reached(file))
        return Approval(now(), head(self.base), self.reason, summary, self.intent, self._signed(guard, named))

    def of(self, guard: Declared, summary: tuple[str, ...] = ()) -> Approval:
        """The same for a guard."""
        return self.approval(guard.ref.name, guard.ref.file, guard.options.owners, summary)

    def _reached(self, file: Path) -> Iterator[Path]:
        """The paths by which links lead to a file."""
        for place, named in self.links.items():
            if file.is_relative_to(place):
                yield named / file.relative_to(place)

    def _signed(self, guard: str, owners: Sequence[str]) -> str:
        """Who accepts; empty where the guard has no owners. Teams, which nobody can look into here, are believed."""
        if not owners:
            return ""
        names = identity(self.base)
        who = next(iter(names), "somebody without a name")
        answers = [_is(owner, names) for owner in owners]
        if True in answers:
            return who
        if self.as_reviewer:
            return f"{who}, as a reviewer"
        if None in answers:
            return who
        raise UsageError(
            f"guard {guard} belongs to {few(owners, 3)}, and git calls you {who}",
            advice="ask them to accept it, or pass --as-reviewer (pytest: --golden-as-reviewer), which the log keeps",
            slug="not-an-owner",
        )


def required(reason: str) -> str:
    """A reason without the blanks around it. Raises UsageError where there is none."""
    if not reason.strip():
        raise UsageError(
            'recording a golden needs a reason: --reason "why the behaviour may change"', slug="reason-missing"
        )
    return reason.strip()


def now() -> str:
    """This moment in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def identity(base: Path) -> tuple[str, ...]:
    """What whoever runs this is called: the address and the name that git has, and handles of CI services."""
    address, name = (setting(base, key) or "" for key in ("user.email", "user.name"))
    noreply = _NOREPLY.fullmatch(address)
    known = [*([noreply[1]] if noreply else []), *handles(os.environ)]
    return tuple(filter(None, [address, name, *(f"@{handle}" for handle in known)]))


def _is(owner: str, names: Sequence[str]) -> bool | None:
    """Whether an owner is one of these; None where that cannot be told: of a team, or of a handle without any here."""
    if owner.casefold() in {name.casefold() for name in names}:
        return True
    is_handle = owner.startswith("@")
    if not (names or is_handle):
        return False  # Nobody without a name is an owner by name.
    is_team = "/" in owner or owner.startswith("@@")  # GitLab calls roles so: `@@maintainers`.
    return False if any(name.startswith("@") is is_handle for name in names) and not is_team else None
