"""Tensors and arrays of other libraries are leaves wherever arrays are; `tests/with_torch` asks torch itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mlguard.observe import rows
from mlguard.observe.answers import read_answers
from mlguard.observe.kinds import unwrapped
from mlguard.observe.leaf import is_leaf, to_value
from mlguard.observe.walk import walk
from tests.observe.tensors import Array, Tensor, Unreadable

WEIGHTS = np.arange(6, dtype=np.float32).reshape(2, 3)


@pytest.mark.parametrize(
    "tensor",
    [
        Array(WEIGHTS), Tensor(WEIGHTS), Tensor(WEIGHTS, layout="sparse_coo"), Tensor(WEIGHTS, kind="torch.bfloat16"),
        Tensor(WEIGHTS, kind="torch.qint8"),
    ],
)  # fmt: skip
def test_a_tensor_is_a_leaf_with_its_type_and_shape(tensor: Array) -> None:
    assert is_leaf(tensor)
    value = to_value(tensor)
    assert (value.dtype, value.shape, value.data.tolist()) == ("float32", (2, 3), WEIGHTS.reshape(-1).tolist())


def test_what_a_model_keeps_as_tensors_is_found() -> None:
    model = {"net": {"weight": Tensor(WEIGHTS)}, "layers": [Tensor([1.0, 2.0]), Tensor([3.0])], "rate": Array(0.5)}
    found = {name: value.data.tolist() for name, value in walk(model)}
    assert found == {
        "net.weight": WEIGHTS.reshape(-1).tolist(), "layers[0]": [1.0, 2.0], "layers[1]": [3.0], "rate": [0.5],
    }  # fmt: skip


def test_a_list_of_losses_is_one_leaf() -> None:
    ((name, value),) = walk([Tensor(np.float32(0.5)), Tensor(np.float32(0.25))], "losses")
    assert (name, value.shape, value.data.tolist()) == ("losses", (2,), [0.5, 0.25])


def test_one_that_cannot_be_read_hides_no_other() -> None:
    found = walk({"lost": Unreadable([1.0]), "kept": Array([1.0]), "list": [Unreadable([2.0]), Array([1.0])]})
    assert [name for name, _ in found] == ["kept", "list[1]"]


@pytest.mark.parametrize(
    ("raw", "columns"),
    [
        (Tensor(WEIGHTS.T), {"0": [0.0, 1.0, 2.0], "1": [3.0, 4.0, 5.0]}),
        ([Tensor(np.float32(x)) for x in (1, 2, 3)], {"prediction": [1.0, 2.0, 3.0]}),
        ({"score": Tensor([1.0, 2.0, 3.0]), "label": Array([0, 1, 0])}, {"score": [1.0, 2.0, 3.0], "label": [0, 1, 0]}),
        ([Tensor(row) for row in WEIGHTS.T], {"0": [0.0, 1.0, 2.0], "1": [3.0, 4.0, 5.0]}),
    ],
)
def test_answers_may_be_tensors(raw: Any, columns: dict[str, list[float]]) -> None:
    found = read_answers(raw, guard="Net", rows=3, key=None).columns
    assert {name: value.data.tolist() for name, value in found.items()} == columns


def test_one_without_dimensions_has_no_rows() -> None:
    assert rows.count(Array(0.5)) is None
    assert rows.count(Array(WEIGHTS)) == 2
    assert unwrapped(Array(0.5)) == 0.5


def test_a_tensor_that_was_changed_in_place_is_seen() -> None:
    tensor = Array(WEIGHTS.copy())
    before = rows.fingerprint({"weights": tensor})
    tensor._content[0, 0] = 7
    assert rows.changed(before, rows.fingerprint({"weights": tensor})) != []


def test_arrays_and_columns_of_known_libraries_stay_what_they_are() -> None:
    import pandas as pd

    class Own(pd.Series):  # type: ignore[type-arg]
        """As GeoPandas derives one."""

    for value in (np.ones(2), np.float64(1), Own(["a", "b"], dtype="category"), pd.array([1, None], dtype="Int64")):
        assert unwrapped(value) is value
