from __future__ import annotations

import functools
import threading
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import attrs
import pydantic
import pytest
from sklearn.linear_model import LinearRegression

from mlguard.observe.fields import attributes_beside, fields_of


class Pair(NamedTuple):
    item: str
    score: float


@dataclass
class Answer:
    n_iter: int
    verbose: bool = False


@attrs.define
class Rate:
    value: float


class Reply(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="allow")
    label: str


class Plain:
    shared = 1

    def __init__(self) -> None:
        self.own, self._inner = 1, 2

    @functools.cached_property
    def computed(self) -> int:
        return 3


class Slots:
    __slots__ = ("__hidden", "shown", "unset")

    def __init__(self) -> None:
        self.__hidden, self.shown = 1, 2


class Closed:
    def __init__(self) -> None:
        self.own = 1

    def __reduce__(self) -> Any:
        return Closed, ()


class Number(float):
    pass


def touched() -> Plain:
    made = Plain()
    assert made.computed == 3
    return made


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        (Pair("a", 0.5), {"item": "a", "score": 0.5}),
        (Answer(3), {"n_iter": 3, "verbose": False}),
        (Rate(0.5), {"value": 0.5}),
        (Reply(label="a", more=1), {"label": "a", "more": 1}),  # type: ignore[call-arg]
        (Plain(), {"own": 1, "_inner": 2}),
        (touched(), {"own": 1, "_inner": 2}),
        (Slots(), {"_Slots__hidden": 1, "shown": 2}),
    ],
)
def test_an_object_is_its_fields_whatever_they_are_called(value: object, fields: dict[str, object]) -> None:
    assert fields_of(value) == fields


def test_an_estimator_is_its_settings_and_what_it_learned() -> None:
    found = fields_of(LinearRegression().fit([[1.0], [2.0]], [1.0, 2.0]))
    assert found is not None
    assert {"fit_intercept", "n_jobs", "coef_", "intercept_"} <= found.keys()


@pytest.mark.parametrize(
    "make",
    [
        object, Closed, threading.Lock, lambda: len, lambda: Plain, lambda: threading, lambda: (i for i in [1]),
        lambda: iter([1]), lambda: functools.partial(len, "a"), lambda: memoryview(b"a"), lambda: slice(1), Exception,
        lambda: threading.local(), lambda: [1], lambda: {"a": 1},
    ],
)  # fmt: skip
def test_what_holds_more_than_fields_has_none(make: Any) -> None:
    assert fields_of(make()) is None


def test_what_a_subclass_of_a_number_holds_beside_it_is_named() -> None:
    price = Number(0.5)
    price.unit, price._cache = "EUR", 1  # type: ignore[attr-defined]
    assert attributes_beside(price) == {"unit": "EUR"}
    assert attributes_beside(Decimal(1)) == {}
