"""Whom CODEOWNERS names for a file, as each service reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlguard.checker.codeowners import owners_of
from mlguard.core.error import UsageError
from tests.repository import git


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A project below the top of a repository."""
    git(tmp_path, "init", "--quiet")
    (tmp_path / "app").mkdir()
    return tmp_path / "app"


def named(base: Path, place: str, lines: str) -> tuple[str, ...]:
    """Whom a file of owners at this place of the repository names for a guard's file."""
    listed = base.parent / place
    listed.parent.mkdir(exist_ok=True)
    listed.write_text(lines)
    return owners_of(base, base / "tests/guards/test_line.py")


@pytest.mark.parametrize(
    ("lines", "owners"),
    [
        ("* @all", ("@all",)),
        ("*.py @py", ("@py",)),
        ("test_line.py @one @two", ("@one", "@two")),
        ("/app/tests/guards/ @guards", ("@guards",)),
        ("app/tests @tests", ("@tests",)),
        ("tests/ @anywhere", ("@anywhere",)),
        ("/tests/ @top", ()),
        ("app/* @direct", ()),
        ("app/*/guards @two", ("@two",)),
        ("**/guards/*.py @deep", ("@deep",)),
        ("/app/**/test_*.py @deep", ("@deep",)),
        ("* @all\n*.py @py  # a word", ("@py",)),
        ("*.py @py\n/app/tests/", ()),
        ("# * @none\n\n", ()),
        ("[Data][2] @data\n*.py\n", ("@data",)),
        ("^[Data]\n*.py @py", ("@py",)),
        ("tests/** @below", ()),
        ("app/tests/** @below", ("@below",)),
        ("** @all", ("@all",)),
        ("\ufeff* @all\r\n", ("@all",)),
        ("app/tests/guards/****************q @no", ()),
        ("*" + "*t" * 30 + " @no", ()),
        ("test_line?.py @no", ()),
        ("test_lin?.py @yes", ("@yes",)),
    ],
)
def test_the_last_line_that_fits_names_them(base: Path, lines: str, owners: tuple[str, ...]) -> None:
    assert named(base, ".github/CODEOWNERS", lines) == owners


@pytest.mark.parametrize(
    ("lines", "owners"),
    [
        # A path without a leading slash lies anywhere, and a folder needs a closing one.
        ("tests/guards/ @anywhere", ("@anywhere",)),
        ("/tests/guards/ @top", ()),
        ("/app/tests @file", ()),
        ("/app/tests/ @below", ("@below",)),
        ("/app/tests/* @direct", ()),
        ("/app/tests/**/*.py @deep", ("@deep",)),
        # Each section has a last line of its own.
        ("* @all\n[Data]\n*.py @data\n[Docs] @docs\n*.md\n", ("@all", "@data")),
        ("[Data] @one\n*.py\n[Docs]\n*.md @docs\n[data]\ntests/ @two", ("@two",)),
        ("[Data Science] @one @two\n*.py\n", ("@one", "@two")),
        # What is excluded stays so in its section.
        ("* @all\n!*.py\n*.py @late", ()),
        ("* @all\n[Data]\n*.py @data\n!tests/\n", ("@all",)),
    ],
)
def test_gitlab_reads_them_in_its_own_way(base: Path, lines: str, owners: tuple[str, ...]) -> None:
    assert named(base, ".gitlab/CODEOWNERS", lines) == owners


def test_blanks_and_signs_of_numbers_in_names_are_escaped(base: Path) -> None:
    (base.parent / "CODEOWNERS").write_text("\\#1\\ line.py @one")
    assert owners_of(base, base / "#1 line.py") == ("@one",)


def test_github_reads_no_exclusion(base: Path) -> None:
    assert named(base, ".github/CODEOWNERS", "* @all\n!*.py @none") == ("@all",)


def test_the_first_place_counts(base: Path) -> None:
    assert named(base, ".gitlab/CODEOWNERS", "* @gitlab") == ("@gitlab",)
    assert named(base, "docs/CODEOWNERS", "* @docs") == ("@docs",)
    assert named(base, "CODEOWNERS", "* @top") == ("@top",)
    assert named(base, ".github/CODEOWNERS", "* @github") == ("@github",)


def test_one_that_cannot_be_read_is_an_error(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, **how: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(UsageError, match=r"CODEOWNERS cannot be read: Permission denied, so that nobody knows whose"):
        named(base, "CODEOWNERS", "* @all")


@pytest.mark.parametrize(
    ("lines", "owners"),
    [
        ("/app/real/ @real\n/app/tests/ @link", ("@real",)),
        ("/app/real/ @real", ("@real",)),
        ("/app/tests/ @link", ("@link",)),
        ("/app/tests/ @link\n/app/real/", ("@link",)),
        ("/app/other/ @other", ()),
    ],
)
def test_where_git_has_a_file_counts_before_a_link_to_it(base: Path, lines: str, owners: tuple[str, ...]) -> None:
    (base.parent / "CODEOWNERS").write_text(lines)
    for folder in ("real", "tests"):
        (base / folder).mkdir()
    (base / "real/test_line.py").write_text("")
    (base / "tests/test_line.py").symlink_to("../real/test_line.py")
    assert owners_of(base, base / "tests/test_line.py") == owners
    assert owners_of(base, base / "real/test_line.py", base / "tests/test_line.py") == owners


def test_what_lies_outside_belongs_to_those_of_the_link(base: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "test_line.py").write_text("")
    (base / "tests").symlink_to(outside)
    (base.parent / "CODEOWNERS").write_text("/app/tests/ @link")
    assert owners_of(base, base / "tests/test_line.py") == ("@link",)


def test_without_git_only_that_of_the_project_counts(tmp_path: Path) -> None:
    base = tmp_path / "app"
    base.mkdir()
    (tmp_path / "CODEOWNERS").write_text("* @all")
    assert owners_of(base, base / "a.py") == ()
    (base / "CODEOWNERS").write_text("* @here")
    assert owners_of(base, base / "a.py") == ("@here",)


def test_a_file_of_owners_above_the_repository_is_not_ours(base: Path, tmp_path: Path) -> None:
    inner = tmp_path / "app" / "inner"
    inner.mkdir()
    git(inner, "init", "--quiet")
    (tmp_path / "CODEOWNERS").write_text("* @all")
    assert owners_of(inner, inner / "a.py") == ()
    assert owners_of(base, base / "a.py") == ("@all",)
