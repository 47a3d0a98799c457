from __future__ import annotations

import numpy as np
import pytest

from mlguard.core.value import DIGEST, Value, digest_of, number, numbers, text, texts


def test_a_digest_tells_apart_whatever_a_comparison_tells_apart() -> None:
    gap = np.array([True, False])
    values = [
        texts(["", "b"]), Value("text", (2,), texts(["", "b"]).data, gap), texts(["", "b"], rows="ab"),
        texts(["", "b"], rows="ba"), texts(["b", ""]), texts(["b"]), text("b"), texts(["", "b"], dtype="path"),
        numbers(np.array([0.0, 1.0])), numbers(np.array([-0.0, 1.0])), numbers(np.array([0.0, np.nan])),
        numbers(np.array([0, 1])), numbers(np.array([False, True])), numbers(np.array([[0.0, 1.0]])),
        numbers(np.array([0.0, 1.0], dtype=np.float32)), number(1), number(1.0), number(True), texts(["ab", ""]),
    ]  # fmt: skip
    assert len({value.digest() for value in values}) == len(values)


def test_a_digest_does_not_depend_on_how_memory_lies() -> None:
    table = np.arange(6.0).reshape(2, 3)
    assert numbers(np.asfortranarray(table)).digest() == numbers(table).digest()
    assert numbers(table.astype(">f8").astype("<f8")).digest() == numbers(table).digest()
    assert texts(["\ud800"]).digest() != texts([""]).digest()


def test_rows_are_taken_whole_with_their_names_and_gaps() -> None:
    value = Value("int64", (3, 2), np.arange(6), np.array([0, 0, 0, 0, 0, 1], dtype=bool), ("a", "b", "c"))
    taken = value.take_rows([2, 0])
    assert (taken.shape, taken.data.tolist(), taken.rows) == ((2, 2), [4, 5, 0, 1], ("c", "a"))
    assert [taken.element(i) for i in range(4)] == [4, None, 0, 1]
    assert value.take_rows([]).shape == (0, 2)


@pytest.mark.parametrize(
    ("value", "scale"),
    [
        (numbers(np.array([-3.0, 2.0, np.nan, np.inf])), 3.0),
        (numbers(np.array([3 + 4j])), 5.0),
        (numbers(np.array([np.nan])), 0.0),
        (numbers(np.array([])), 0.0),
        (numbers(np.array([-(2**63)])), 2.0**63),
        (text("9"), 0.0),
    ],
)
def test_the_scale_is_the_largest_finite_magnitude(value: Value, scale: float) -> None:
    assert value.scale == scale


def test_places_are_named_by_row_or_index() -> None:
    named = numbers(np.zeros((2, 3)), rows=("u1", "u2"))
    assert (named.row_name(4), numbers(np.zeros((2, 3))).row_name(4), number(1).row_name(0)) == ("u2, 1", "1, 1", "")
    assert digest_of("sha256:00").dtype == DIGEST
