"""Who may accept what moves, and how the log calls them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mlguard.checker.owners import Approver, identity
from mlguard.core.error import UsageError
from tests.repository import git

ANA, BOB = "ana@example.com", "bob@example.com"


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project below the top of a repository whose user is Ana."""
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "config", "user.email", ANA)
    git(tmp_path, "config", "user.name", "Ana Gomez")
    for variable in ("GITHUB_ACTOR", "GITLAB_USER_LOGIN"):
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / "app").mkdir()
    return tmp_path / "app"


def signed(base: Path, owners: str | tuple[str, ...], *, as_reviewer: bool = False) -> str:
    return Approver(base, "why", as_reviewer=as_reviewer).approval("Line", base / "test_line.py", owners).by


@pytest.mark.parametrize(
    ("owners", "by"),
    [
        ((), ""),
        (ANA, ANA),
        (ANA.upper(), ANA),
        ("Ana Gomez", ANA),
        ((BOB, ANA), ANA),
        # Nobody can look into a team here, and git knows no handles.
        ("@shop/data", ANA),
        ((BOB, "@shop/data"), ANA),
        ("@ana", ANA),
    ],
)
def test_an_owner_signs(base: Path, owners: str | tuple[str, ...], by: str) -> None:
    assert signed(base, owners) == by


@pytest.mark.parametrize("owners", [BOB, (BOB, "Carol")])
def test_somebody_else_is_refused_unless_they_say_that_they_review(base: Path, owners: str | tuple[str, ...]) -> None:
    shown = owners if isinstance(owners, str) else ", ".join(owners)
    told = re.escape(f"guard Line belongs to {shown}, and git calls you {ANA}; ask them to accept it, or pass --as-rev")
    with pytest.raises(UsageError, match=told):
        signed(base, owners)
    assert signed(base, owners, as_reviewer=True) == f"{ANA}, as a reviewer"
    # Whoever owns it is no reviewer, whatever they say.
    assert signed(base, ANA, as_reviewer=True) == ANA


def test_nobody_without_a_name_is_an_owner_by_name(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlguard.checker.owners.identity", lambda base: ())
    with pytest.raises(UsageError, match="git calls you somebody without a name"):
        signed(base, ANA)
    assert signed(base, "@shop/data") == "somebody without a name"


def test_handles_come_from_addresses_of_services_and_from_ci(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(base, "config", "user.email", "7+ana@users.noreply.github.com")
    assert identity(base) == ("7+ana@users.noreply.github.com", "Ana Gomez", "@ana")
    assert signed(base, "@Ana") == "7+ana@users.noreply.github.com"
    with pytest.raises(UsageError, match="belongs to @bob"):
        signed(base, "@bob")
    assert signed(base, "@@maintainers") == "7+ana@users.noreply.github.com"  # A role of GitLab: nobody can look there.
    monkeypatch.setenv("GITHUB_ACTOR", "bob")
    assert signed(base, "@bob") == "7+ana@users.noreply.github.com"
