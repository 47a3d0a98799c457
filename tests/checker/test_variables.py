"""Variables that may have moved something: the ones that differ, and those of which nothing is known."""

from __future__ import annotations

from pathlib import Path

from mlguard.checker.variables import candidates, keep_values, states
from mlguard.core.record import Approval, Record

GOLDEN = Record("Line", (), approvals=(Approval("2026-01-01T00:00:00Z", None, "first"),))


def test_what_differs_is_named_and_what_is_the_same_is_not(tmp_path: Path):
    keep_values(tmp_path, GOLDEN, {"RATE": "2", "MODE": None, "TZ": "UTC"})
    now = states(tmp_path, GOLDEN, {"RATE": "3", "MODE": None, "TZ": "UTC", "NEW": "x"})
    assert list(candidates(now)) == [
        "environment variables that the code reads have other values than for the golden: RATE",
        "whether these environment variables have the golden's values is not known here: NEW",
    ]


def test_what_every_worker_gets_is_named_only_where_it_is_known_to_differ(tmp_path: Path):
    assert list(candidates(states(tmp_path, GOLDEN, {"HOME": "/home/ada"}))) == []
    keep_values(tmp_path, GOLDEN, {"HOME": "/home/ada"})
    assert "HOME" in next(candidates(states(tmp_path, GOLDEN, {"HOME": "/home/eve"})))


def test_without_variables_nothing_is_written(tmp_path: Path):
    keep_values(tmp_path, GOLDEN, {})
    assert list(tmp_path.iterdir()) == []
