"""What is told of one column: the arguments of the statement that draws it in the script."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Value = Any
"""An element of a column that many rows share: a text, number, truth, or date."""


@dataclass(frozen=True)
class Relation:
    """How a column goes with the target's groups and with columns that are drawn before it."""

    shift: tuple[float, ...] = ()
    """Mean score in each group of the target; empty where there are no groups."""
    spread: tuple[float, ...] = ()
    """Standard deviation of the score in each group."""
    lean: tuple[tuple[str, float], ...] = ()
    """Columns drawn before, each with its weight in this one's score within a group."""
    own: float = 1.0
    """Weight of the column's own noise."""


@dataclass(frozen=True)
class Levels:
    """A column of a few values."""

    shares: tuple[tuple[Value, float], ...]
    """Each value with its share of the rows, in the order of the scores."""
    dtype: str = ""
    """The pandas type where it is not the one that pandas would infer."""
    categories: tuple[Value, ...] = ()
    """Of a pandas category: all values in their order."""
    ordered: bool = False
    """Whether that order means anything."""


@dataclass(frozen=True)
class Numbers:
    """A column of floats."""

    knots: tuple[float, ...]
    """Values at evenly spaced shares of the rows."""
    step: float
    """What all values are multiples of; 0 where there is no such step."""
    decimals: int
    """Decimals that they are written with."""
    dtype: str = ""
    """The pandas type where it is not `float64`."""


@dataclass(frozen=True)
class Whole:
    """A column of whole numbers, decimals or durations, told in whole numbers of some unit so that no digit is lost."""

    knots: tuple[int, ...]
    """Values at evenly spaced shares of the rows."""
    step: int
    """What all values are multiples of."""
    dtype: str = ""
    """Of whole numbers, the pandas type where it is not `int64`."""
    decimals: int | None = None
    """Of decimals: how many they are written with; the unit is one of the last of these."""
    unit: str = ""
    """Of durations: NumPy's code of the unit."""


@dataclass(frozen=True)
class Times:
    """A column of dates or timestamps."""

    knots: tuple[str, ...]
    """Instants at evenly spaced shares of the rows."""
    unit: str
    """NumPy's code of the coarsest unit that holds them all: `D`, `h`, `m`, `s`, `ms`, `us` or `ns`."""
    step: int = 1
    """How many units all instants are multiples of."""
    weekdays: tuple[int, ...] = ()
    """The weekdays that occur, Monday being 0; empty for all of them."""
    dates: bool = False
    """Whether the elements are dates and no timestamps."""
    zone: str | None = None
    """The time zone of timestamps."""


@dataclass(frozen=True)
class Keys:
    """A column of names or numbers of things, which are replaced by invented ones."""

    form: str
    """How the number of a key is spelled, as a format; empty for whole numbers."""
    first: int
    """The first number."""
    distinct: float
    """Number of different keys by number of rows."""
    curve: tuple[float, ...] = (0.0, 1.0)
    """How the rows beyond one for each key are shared among the keys: at evenly spaced shares of those rows, the
    share of the keys, the most frequent first, that have them."""
    shuffled: bool = False
    """Whether the file has the keys in no order."""
    dtype: str = ""
    """The pandas type where it is not the one that pandas would infer."""


@dataclass(frozen=True)
class Text:
    """A column of free text, which is replaced by invented words."""

    lengths: tuple[float, ...]
    """Numbers of words at evenly spaced shares of the rows."""
    words: tuple[tuple[str, tuple[float, ...]], ...]
    """Invented words in the place of frequent ones, each with its share of the words in each group of the target."""
    rest: tuple[str, ...]
    """Invented words in the place of all others, equally frequent."""
    capital: bool = False
    """Whether texts begin with a capital letter."""
    end: str = ""
    """What texts end with."""


@dataclass(frozen=True)
class Lists:
    """A column of lists."""

    lengths: tuple[float, ...]
    """Numbers of elements at evenly spaced shares of the rows."""
    shares: tuple[tuple[Value, float], ...] = ()
    """The elements with their shares, where they are a few; the others are told by quantiles."""
    quantiles: tuple[float, ...] | tuple[int, ...] = ()
    """Elements at evenly spaced shares of all of them."""
    step: float = 0
    """What all elements are multiples of; 0 where there is no such step."""
    decimals: int = 0
    """Decimals that floats are written with."""
    whole: bool = False
    """Whether the elements are whole numbers."""


@dataclass(frozen=True)
class Missing:
    """A column without any element, or with too few to tell: all of it is missing."""

    dtype: str
    """The pandas type."""


Drawn = Levels | Numbers | Whole | Times | Keys | Text | Lists | Missing


@dataclass(frozen=True)
class Column:
    """One column of the real table, as it is told."""

    name: str
    """Its name."""
    type: str
    """Its logical type."""
    drawn: Drawn
    """How its values are drawn."""
    relation: Relation = field(default_factory=Relation)
    """What its values go with."""


@dataclass(frozen=True)
class Gaps:
    """Which columns are missing together."""

    patterns: tuple[tuple[tuple[str, ...], float], ...]
    """Columns that are missing in the same rows, with the share of those rows; the rest have none missing."""
    relation: Relation = field(default_factory=Relation)
    """What being missing goes with."""


@dataclass(frozen=True)
class Profile:
    """All that is told of a real table."""

    rows: int
    """How many rows it was learned from."""
    columns: tuple[Column, ...]
    """The columns in the order of the table."""
    target: str | None
    """The column to predict."""
    grouped: bool
    """Whether the target has a few values, which the other columns are told by."""
    gaps: Gaps | None
    """Missing elements."""
    order: tuple[str, bool] | None
    """The column that the rows are sorted by, and whether upwards."""
    notes: tuple[str, ...]
    """What was left out or replaced, for the owner."""
