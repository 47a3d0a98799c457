"""Derive probe rows from a Dataset's columns: the unusual rows on which refactors break."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlguard.core.question import BESIDE
from mlguard.observe.leaf import is_frame, is_pandas, to_value
from mlguard.observe.rows import count, duplicate, take

BATCH = 8
"""Real rows of a batch; every other one is changed, so that dropped, reordered or broadcast rows show."""

RECOMBINED = 16
"""Rows recombined from real ones."""

MAGNITUDES = ((10.0, "x10"), (1e3, "x1e3"), (1e6, "x1e6"))
"""Factors on numeric columns; they gate on being answered, never on values."""

GATING, EVIDENCE, STATUS_ONLY = "probes", "evidence", "magnitudes"
"""Parts of the probes: values gate where the golden's are defined; nothing gates; only being answered gates."""


@dataclass(frozen=True)
class Batch:
    """Rows to ask `predict`, with a name for each."""

    part: str
    """One of `probes`, `evidence`, `magnitudes`."""
    names: tuple[str, ...]
    """Names of the rows."""
    rows: Any
    """The rows, in the form that `split` gives them."""


@dataclass(frozen=True)
class Known:
    """What is known about the columns from the Dataset: over all data seeds where they were made."""

    gaps: frozenset[str]
    """Columns that have a missing value in some data seed."""
    thresholds: dict[str, float]
    """Declared thresholds by column; the empty name stands for every float column."""


Column = Any
Change = Callable[[Column, Sequence[int]], Column]


def derive(rows: Any, pool: Any, known: Known) -> Iterator[Batch]:
    """Batches for rows like these: `rows` are real ones to change, `pool` all rows whose ranges count."""
    length = count(rows) or 0
    if not length:
        return
    chosen = [int(i) for i in np.linspace(0, length - 1, min(BATCH, length)).round()]
    base = _plain_index(take(rows, chosen))
    if is_frame(rows):
        yield from _frame_batches(base, pool if is_frame(pool) else rows, known)
    elif isinstance(rows, np.ndarray) and rows.ndim == 2 and rows.dtype.kind in "iuf":
        yield from _matrix_batches(base, rows)
    elif _is_texts(rows):
        yield from _text_batches(base)
    yield Batch(GATING, _names("same row twice", 2 * len(chosen)), _plain_index(take(rows, _twice(chosen))))


def _frame_batches(base: Any, pool: Any, known: Known) -> Iterator[Batch]:
    for column in base.columns:
        for part, label, change in _changes(str(column), pool[column] if column in pool else base[column], known):
            changed = _with_column(base, column, change)
            if changed is not None:
                yield Batch(part, _marked(f"{label} {column}", len(base)), changed)
    yield Batch(GATING, _names("recombined", RECOMBINED), _recombined(base, pool))
    yield Batch(EVIDENCE, (), base.iloc[:0])
    for column in base.columns:
        yield Batch(EVIDENCE, _names(f"without {column}", len(base)), base.drop(columns=[column]))


def _matrix_batches(base: np.ndarray[Any, Any], pool: np.ndarray[Any, Any]) -> Iterator[Batch]:
    """Ranges of the whole matrix, since images and embeddings have too many columns to go one by one."""
    low, high = float(np.nanmin(pool)), float(np.nanmax(pool))
    step = 1.0 if pool.dtype.kind in "iu" else (high - low) * 0.1 or 1.0
    for part, label, value in (
        (GATING, "minimum", low),
        (GATING, "maximum", high),
        (GATING, "below", low - step),
        (GATING, "above", high + step),
        (EVIDENCE, "missing", np.nan),
    ):
        if (pool.dtype.kind in "iu" and not np.isfinite(value)) or (pool.dtype.kind == "u" and value < 0):
            continue
        changed = base.copy()
        changed[::2] = value
        yield Batch(part, _marked(f"all {label}", len(base)), changed)
    for factor, label in MAGNITUDES if pool.dtype.kind == "f" else ():
        changed = base.copy()
        changed[::2] *= factor
        yield Batch(STATUS_ONLY, _marked(f"all {label}", len(base)), changed)


def _text_batches(base: Any) -> Iterator[Batch]:
    for label, change in _TEXTS:
        items = [change(text) if i % 2 == 0 else text for i, text in enumerate(base)]
        rows = type(base)(items, index=base.index, name=base.name) if is_pandas(base, "Series") else items
        yield Batch(GATING, _marked(label, len(items)), rows)


def _changes(name: str, column: Column, known: Known) -> Iterator[tuple[str, str, Change]]:
    """The changes that make sense for a column, each with its part and label."""
    value = to_value(column)
    yield GATING if name in known.gaps else EVIDENCE, "missing", _missing
    if value.dtype == "bool":
        yield GATING, "flipped", lambda cells, at: _set(cells, at, [not cells.iloc[i] for i in at])
    elif value.is_numeric and value.data.dtype.kind != "c" and len(value.shape) == 1:
        yield from _numeric_changes(name, value.data[~value.absent()], known)
    elif value.dtype in ("text", "mixed"):
        for label, change in _TEXTS:
            yield GATING, label, _each_text(change)
    elif value.dtype == "timestamp":
        present = column.dropna()
        if len(present) and is_pandas(present.iloc[0], "Timestamp"):
            day = present.iloc[0] - present.iloc[0].normalize() + (present.iloc[0].normalize() - present.iloc[0])
            one = type(day)(days=1)
            for label, moment in (("below", present.min() - one), ("above", present.max() + one)):
                yield GATING, label, _constant(moment)


