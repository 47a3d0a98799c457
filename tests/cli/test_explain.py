"""`mlguard explain`: the section of a slug, near misses, and the whole list."""

from __future__ import annotations

import pytest

from mlguard.cli.explain import sections
from tests.house.test_messages import EXPLAINED, PAGE
from tests.project import Project


@pytest.fixture
def nowhere(tmp_path) -> Project:
    """A folder that is no project: what a message means needs none."""
    return Project(tmp_path, {})


def test_every_section_of_the_page_is_there_whole() -> None:
    found = sections()
    assert list(found) == EXPLAINED
    assert all(text.endswith(".") and "\n## " not in text and f"\n{text}\n" in PAGE for text in found.values())


@pytest.mark.parametrize("typed", ["golden-conflict", "[golden-conflict]", "GOLDEN-CONFLICT"])
def test_a_slug_is_explained_as_the_page_does(nowhere: Project, typed: str) -> None:
    ran = nowhere.command("explain", typed)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("golden-conflict\n\nA file of a golden holds the markers of a merge conflict.")
    assert " ".join(ran.out.split()[1:]) == " ".join(sections()["golden-conflict"].split())
    assert max(map(len, ran.out.splitlines())) <= 100
    assert nowhere.command("explain", typed, "--json").json["text"] == sections()["golden-conflict"]


@pytest.mark.parametrize(
    ("typed", "near"),
    [("golden-conflit", "golden-conflict"), ("conflict", "golden-conflict"), ("bisect", "bisect-order")],
)
def test_near_misses_are_offered(nowhere: Project, typed: str, near: str) -> None:
    ran = nowhere.command("explain", typed)
    assert (ran.code, ran.out) == (2, "")
    assert f"no message ends with [{typed}]; nearest: " in ran.err
    assert near in ran.err


def test_what_is_like_nothing_is_pointed_to_the_list(nowhere: Project) -> None:
    assert "`mlguard explain` lists all" in nowhere.command("explain", "zzz").err
    assert nowhere.command("explain").out.split() == EXPLAINED
    assert nowhere.command("explain", "--json").json == {"slugs": EXPLAINED}
