"""Goldens of every format ever written can be read, and a Record gives the same bytes everywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mlguard.core.question import ASKED_AT_FIRST, FIRST_RELEASE
from mlguard.core.record import Record
from mlguard.files.content import plain_ends
from mlguard.files.tree import Tree
from mlguard.golden.codec import decode, encode
from mlguard.golden.damage import FORMAT

FORMATS = Path(__file__).parent / "formats"


def at_first(record: Record) -> Record:
    """As mlguard's first release would have recorded it: it knew no other questions, and no noise by column."""
    rules = replace(record.tolerances, largest=True)
    return replace(record, asked=ASKED_AT_FIRST, mlguard=FIRST_RELEASE, tolerances=rules)


HELD: dict[int, Callable[[Record], Record]] = {1: at_first, 2: lambda record: record}
"""What the golden of each format holds."""


@pytest.mark.parametrize("number", range(1, FORMAT + 1))
def test_an_old_golden_is_read(record: Record, number: int) -> None:
    golden = decode(Tree(FORMATS / str(number), FORMATS).read, record.guard, "golden/Churn")
    assert encode(golden) == encode(HELD[number](record))


def test_the_newest_format_has_the_same_bytes_on_every_machine(record: Record) -> None:
    folder = FORMATS / str(FORMAT)
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert {name: plain_ends(name, content) for name, content in files.items()} == encode(record)
