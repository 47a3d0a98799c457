from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from mlguard.programs.columns import NARROW, NUMBER, TRUTH, WHOLE, column


@pytest.mark.parametrize(
    ("cells", "kind", "dtype"),
    [
        ([1, 2], None, "int64"),
        ([1, None], None, "Int64"),
        ([2**63], WHOLE, "object"),
        ([], WHOLE, "int64"),
        ([None], WHOLE, "Int64"),
        ([True, False], None, "bool"),
        ([True, None], TRUTH, "boolean"),
        ([True, 1], None, "object"),
        ([1, 0.5], None, "float64"),
        ([0.5, None], NARROW, "float32"),
        ([None], NUMBER, "float64"),
        ([Decimal("0.10"), Decimal("3")], NUMBER, "float64"),
        ([Decimal("0.1234567890123456789")], NUMBER, "object"),
        (["a", None], None, "object"),
        ([[1], None], None, "object"),
        ([None], None, "object"),
    ],
)
def test_cells_become_the_array_that_holds_them_all(cells: list[Any], kind: str | None, dtype: str) -> None:
    array = column(cells, kind)
    assert str(array.dtype) == dtype
    missing = [cell is None for cell in cells]
    held = [gone or one == cell for one, cell, gone in zip(array.tolist(), cells, missing, strict=True)]
    assert all(held) or np.allclose([float(one) for one in array], [float(cell) for cell in cells], rtol=1e-15)
