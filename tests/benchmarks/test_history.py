"""An answer about a commit of a library is right where undoing the same edits by hand restores every value."""

from __future__ import annotations

import pytest

from benchmarks.histories.commits import COMMITS, ENCODERS, Commit
from benchmarks.history import GUARDS, _judged, draw

COMMIT = Commit(ENCODERS, "abc", "does things", ("A",), (("one.f", "one.g"), ("two.h",)))


@pytest.mark.parametrize(
    ("proof", "named", "verdict"),
    [
        ("alone", ["two.h"], "right"),
        ("together", ["one.g", "one.f"], "right"),
        ("alone", ["one.f"], "wrong"),
        ("part", ["one.f"], "right"),
        ("part", ["two.i"], "wrong"),
        ("among", ["two.h"], "none"),
        (None, [], "none"),
    ],
)
def test_only_what_restores_by_hand_is_right(proof: str | None, named: list[str], verdict: str) -> None:
    edits = [{"name": f"category_encoders.{name}"} for name in named]
    guard = {"proof": proof, "outcome": "match", "edits": edits, "runs": 2, "total": 3}
    answer = _judged(COMMIT, guard, 1.0)
    assert (answer.verdict, answer.named == ()) == (verdict, verdict == "none")
    told = "1 commits of 1 repositories: " + ", ".join(f"{int(w == verdict)} {w}" for w in ("right", "wrong", "none"))
    assert told in list(draw([answer]))


def test_there_are_twenty_commits_of_three_repositories_and_more() -> None:
    assert len({commit.sha for commit in COMMITS}) == len(COMMITS) >= 20
    assert len({commit.repository for commit in COMMITS}) == 3
    for commit in COMMITS:
        assert 'ONLY: tuple[str, ...] = ("",)' in (GUARDS / f"{commit.guard}.py").read_text(encoding="utf-8")
