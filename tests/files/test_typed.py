"""A document is of its declared type, or the place that is not is named."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, Required, TypedDict

import pytest

from mlguard.files.typed import checked, known


class Inner(TypedDict, total=False):
    name: Required[str]
    size: int | None


class Outer(TypedDict):
    inners: list[Inner]
    kind: Literal["a", "b"]
    noise: dict[str, float | list[float]]
    more: NotRequired[Any]


class Part(TypedDict, total=False):
    size: int


GOOD = {"inners": [{"name": "x"}, {"name": "y", "size": None}], "kind": "a", "noise": {"p": 1, "q": [0.5]}}


@pytest.mark.parametrize("more", [{}, {"more": None}, {"kind": "b"}, {"noise": {}}, {"inners": []}])
def test_a_document_of_the_type_is_given_back(more: dict[str, Any]) -> None:
    document = {**GOOD, **more}
    assert checked(Outer, document) == document


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ([], "it is []; expected an object"),
        ({k: v for k, v in GOOD.items() if k != "kind"}, "it lacks 'kind'"),
        ({**GOOD, "odd": 1}, "it has 'odd', which it cannot have"),
        ({**GOOD, "kind": "c"}, "kind is 'c'; expected a or b"),
        ({**GOOD, "kind": []}, "kind is []; expected a or b"),
        ({**GOOD, "inners": {}}, "inners is {}; expected a list"),
        ({**GOOD, "inners": [{"name": "x"}, {}]}, "inners[1] lacks 'name'"),
        ({**GOOD, "inners": [{"name": "x", "size": True}]}, "inners[0].size is True; expected nothing"),
        ({**GOOD, "inners": [{"name": "x", "size": 1.5}]}, "inners[0].size is 1.5; expected nothing"),
        ({**GOOD, "noise": {"p": ["x"]}}, "noise.p[0] is 'x'; expected a number"),
        ({**GOOD, "noise": {"p": "x" * 99}}, f"noise.p is '{'x' * 39}…; expected a list"),
    ],
)
def test_what_is_not_is_named_with_its_place(document: object, told: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 -- its text is compared below.
        checked(Outer, document)
    assert str(caught.value) == told


def test_of_a_mapping_that_may_hold_more_the_known_members_are_looked_at() -> None:
    known(Part, {"size": 3, "other": object()}, "it")
    with pytest.raises(ValueError, match=r"it\.size is 'x'"):
        known(Part, {"size": "x"}, "it")
    with pytest.raises(ValueError, match="it is 3; expected an object"):
        known(Part, 3, "it")