def _numeric_changes(name: str, present: np.ndarray[Any, Any], known: Known) -> Iterator[tuple[str, str, Change]]:
    finite = present[np.isfinite(present)]
    if not finite.size:
        return
    whole = finite.dtype.kind in "iu"
    low, high = (int(finite.min()), int(finite.max())) if whole else (float(finite.min()), float(finite.max()))
    step = 1 if whole else (high - low) * 0.1 or 1.0
    yield GATING, "minimum", _constant(low)
    yield GATING, "maximum", _constant(high)
    yield GATING, "below", _constant(low - step)
    yield GATING, "above", _constant(high + step)
    if low > 0:
        yield GATING, "zero", _constant(0 if whole else 0.0)
    for column, threshold in known.thresholds.items():
        if column == name or (not column and not whole and low <= threshold <= high):
            for label, value in _around(threshold, whole=whole):
                yield GATING, label, _constant(value)
    for factor, label in MAGNITUDES:
        yield STATUS_ONLY, label, _scaled(factor)


def _around(threshold: float, *, whole: bool) -> Iterator[tuple[str, float]]:
    yield "at threshold", int(threshold) if whole else threshold
    if not whole:
        yield "just below threshold", float(np.nextafter(threshold, -np.inf))
        yield "just above threshold", float(np.nextafter(threshold, np.inf))


def _punctuated(text: str) -> str:
    return f"{text}!?"


def _accented(text: str) -> str:
    return text.translate(str.maketrans("aeioucnAEIOUCN", "áéíóúçñÁÉÍÓÚÇÑ"))


def _full_width(text: str) -> str:
    """The compatibility forms of ASCII characters, with a ligature: the same text to some normalisations only."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text) + "\N{LATIN SMALL LIGATURE FI}"


_TEXTS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("unseen", lambda text: "never seen before"),
    ("other case", lambda text: text.upper() if text != text.upper() else text.lower()),
    ("padded", lambda text: f"  {text} "),
    ("tab for blank", lambda text: text.replace(" ", "\t") if " " in text else f"{text}\t"),
    ("empty", lambda text: ""),
    ("accented", _accented),
    ("punctuated", _punctuated),
    ("full width", _full_width),
)


def _each_text(change: Callable[[str], str]) -> Change:
    def apply(cells: Column, at: Sequence[int]) -> Column:
        return _set(cells, at, [change(cells.iloc[i]) if isinstance(cells.iloc[i], str) else "" for i in at])

    return apply


def _constant(value: Any) -> Change:
    return lambda cells, at: _set(cells, at, [value] * len(at))


def _scaled(factor: float) -> Change:
    def apply(cells: Column, at: Sequence[int]) -> Column:
        return _set(cells, at, [_times(cells.iloc[i], factor) for i in at])

    return apply


def _times(value: Any, factor: float) -> Any:
    if isinstance(value, int | np.integer):
        return int(value) * int(factor)
    return value * factor if isinstance(value, float | np.floating) else value


def _missing(cells: Column, at: Sequence[int]) -> Column:
    return _set(cells, at, [None] * len(at))


def _set(cells: Column, at: Sequence[int], values: list[Any]) -> Column:
    """The column with some cells replaced; its dtype is kept where it can hold them."""
    items = list(cells)
    for position, value in zip(at, values, strict=True):
        items[position] = value
    if str(cells.dtype) == "category":
        added = [v for v in dict.fromkeys(values) if v is not None and v not in cells.cat.categories]
        return type(cells)(items, index=cells.index, dtype=cells.cat.add_categories(added).dtype)
    if None in values and cells.dtype.kind in "iub" and str(cells.dtype).islower():
        # What pandas itself makes of whole numbers with a gap: floats.
        return type(cells)([np.nan if v is None else float(v) for v in items], index=cells.index)
    return type(cells)(items, index=cells.index, dtype=cells.dtype)


def _with_column(base: Any, column: Any, change: Change) -> Any:
    try:
        changed = change(base[column], range(0, len(base), 2))
    except (ValueError, TypeError, OverflowError):
        return None  # The column's type cannot hold such a value, so no input can either.
    fresh = duplicate(base)
    fresh[column] = changed
    return fresh


def _recombined(base: Any, pool: Any) -> Any:
    """Rows made of columns from different real rows."""
    pool = pool[[c for c in base.columns if c in pool.columns]] if set(base.columns) - set(pool.columns) else pool
    source = pool if set(base.columns) <= set(pool.columns) else base
    random = np.random.RandomState(0)
    parts = {
        column: source[column].iloc[random.randint(0, len(source), RECOMBINED)].reset_index(drop=True)
        for column in base.columns
    }
    return type(base)(parts)[list(base.columns)]


def _is_texts(rows: Any) -> bool:
    if isinstance(rows, list) or is_pandas(rows, "Series"):
        return len(rows) > 0 and all(isinstance(item, str) for item in rows)
    return False


def _twice(chosen: Sequence[int]) -> list[int]:
    return [position for position in chosen for _ in range(2)]


def _plain_index(rows: Any) -> Any:
    return rows.reset_index(drop=True) if is_frame(rows) or is_pandas(rows, "Series") else rows


def _names(label: str, length: int) -> tuple[str, ...]:
    return tuple(f"{label} #{i}" for i in range(length))


def _marked(label: str, length: int) -> tuple[str, ...]:
    """Names that tell the changed rows from the real ones between them."""
    return tuple(f"{label} #{i}" if i % 2 == 0 else f"{BESIDE}{label} #{i}" for i in range(length))
