"""No edit that changes what a program says, or what it is compared with, lets the program be skipped."""

from __future__ import annotations

from pathlib import Path

from tests.checker.skipping import Count, trials


def test_no_random_edit_leads_to_a_wrong_skip(tmp_path: Path):
    counts = list(trials(tmp_path, edits=40, each=8, seed=7))
    total = Count(*(sum(getattr(count, name) for count in counts) for name in vars(Count())))
    assert (total.edits, total.wrong) == (40, 0)
    # Otherwise nothing was tried.
    assert total.moved >= 4
    assert total.skipped >= 10
