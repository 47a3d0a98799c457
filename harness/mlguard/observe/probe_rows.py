"""Derive probe rows from a Dataset's columns: the unusual rows on which refactors break."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlguard.core.question import BESIDE
from mlguard.observe.changes import dates, flags, gaps, numbers, words
from mlguard.observe.changes.column import EVIDENCE, GATING, STATUS_ONLY, Apply, Column, Kind, Known
from mlguard.observe.kinds import is_frame, is_pandas
from mlguard.observe.rows import count, duplicate, take

BATCH = 8
"""Real rows of a batch; every other one is changed, so that dropped, reordered or broadcast rows show."""

RECOMBINED = 16
"""Rows recombined from real ones."""

KINDS: tuple[Kind, ...] = (gaps.changes, flags.changes, numbers.changes, words.changes, dates.changes)
"""The kinds of columns; one more is a file in `changes` and its place here."""


@dataclass(frozen=True)
class Batch:
    """Rows to ask `predict`, with a name for each."""

    part: str
    """One of `probes`, `evidence`, `magnitudes`."""
    names: tuple[str, ...]
    """Names of the rows."""
    rows: Any
    """The rows, in the form that `split` gives them."""
    joined: bool = False
    """Whether `predict` may be given these rows together with others of the same column types."""
    kind: str = ""
    """What is unusual about the rows, whichever column has it."""

    @property
    def label(self) -> str:
        """What is common to the names of its first rows."""
        return _label(self.names[0]) if self.names else "empty frame"

    @property
    def words(self) -> str:
        """How messages call the rows, which may be those of many batches."""
        last = _label(self.names[-1].removeprefix(BESIDE)) if self.names and self.joined else self.label
        return self.label if last == self.label else f"{self.label} to {last}"


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
        yield from _text_batches(base, rows)
    yield Batch(GATING, _names("same row twice", 2 * len(chosen)), _plain_index(take(rows, _twice(chosen))))


def _frame_batches(base: Any, pool: Any, known: Known) -> Iterator[Batch]:
    columns = [Column.of(str(c), pool[c] if c in pool else base[c], known) for c in base.columns]
    for name, column in zip(base.columns, columns, strict=True):
        for change in (change for kind in KINDS for change in kind(column)):
            changed = _with_column(base, name, change.apply, range(0, len(base), 2))
            if changed is not None:
                label = f"{change.label} {name}"
                yield Batch(change.part, _marked(label, len(base)), changed, change.joined, change.label)
    yield from _two_rare_things(base, dict(zip(base.columns, columns, strict=True)))
    yield Batch(GATING, _names("recombined", RECOMBINED), _recombined(base, pool))
    yield Batch(EVIDENCE, (), base.iloc[:0])
    for column in base.columns:
        yield Batch(EVIDENCE, _names(f"without {column}", len(base)), base.drop(columns=[column]))


def _two_rare_things(base: Any, columns: dict[Any, Column]) -> Iterator[Batch]:
    """A gap beside an unseen text: each changed row has both, in columns that take turns."""
    changed: Any = base
    changes = (
        (gaps.missing, [n for n, c in columns.items() if gaps.is_float(c)]),
        (words.unseen, [n for n, c in columns.items() if words.is_text(c)]),
    )
    if not all(names for _, names in changes):
        return
    for apply, names in changes:
        for turn, name in enumerate(names):
            at = range(2 * turn, len(base), 2 * len(names))
            if changed is not None and at:
                changed = _with_column(changed, name, apply, at)
    if changed is not None:
        yield Batch(GATING, _marked("gap beside unseen", len(base)), changed, joined=True)


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
    if pool.dtype.kind == "f":
        yield _one_gap(base)
    for factor, label in numbers.MAGNITUDES if pool.dtype.kind == "f" else ():
        changed = base.copy()
        changed[::2] *= factor
        yield Batch(STATUS_ONLY, _marked(f"all {label}", len(base)), changed)


def _one_gap(base: np.ndarray[Any, Any]) -> Batch:
    """One missing value in each changed row, spread over the columns."""
    changed = base.copy()
    at = np.arange(0, len(base), 2)
    changed[at, at * base.shape[1] // len(base)] = np.nan
    return Batch(GATING, _marked("one missing", len(base)), changed, joined=True)


def _text_batches(base: Any, pool: Any) -> Iterator[Batch]:
    """Rows that are nothing but texts are probed as a column of them."""
    for label, joined, spelled in words.spelled_rows(list(base), list(pool)):
        rows = type(base)(spelled, index=base.index, name=base.name) if is_pandas(base, "Series") else spelled
        yield Batch(GATING, _marked(label, len(spelled)), rows, joined)


def _with_column(base: Any, column: Any, apply: Apply, at: Sequence[int]) -> Any:
    try:
        changed = apply(base[column], at)
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


def _label(name: str) -> str:
    return name.rpartition(" #")[0]
