"""Comments that give shapes are told from prose, and held against real shapes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlguard.core.shape import Dims, Passed, ShapeComment, Sizes, bare_shape, named_shapes, written

NAMES = st.sampled_from(["n", "d", "num_items", "self.k"])
DIMS = st.lists(st.one_of(st.integers(0, 9).map(str), NAMES, st.just("_")), max_size=4).map(tuple)


def compare(dims: Dims, shape: tuple[int, ...], **variables: int) -> Passed:
    return Sizes(variables.get).compare(ShapeComment("a.py", 3, "X", dims), shape)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (" X: (n, d)", [("X", ("n", "d"))]),
        ("X:(n,)", [("X", ("n",))]),
        (" X: (n, d), y: (n,) and more", [("X", ("n", "d")), ("y", ("n",))]),
        (" self.w: (self.k, 2*d, ...)", [("self.w", ("self.k", "2*d", "..."))]),
        (" loss: ()", [("loss", ())]),
        (" mask: (*, _, ?, -1)", [("mask", ("*", "_", "?", "-1"))]),
        (" note: (see the README)", []),
        (" default: (a=1)", []),
        (" a sentence (n, d)", []),
        (" rows: (..., ...)", []),
        (" rows: (sorted)", []),
        (" rows: (3)", []),
        (" rows: (float, optional)", []),
        (" type: (Table, Model) -> Table", []),
        (f" rows: ({'-' * 20_000}1, 2)", []),
        (f" rows: ({'+'.join(['1'] * 5_000)}, 2)", []),
        ("", []),
    ],
)
def test_what_a_comment_starts_with(text: str, found: list[tuple[str, Dims]]) -> None:
    assert named_shapes(text) == found


@pytest.mark.parametrize(
    ("text", "dims"),
    [
        (" (n, d)", ("n", "d")),
        (" (B, T, C): hidden", ("B", "T", "C")),
        (" (n) rows", None),
        (" (1)", None),
        (" (slow)", None),
        (" (see, below!)", None),
    ],
)
def test_a_shape_without_a_name(text: str, dims: Dims | None) -> None:
    assert bare_shape(text) == dims


@given(DIMS)
def test_a_shape_is_read_as_it_is_written(dims: Dims) -> None:
    assert named_shapes(f" X: {written(dims)}") == [("X", dims)]


@pytest.mark.parametrize(
    ("dims", "shape", "wrong"),
    [
        (("n", "d"), (4, 3), False),
        (("n", "n"), (4, 3), True),
        (("n", "n+1"), (4, 5), False),
        (("n", "n//2", "2*n"), (4, 2, 8), False),
        (("n", "n//0"), (4, 3), False),
        (("unknown*2",), (7,), False),
        (("n",), (4, 1), True),
        (("...", "3"), (4, 1, 3), False),
        (("n", "...", "3"), (3,), True),
        (("_", "*", "?", "-1"), (1, 2, 3, 4), False),
        (("4", "2"), (4, 3), True),
        (("k",), (5,), False),
        (("k",), (6,), True),
        (("k-1",), (5,), True),
        ((), (), False),
    ],
)
def test_what_a_shape_has_to_be(dims: Dims, shape: tuple[int, ...], wrong: bool) -> None:
    assert compare(dims, shape, k=5).wrong == wrong


def test_words_for_the_entries_of_a_vector_are_no_shape() -> None:
    assert compare(("low", "high"), (2,)).times == 0
    assert compare(("low", "high"), (3,)).wrong
    assert compare(("low", "high"), (2, 2)).times == 1
    # A word that is a size elsewhere is one here.
    assert compare(("low", "k"), (2,), k=5).wrong
    assert compare(("n", "n"), (2,)).wrong
    assert compare(("n", "_"), (2,)).wrong


def test_a_name_stands_for_one_size_in_a_call_and_it_is_said_where_it_was_seen() -> None:
    sizes = Sizes(lambda name: None)
    assert not sizes.compare(ShapeComment("a.py", 3, "X", ("n", "d")), (4, 3)).wrong
    seen = sizes.compare(ShapeComment("a.py", 7, "y", ("n",)), (3,))
    assert (seen.wrong, seen.shape, seen.because) == (1, (3,), ("n", 4, "line 3"))
    # A comment in a loop names its own axes anew.
    assert not sizes.compare(ShapeComment("a.py", 3, "X", ("n", "d")), (2, 3)).wrong
    assert not sizes.compare(ShapeComment("a.py", 7, "y", ("n",)), (2,)).wrong


@given(st.lists(st.integers(0, 3), max_size=4), st.data())
def test_only_the_real_shape_is_right(shape: list[int], data: st.DataObject) -> None:
    other = data.draw(st.lists(st.integers(0, 3), max_size=4))
    found = compare(tuple(map(str, other)), tuple(shape))
    assert bool(found.wrong) is (shape != other)


def test_of_several_wrong_shapes_the_first_is_kept() -> None:
    right, wrong = compare(("2",), (2,)), compare(("2",), (3,))
    both = right.with_more(wrong).with_more(compare(("2",), (4,)))
    assert (both.times, both.wrong, both.shape) == (3, 2, (3,))
