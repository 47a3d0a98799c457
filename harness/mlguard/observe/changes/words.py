"""Columns of text, categories among them: other spellings of the same text, and texts that nobody has seen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

from mlguard.observe.changes.column import Cells, Change, Column, replaced

UNSEEN = "never seen before"
"""A text, or a category, that no data hold."""

Spelling = Callable[[str], str]


@dataclass(frozen=True)
class Respelling:
    """Another spelling, for the texts that have something to spell otherwise."""

    label: str
    """What is done."""
    spell: Spelling
    """The other spelling; the same text where nothing in it can be spelled so."""
    fallback: Spelling | None
    """What becomes of a text where no text of the column can be spelled so; None where that is not worth a row."""


def changes(column: Column) -> Iterator[Change]:
    """Every spelling of every text."""
    if not is_text(column):
        return
    for label, spell in SPELLINGS:
        yield Change(label, _each(spell))
    texts = list(dict.fromkeys(cell for cell in column.cells if isinstance(cell, str)))
    for respelling in RESPELLINGS:
        apply = _some(respelling, texts)
        if apply is not None:
            yield Change(respelling.label, apply, joined=True)


def is_text(column: Column) -> bool:
    """Whether cells are texts, or not all of one kind."""
    return column.value.dtype in ("text", "mixed")


def unseen(cells: Cells, at: Sequence[int]) -> Cells:
    """The column with texts that no data hold."""
    return replaced(cells, at, [UNSEEN] * len(at))


def spelled_rows(rows: Sequence[str], pool: Sequence[str]) -> Iterator[tuple[str, bool, list[str]]]:
    """For rows that are texts: every spelling of every other one, with its label and whether rows may be joined."""
    for label, spell in SPELLINGS:
        yield label, False, [spell(text) if i % 2 == 0 else text for i, text in enumerate(rows)]
    for respelling in RESPELLINGS:
        own = respelled(respelling, list(dict.fromkeys(pool)), rows[::2])
        if own is not None:
            yield respelling.label, True, [own[i // 2] if i % 2 == 0 else text for i, text in enumerate(rows)]


def respelled(respelling: Respelling, texts: Sequence[str], own: Sequence[str]) -> list[str] | None:
    """Some texts spelled otherwise: each its own, or in its place another of `texts` that can be; None if none can."""
    able = [text for text in texts if respelling.spell(text) != text]
    if not able and respelling.fallback is None:
        return None
    others = cycle(able or [""])
    given = []
    for text in own:
        chosen = text if respelling.spell(text) != text or not able else next(others)
        spelled = respelling.spell(chosen)
        given.append(spelled if able or respelling.fallback is None else respelling.fallback(chosen))
    return given


def _each(spell: Spelling) -> Callable[[Cells, Sequence[int]], Cells]:
    def apply(cells: Cells, at: Sequence[int]) -> Cells:
        return replaced(cells, at, [spell(cells.iloc[i]) if isinstance(cells.iloc[i], str) else "" for i in at])

    return apply


def _some(respelling: Respelling, texts: Sequence[str]) -> Callable[[Cells, Sequence[int]], Cells] | None:
    if respelled(respelling, texts, ()) is None:
        return None

    def apply(cells: Cells, at: Sequence[int]) -> Cells:
        own = [cells.iloc[i] if isinstance(cells.iloc[i], str) else "" for i in at]
        return replaced(cells, at, list(respelled(respelling, texts, own) or own))

    return apply


def _accented(text: str) -> str:
    return text.translate(str.maketrans("aeioucnAEIOUCN", "áéíóúçñÁÉÍÓÚÇÑ"))


def _full_width(text: str) -> str:
    """The compatibility forms of ASCII characters, with a ligature: the same text to some normalisations only."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text) + "\N{LATIN SMALL LIGATURE FI}"


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _digits(zero: str) -> Spelling:
    """ASCII digits written with those of another script, which `int` and a pattern's \\d read, and [0-9] does not."""
    return lambda text: text.translate({ord("0") + i: ord(zero) + i for i in range(10)})


def _grouped(text: str) -> str:
    """Underscores for blanks, and behind the first of several digits, where `int` skips them: 1_000."""
    return re.sub(r"(?<!\d)(\d)(?=\d)", r"\1_", text).replace(" ", "_")


SPELLINGS: tuple[tuple[str, Spelling], ...] = (
    ("unseen", lambda text: UNSEEN),
    ("other case", lambda text: text.upper() if text != text.upper() else text.lower()),
    ("padded", lambda text: f"  {text} "),
    ("tab for blank", lambda text: text.replace(" ", "\t") if " " in text else f"{text}\t"),
    ("empty", lambda text: ""),
    ("accented", _accented),
    ("punctuated", lambda text: f"{text}!?"),
    ("full width", _full_width),
)
"""Spellings that every text has."""

RESPELLINGS: tuple[Respelling, ...] = (
    Respelling("decomposed", _decomposed, lambda text: _decomposed(_accented(text))),
    Respelling("composed", _composed, None),
    Respelling("with digits", lambda text: text, lambda text: f"{text}42"),
    Respelling("full-width digits", _digits("\N{FULLWIDTH DIGIT ZERO}"), None),
    Respelling("other digits", _digits("\N{ARABIC-INDIC DIGIT ZERO}"), None),
    Respelling("underscores", _grouped, lambda text: f"{text}_1"),
    Respelling("no-break blank", lambda text: text.replace(" ", "\xa0"), lambda text: f"{text}\xa0"),
    Respelling("sharp s", lambda text: text.replace("ss", "ß"), None),
)
"""Spellings that a text may lack; then another text of the column is spelled so."""
