"""Nothing that acts on a terminal or hides in it stays in a text, over the whole of Unicode."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from mlguard.core.visible import one_line, visible

JOINERS = {"\u200c", "\u200d"}
DIRECTIONS = {"\u061c", "\u200e", "\u200f", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}


def acts(character: str) -> bool:
    """Told by Unicode's own categories: controls, surrogates, separators of lines, marks of direction."""
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in DIRECTIONS


def test_every_character_that_acts_is_written_out():
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    left = [c for c in every if acts(c) and any(map(acts, one_line(c)))]
    assert left == []
    assert [c for c in every if acts(c) and c != "\n" and any(map(acts, visible(c)))] == []


def test_letters_marks_symbols_and_what_joins_them_stay():
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    changed = [c for c in every if unicodedata.category(c)[0] in "LMNPS" and one_line(c) != c]
    assert changed == []
    assert all(visible(c) == c for c in JOINERS)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("a\u202eb\x9b\x7f", "a\\u202eb\\x9b\\x7f"),
        ("\ud800", "\\ud800"),
        ("one\r\ntwo\tthree", "one\\r\ntwo\\tthree"),
        ("C:\\new", "C:\\new"),
    ],
)
def test_it_is_written_as_python_writes_it_and_twice_is_once(text, shown):
    assert visible(text) == shown
    assert visible(visible(text)) == shown
    assert one_line(text) == shown.replace("\n", "\\n")
