from __future__ import annotations

import pytest

from mlguard.checker.noise import jumps
from mlguard.core.difference import difference
from mlguard.core.record import Observation
from mlguard.core.tolerance import EXACT
from mlguard.core.value import texts


@pytest.mark.parametrize(
    ("golden", "new", "jumped"),
    [
        ("[0.3, 'a']", "[0.30000000000000004, 'a']", False),
        ("[0.3, 'a']", "[0.3, 'b']", True),
        ("[0.3, 'a']", "[0.4, 'a']", True),
        ("[0.3]", "[0.3, 0.3]", True),
        ("[0.3]", "[nan]", True),
    ],
)
def test_round_off_inside_cells_is_noise_and_anything_else_in_them_a_jump(golden: str, new: str, jumped: bool) -> None:
    before, after = (Observation("predict", "test.top", texts([cell, "[]"], dtype="list")) for cell in (golden, new))
    assert jumps(before, after, difference(before.value, after.value, EXACT)) is jumped
