"""Proposed axes hold in each call that they were made of, and different sizes never share a name."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mlguard.core.shape import ShapeComment, Sizes
from mlguard.core.shape_names import LETTERS, ShownCall, proposed
from tests.properties import examples

SIZES = st.integers(0, 3)


@st.composite
def calls(draw: st.DrawFn) -> list[ShownCall]:
    """Calls of one function: which values there are and how many axes they have is the same in most of them."""
    usual = draw(st.dictionaries(st.tuples(st.integers(2, 5), st.sampled_from("XYZ")), st.integers(1, 3), max_size=4))
    made = []
    for _ in range(draw(st.integers(1, 4))):
        axes = {place: draw(st.sampled_from([number] * 9 + [1])) for place, number in usual.items()}
        shapes = {place: tuple(draw(SIZES) for _ in range(number)) for place, number in axes.items()}
        kept = {place: shape for place, shape in shapes.items() if draw(st.integers(0, 9))}
        names = draw(st.dictionaries(st.sampled_from(["rows", "k"]), SIZES))
        made.append(ShownCall(("a.py", 1), kept, names, frozenset(draw(st.sets(st.sampled_from(LETTERS[:3]))))))
    return made


@examples(150)
@given(calls())
def test_what_is_proposed_holds_in_every_call(shown: list[ShownCall]) -> None:
    found = proposed(shown)
    for call in shown:
        sizes = Sizes(call.names.get)
        for (line, name), dims in sorted(found.items()):
            if (shape := call.shapes.get((line, name))) is not None:
                # Each at a line of its own: axes of one line are compared with each other as well.
                comment = ShapeComment("a.py", line * 10 + ord(name), name, dims)
                assert not sizes.compare(comment, shape).wrong
    named = {name for call in shown for name in call.names}
    letters = {dim for dims in found.values() for dim in dims if dim in LETTERS} - named
    assert not letters & {name for call in shown for name in call.taken}


def test_equal_sizes_share_a_name_and_names_of_the_code_come_first() -> None:
    def call(n: int, k: int) -> ShownCall:
        return ShownCall(("a.py", 1), {(2, "X"): (n, 3), (3, "Y"): (n, k), (4, "Z"): (1, 3)}, {"k": k}, frozenset("n"))

    assert proposed([call(4, 5), call(2, 3)]) == {(2, "X"): ("m", "p"), (3, "Y"): ("m", "k"), (4, "Z"): ("1", "p")}


def test_a_value_without_a_usual_shape_gets_none() -> None:
    shown = [ShownCall(("a.py", 1), {(2, "X"): shape}, {}) for shape in ((3,), (3, 1))]
    assert proposed(shown) == {}
    many = [ShownCall(("a.py", 1), {(i, "X"): (i + 2,) for i in range(len(LETTERS) + 1)}, {})]
    assert len(proposed(many)) == len(LETTERS)
