"""Describe columns of free text: how many words, which letters, and how often invented words stand in which group."""

from __future__ import annotations

import math
import re
import zlib
from collections import Counter
from collections.abc import Sequence

import numpy as np

from mlguard.tools.like.described import Text
from mlguard.tools.like.privacy import GROUP, SHARE, knots
from mlguard.tools.like.relations import Groups

WORDS = 60
"""Frequent words that have an invented one in their place at most."""
REST = 24
"""Invented words in the place of all others."""

_WORD = re.compile(r"\w+(?:'\w+)?")
_VOWELS = frozenset("aeiouyäöüéèàáíóúâêîôûåæø")


def is_prose(texts: Sequence[str]) -> bool:
    """Whether most texts are several words."""
    return sum(bool(re.search(r"\S\s+\S", text)) for text in texts) > len(texts) / 2


def described_text(name: str, texts: Sequence[str | None], groups: Groups | None) -> Text:
    """What is told of a column of free text; no word of it."""
    present = [text for text in texts if text is not None]
    split = [_WORD.findall(text.lower()) if text is not None else [] for text in texts]
    lengths = np.array([float(len(words)) for text, words in zip(texts, split, strict=True) if text is not None])
    frequent = _frequent(split, groups)
    counted = Counter(word for words in split for word in words)
    known = set(counted)
    invent = _Inventor(zlib.crc32(name.encode()), _letters(present), known)
    rare = [len(word) for word in counted if word not in frequent] or [5]
    return Text(
        lengths=knots(lengths, 1.0),
        words=tuple((invent(len(word)), shares) for word, shares in frequent.items()),
        rest=tuple(invent(int(np.quantile(rare, at))) for at in np.linspace(0.05, 0.95, REST)),
        capital=sum(text[:1].isupper() for text in present) > len(present) / 2,
        end=_end(present),
    )


def _frequent(split: Sequence[Sequence[str]], groups: Groups | None) -> dict[str, tuple[float, ...]]:
    """Words of many rows with their share of all words, group by group; those that tell groups apart first."""
    rows = Counter(word for words in split for word in set(words))
    known = [word for word, count in rows.items() if count >= GROUP and count >= 0.02 * len(split)]
    at = np.zeros(len(split), dtype=np.int64) if groups is None else groups.at
    members = [np.flatnonzero(at == group).tolist() for group in range(1 if groups is None else groups.count)]
    counts = [Counter(word for row in rows_of for word in split[row]) for rows_of in members]
    totals = [max(1, sum(count.values())) for count in counts]
    shares = {w: tuple(round(c[w] / t, 3) for c, t in zip(counts, totals, strict=True)) for w in known}
    telling = sorted(known, key=lambda word: (-_telling(shares[word]), word))[: 2 * WORDS // 3]
    common = sorted((word for word in known if word not in telling), key=lambda word: (-rows[word], word))
    return {word: shares[word] for word in [*telling, *common][:WORDS]}


def _telling(shares: tuple[float, ...]) -> float:
    """How far the groups part, in units of what chance would part them by."""
    return (max(shares) - min(shares)) / math.sqrt(sum(shares) + 0.001)


def _letters(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """Vowels and other letters that many rows have."""
    rows = Counter(letter for text in texts for letter in set(text.lower()) if letter.isalpha())
    kept = sorted(letter for letter, n in rows.items() if n >= GROUP and n >= SHARE * len(texts) and len(letter) == 1)
    vowels = [letter for letter in kept if letter in _VOWELS]
    return vowels or list("aeiou"), [letter for letter in kept if letter not in _VOWELS] or list("bdklmnrst")


def _end(texts: Sequence[str]) -> str:
    ends = Counter(text[-1:] for text in texts if text[-1:] in (".", "!", "?"))
    best = max(ends, key=lambda end: ends[end], default="")
    return best if best and ends[best] > len(texts) / 2 else ""


class _Inventor:
    """Makes up words that stand in no row."""

    def __init__(self, seed: int, letters: tuple[list[str], list[str]], known: set[str]) -> None:
        self._rng = np.random.RandomState(seed)
        self._letters = letters
        self._known = known

    def __call__(self, length: int) -> str:
        """A new word of about this length, from 2 to 10 letters."""
        wanted, tried = min(10, max(2, length)), 0
        while (word := self._word(wanted + tried // 50)) in self._known:
            tried += 1
        self._known.add(word)
        return word

    def _word(self, length: int) -> str:
        start = int(self._rng.randint(2))
        kinds = [self._letters[(start + at) % 2] for at in range(length)]
        return "".join(kind[int(self._rng.randint(len(kind)))] for kind in kinds)
