from __future__ import annotations

import pytest

from mlguard.checker.noise import Noise
from mlguard.core.record import Observation, Record
from mlguard.core.rules import Rules
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
    before, after = (
        Record("Line", (Observation("predict", "test.top", texts([cell, "[]"], dtype="list")),))
        for cell in (golden, new)
    )
    seen = Noise(Rules())
    seen.add(before, after, "a machine")
    assert [jump.observation.name for jump in seen.jumps] == ["test.top"] * jumped
    assert bool(seen.sizes) is not jumped
