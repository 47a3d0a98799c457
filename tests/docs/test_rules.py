from __future__ import annotations

import pytest

from tests.docs.rules import same, stable


@pytest.mark.parametrize(
    ("shown", "seen"),
    [
        ("recorded at 2026-11-27 01:47 UTC", "recorded at 2027-01-02 23:59 UTC"),
        ("commit 76c84f8", "commit caeecee"),
        ("diff 1234567 --guard", "diff 0a1b2c3 --guard"),
        ("first golden: 40 observations", "first golden: 39 observations"),
        ("32 of 49 rows of `evidence` answered", "33 of 49 rows of `evidence` answered"),
        ("limit 2.99e-08", "limit 3.01e-08"),
        ("in 0.42s", "in 12.1s"),
        ("0.123456789", "0.12345678"),
        ("in /home/you/shop/golden", "in /tmp/x/golden"),
    ],
)
def test_what_differs_between_runs_is_the_same(shown: str, seen: str) -> None:
    assert stable(shown) == stable(seen, "/tmp/x")


@pytest.mark.parametrize(
    ("shown", "seen"),
    [
        ("mae 0.3712", "mae 0.3713"),
        ("4 of 40 moved", "5 of 40 moved"),
        ("exit 1", "exit 0"),
        ("32 of 49 rows of `probes` answered", "33 of 49 rows of `probes` answered"),
    ],
)
def test_what_a_reader_goes_by_is_not(shown: str, seen: str) -> None:
    assert stable(shown) != stable(seen)


def test_an_ellipsis_stands_for_any_lines_and_nothing_else_does() -> None:
    seen = ["a", "b", "c"]
    assert same(["a", "  …", "c"], seen)
    assert same(["a", "b", "…", "c"], seen)
    assert same(["…"], [])
    assert not same(["a", "c"], seen)
    assert not same(["a", "…", "d"], seen)
    assert not same(["a", "b"], seen)
