from __future__ import annotations

import unicodedata

import pandas as pd
import pytest

from mlguard.observe.changes.column import Column, Known
from mlguard.observe.changes.words import changes

NOTHING = Known(frozenset(), {})


def spelled(*texts: str, at: tuple[int, ...] = (0,)) -> dict[str, list[str]]:
    """What the cells at some positions become, by the label of the change."""
    column = Column.of("text", pd.Series(texts), NOTHING)
    return {one.label: [one.apply(column.cells, at).iloc[i] for i in at] for one in changes(column)}


@pytest.mark.parametrize(
    ("label", "text", "becomes"),
    [
        ("decomposed", "Café", unicodedata.normalize("NFD", "Café")),
        ("composed", unicodedata.normalize("NFD", "Café"), "Café"),
        ("full-width digits", "a 12", "a \N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT TWO}"),
        ("other digits", "a 12", "a \N{ARABIC-INDIC DIGIT ONE}\N{ARABIC-INDIC DIGIT TWO}"),
        ("with digits", "ab", "ab42"),
        ("underscores", "1000", "1_000"),
        ("underscores", "New York", "New_York"),
        ("no-break blank", "New York", "New\xa0York"),
        ("sharp s", "Strasse", "Straße"),
    ],
)
def test_a_text_is_spelled_otherwise(label: str, text: str, becomes: str) -> None:
    assert spelled(text)[label] == [becomes]


@pytest.mark.parametrize("label", ["full-width digits", "other digits", "underscores"])
def test_digits_of_any_script_and_underscores_are_numbers_to_python(label: str) -> None:
    assert int(spelled("1000")[label][0]) == 1000


def test_a_text_that_has_nothing_to_spell_otherwise_lends_the_place_to_one_that_has() -> None:
    given = spelled("tea", "Café", "Müsli", at=(0, 1, 2))["decomposed"]
    assert [unicodedata.normalize("NFC", text) for text in given] == ["Café", "Café", "Müsli"]


def test_where_no_text_can_be_spelled_so_there_are_no_rows_or_something_is_added() -> None:
    made = spelled("tea")
    assert {"composed", "other digits", "full-width digits", "sharp s"}.isdisjoint(made)
    assert unicodedata.normalize("NFC", made["decomposed"][0]) == "téá"
    assert made["underscores"] == ["tea_1"]


def test_numbers_are_no_texts() -> None:
    assert list(changes(Column.of("n", pd.Series([1.0, 2.0]), NOTHING))) == []
