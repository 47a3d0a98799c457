"""The power of a guard: its share, its interval, and who counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlguard.core.power import Audit, Fate, Planted, Power


def planted(fate: Fate, operator: str = "ddof", stage: str | None = None) -> Planted:
    return Planted(operator, "code", "a.py", 1, "x", "y", fate, stage=stage)


def test_the_interval_is_wilsons() -> None:
    """Values from Wilson's formula for 9 of 10, as tabulated for the score interval."""
    low, high = Power(9, 1).interval
    assert (low, high) == (pytest.approx(0.5958, abs=1e-4), pytest.approx(0.9821, abs=1e-4))


def test_nothing_counted_is_no_power() -> None:
    assert (Power().share, Power().interval) == (None, (0.0, 1.0))


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_the_interval_holds_the_share_and_narrows_with_more_changes(noticed: int, missed: int) -> None:
    power = Power(noticed, missed)
    low, high = power.interval
    assert 0.0 <= low <= high <= 1.0
    if power.share is not None:
        assert low <= power.share <= high
        closer = Power(noticed * 4, missed * 4).interval
        assert closer[1] - closer[0] < high - low


def test_equivalent_and_invalid_changes_do_not_count() -> None:
    audit = Audit(
        "Line",
        (
            planted(Fate.NOTICED, stage="predict"),
            planted(Fate.MISSED, "fill value"),
            planted(Fate.EQUIVALENT),
            planted(Fate.INVALID, "fill value"),
            planted(Fate.NOTICED, "fill value", stage="train"),
        ),
    )
    assert audit.power == Power(2, 1)
    assert audit.by_operator() == {"ddof": Power(1, 0), "fill value": Power(1, 1)}
    assert audit.by_stage() == {"predict": 1, "train": 1}
    assert [one.operator for one in audit.survivors] == ["fill value"]
