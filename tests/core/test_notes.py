from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random
from typing import Any

import pytest

from mlguard.core.error import UsageError
from mlguard.core.notes import Names, listening, look_inside, note


class Ear:
    def __init__(self) -> None:
        self.heard: list[tuple[str, object]] = []

    def note(self, name: str, value: object, *, stage: str | None = None) -> None:
        self.heard.append((name, value))

    def look_inside(self, values: Iterable[tuple[str, object]]) -> None:
        self.heard += values


def test_notes_reach_who_listens_and_nobody_else() -> None:
    outer, inner = Ear(), Ear()
    note("lost", 0)
    with listening(outer):
        note("a", 1)
        with listening(inner):
            note("b", 2)
        with listening(None):
            note("lost", 0)
        with pytest.raises(RuntimeError), listening(inner):
            raise RuntimeError
        note("c", 3)
    note("lost", 0)
    assert (outer.heard, inner.heard) == ([("a", 1), ("c", 3)], [("b", 2)])


@pytest.mark.parametrize("name", ["", None, 3])
def test_a_note_without_a_name_is_refused_even_where_nobody_listens(name: object) -> None:
    with pytest.raises(UsageError, match="a note needs a name"):
        note(name, 1)  # type: ignore[arg-type]


def test_what_lies_on_the_way_is_drawn_only_where_somebody_looks() -> None:
    drawn: list[int] = []

    def values() -> Iterator[tuple[str, object]]:
        drawn.append(1)
        yield "a", 1

    ear = Ear()
    look_inside(values())
    with listening(None):
        look_inside(values())
    assert drawn == []
    with listening(ear):
        look_inside(values())
    assert ear.heard == [("a", 1)]


class Counted(dict[Any, int]):
    """Counts how often it is looked up whether something is in it."""

    looks = 0

    def __contains__(self, key: object) -> bool:
        self.looks += 1
        return super().__contains__(key)


def test_a_name_that_is_taken_gets_the_next_free_number_in_its_place() -> None:
    for seed in range(20):
        random, names, taken = Random(seed), Names(), set()
        for _ in range(60):
            name, where = random.choice(["a", "a#2", "a#3", "a#2#2", "b"]), random.choice(["train", "predict"])
            expected, number = name, 1
            while (where, expected) in taken:
                number += 1
                expected = f"{name}#{number}"
            taken.add((where, expected))
            assert names.unused(name, where) == expected


def test_the_thousandth_note_of_a_name_costs_no_more_than_the_second() -> None:
    names = Names()
    names._last = looked_at = Counted()
    assert [names.unused("loss", "train") for _ in range(1000)][-1] == "loss#1000"
    assert looked_at.looks < 2000
