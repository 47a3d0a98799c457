"""Cells that hold several values: exact but for their floats, each within the limit of its own place."""

from __future__ import annotations

import numpy as np
import pytest

from mlguard.core.difference import Difference, difference
from mlguard.core.nested import inside
from mlguard.core.tolerance import EXACT, Tolerance
from mlguard.core.value import Value, texts

RULE = Tolerance(1e-8)


def column(*cells: str, dtype: str = "list") -> Value:
    return texts(cells, dtype=dtype)


def apart(golden: Value, new: Value, rule: Tolerance = RULE) -> Difference:
    return difference(golden, new, rule)


@pytest.mark.parametrize(
    ("cells", "dtype", "forms", "floats"),
    [
        (["[1, 0.5]", "[]"], "list", ["[1, #]", "[]"], [0.5]),
        (["{'a': 1e-05, 'b': 'x 0.5'}"], "list", ["{'a': #, 'b': 'x 0.5'}"], [1e-5]),
        (["['0.5', \"it's 0.5\", 'a\\'0.5']"], "list", ["['0.5', \"it's 0.5\", 'a\\'0.5']"], []),
        (["[nan, -inf, 12, 1e+22, true]"], "list", ["[#, #, 12, #, true]"], [np.nan, -np.inf, 1e22]),
        (["(score=0.5f32, at=timestamp('2024-01-01T00:00:00.5'))"], "nested", None, [0.5]),
        (["float64:0.5", "text:0.5", "text:float64:0.5", "list:[0.25]"], "mixed", None, [0.5, 0.25]),
        (["(0.5, 1.5]"], "interval", ["(#, #]"], [0.5, 1.5]),
    ],
)
def test_only_floats_are_taken_out(cells: list[str], dtype: str, forms: list[str] | None, floats: list[float]) -> None:
    found = inside(column(*cells, dtype=dtype))
    assert np.array_equal(found.floats, floats, equal_nan=True)
    assert forms is None or list(found.forms) == forms


def test_round_off_within_a_cell_is_close_and_not_exact() -> None:
    moved = apart(column("[0.1, 'a']", "[0.3]"), column("[0.1, 'a']", "[0.30000000000000004]"))
    assert (moved.close, moved.exact, moved.moved) == (True, False, 0)
    assert moved.max_scaled == pytest.approx(1.85e-16, rel=0.01)
    assert not apart(column("[0.3]"), column("[0.30000000000000004]"), EXACT).close


@pytest.mark.parametrize(
    ("golden", "new"),
    [
        ("[0.1, 0.2]", "[0.2, 0.1]"),
        ("[0.1]", "[0.1, 0.1]"),
        ("[1, 0.5]", "[2, 0.5]"),
        ("[1]", "[1.0]"),
        ("{'a': 0.5}", "{'b': 0.5}"),
        ("{'a': 0.5}", "{a: 0.5}"),
        ("[0.5]", "[nan]"),
        ("[inf]", "[-inf]"),
        ("[0.5f32]", "[0.5]"),
        ("['0.5']", "['0.6']"),
    ],
)
def test_whatever_else_differs_moves(golden: str, new: str) -> None:
    assert apart(column(golden, "[]"), column(new, "[]")).moved == 1


def test_each_place_has_a_limit_of_its_own() -> None:
    """A price of a million beside a share leaves the share its limit: in pairs, by key, and in lists of one length."""
    for cell in ("{{'price': 1000000.0, 'share': {}}}", "[1000000.0, {}]", "[['a', 1000000.0, {}]]"):
        golden, new = (column(cell.format(share), cell.format(0.5)) for share in (0.1, 0.1001))
        assert apart(golden, new).moved == 1, cell


def test_a_cell_that_went_missing_is_a_move() -> None:
    golden = column("[0.5]", "[0.25]")
    gone = Value("list", (2,), np.array(["[0.5]", ""], dtype=object), np.array([False, True]))
    assert apart(golden, gone).moved == 1
