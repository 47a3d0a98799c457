"""Learn a whole table: each column, what is missing together, and what goes with what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from mlguard.core.error import UsageError
from mlguard.tables.cells import to_cells
from mlguard.tables.logical import LogicalType, absent, logical_type, nullable
from mlguard.tables.rounding import MOST_DECIMALS, settle
from mlguard.tools.like.described import Column, Drawn, Gaps, Keys, Levels, Missing, Profile, Relation, Text, Times
from mlguard.tools.like.gaps import pattern_scores, patterns
from mlguard.tools.like.labels import is_key, merged, number_keys, text_keys, told_levels
from mlguard.tools.like.lists import described_lists
from mlguard.tools.like.numbers import (
    MEASURED,
    MOST_DIGITS,
    described_numbers,
    described_times,
    instants,
    missing_dtype,
    most_digits,
    plain,
)
from mlguard.tools.like.privacy import LEAST, OTHER, coarse
from mlguard.tools.like.relations import Groups, best_order, relations
from mlguard.tools.like.scores import Floats, normal_scores, ordered_codes
from mlguard.tools.like.words import described_text, is_prose

MOST_GROUPS = 12
"""Values of a target that the other columns are told by, one by one, at most."""

_GAPS = ""
"""The name under which missing elements take part in the relations: no column has it."""


@dataclass(frozen=True)
class _Seen:
    """One column on its way to being told."""

    series: pd.Series[Any]
    """Its elements."""
    kind: LogicalType
    """What they are."""
    drawn: Drawn
    """What is told of it; of text, once the groups are known."""
    scores: Floats | None = None
    """The place of each element on a normal scale; None where elements have no order, or none yet."""
    labels: tuple[str | None, ...] = ()
    """Of labels, the elements as they are told."""


def profile(frame: pd.DataFrame, target: str | None = None) -> Profile:
    """What may be told of a table, with the column to predict if one is named.

    Raises UsageError where there is no such target or it is a key or free text.
    """
    if target is not None and target not in frame.columns:
        text = f"there is no column {target!r} to predict; there are {', '.join(map(str, frame.columns))}"
        raise UsageError(text, slug="like-target")
    seen = {str(name): _seen(str(name), frame[name], target=name == target) for name in frame.columns}
    groups = _groups(seen[target]) if target is not None else None
    if target is not None and groups is None and seen[target].scores is None:
        text = f"column {target!r} holds keys, free text or nothing, of which nobody can tell how it is predicted"
        raise UsageError(f"{text}; name another --target, or none", slug="like-target")
    references = _references(seen, target, groups)
    seen = {name: _ordered(one, references) if one.labels else one for name, one in seen.items()}
    scores = _scores(seen, target, groups)
    told = patterns(frame)
    if told:
        order, scores[_GAPS] = pattern_scores(frame, list(told), references)
        told = {pattern: told.get(pattern, 0.0) for pattern in order}
    found = relations(scores, groups)
    columns = tuple(
        Column(name, one.kind.name, _told(name, one, groups, is_target=name == target), found.get(name, Relation()))
        for name, one in seen.items()
    )
    gaps = Gaps(tuple(told.items()), found[_GAPS]) if told else None
    return Profile(len(frame), columns, target, groups is not None, gaps, _order(seen), _notes(seen))


def _seen(name: str, series: pd.Series[Any], *, target: bool) -> _Seen:
    kind = logical_type(series, column=name)
    _check_size(name, series, kind)
    present = plain(series, kind) if kind.base in MEASURED else series.dropna().to_numpy()
    if np.count_nonzero(~pd.isna(present)) < LEAST:
        return _Seen(series, kind, Missing(missing_dtype(kind)))
    if kind.base == "list":
        return _Seen(series, kind, described_lists(name, series))
    if kind.base in ("category", "text"):
        return _seen_labels(name, series, kind, target=target)
    if kind.base in ("date", "timestamp"):
        return _Seen(series, kind, described_times(series, kind), _spread(normal_scores(present)))
    gaps = bool(series.isna().any())
    if "int" in kind.base and not target:
        numbers = [int(value) for value in series.tolist() if not pd.isna(value)]
        if is_key(name, numbers, kind.base):
            return _Seen(series, kind, number_keys(numbers, nullable(kind.base) if gaps else kind.base))
    drawn, values = described_numbers(series, kind, gaps=gaps)
    return _Seen(series, kind, drawn, _spread(normal_scores(values)))


def _check_size(name: str, series: pd.Series[Any], kind: LogicalType) -> None:
    """Raise UsageError where a dataset or a script cannot hold numbers of this size."""
    problem = ""
    if kind.is_float:
        largest = float(np.abs(np.nan_to_num(plain(series, kind))).max(initial=0.0))
        if largest > 0.0 and settle(largest, MOST_DECIMALS) == 0.0:
            problem = (
                f"no number beyond {largest:.3g}, and a dataset rounds to {MOST_DECIMALS} decimals: all would be 0"
            )
    elif kind.base == "decimal" and (digits := most_digits(series)) > MOST_DIGITS:
        problem = f"decimals that span {digits} digits, and {MOST_DIGITS} are learned from at most"
    if problem:
        raise UsageError(f"column {name!r} holds {problem}; give it in another unit, or leave it out", slug="like-size")


def _spread(scores: Floats) -> Floats | None:
    """The scores, where there are two different ones."""
    present = scores[~np.isnan(scores)]
    return scores if len(present) and float(np.ptp(present)) > 0.0 else None


def _seen_labels(name: str, series: pd.Series[Any], kind: LogicalType, *, target: bool) -> _Seen:
    cells = to_cells(series, kind)
    present = [cell for cell in cells if cell is not None]
    told = told_levels(name, cells, target=target, always=kind.base == "category")
    if told is not None:
        return _Seen(series, kind, Levels(()), labels=tuple(merged(cells, told)))
    if is_prose(present):
        return _Seen(series, kind, Text((), (), ()))
    return _Seen(series, kind, text_keys(present))


def _groups(target: _Seen) -> Groups | None:
    """The rows by the target's values, where it has a few."""
    if target.labels:
        values: list[Any] = list(target.labels)
    elif isinstance(target.drawn, Levels) and target.scores is not None:
        values = [None if score != score else score for score in target.scores.tolist()]
    else:
        return None
    known = sorted({value for value in values if value is not None})
    if not 1 < len(known) <= MOST_GROUPS:
        return None
    return Groups(np.array([-1 if value is None else known.index(value) for value in values]), len(known))


def _references(seen: Mapping[str, _Seen], target: str | None, groups: Groups | None) -> list[Floats]:
    """What the order of labels is chosen by: the target, or else every column that has an order of its own."""
    if groups is not None:
        return [normal_scores((groups.at == group).astype(np.float64)) for group in range(groups.count)]
    if target is not None:
        return [scores for scores in [seen[target].scores] if scores is not None]
    return [one.scores for one in seen.values() if one.scores is not None]


def _ordered(one: _Seen, references: list[Floats]) -> _Seen:
    """Labels in the order that goes best with a reference, and their scores in it."""
    counts = Counter(label for label in one.labels if label is not None)
    known = sorted(counts)
    if one.kind.ordered:
        place = {label: at for at, label in enumerate([*one.kind.categories, OTHER])}
        order = sorted(known, key=lambda label: place.get(label, len(place)))
    else:
        order = best_order(one.labels, known, references)
    shares = tuple((label, coarse(counts[label] / counts.total())) for label in order)
    drawn = Levels(shares, categories=tuple(known) if one.kind.values else (), ordered=one.kind.ordered)
    if one.kind.ordered:
        drawn = replace(drawn, categories=tuple(order))
    return replace(one, drawn=drawn, scores=_spread(normal_scores(ordered_codes(one.labels, order))))


def _scores(seen: Mapping[str, _Seen], target: str | None, groups: Groups | None) -> dict[str, Floats]:
    """The scores of all columns that are drawn by one, the target first; groups stand for a target that has them."""
    first = [] if target is None or groups is not None else [target]
    rest = [name for name in seen if name != target]
    return {name: scores for name in [*first, *rest] if (scores := seen[name].scores) is not None}


def _told(name: str, one: _Seen, groups: Groups | None, *, is_target: bool) -> Drawn:
    if isinstance(one.drawn, Text):
        return described_text(name, to_cells(one.series, one.kind), groups)
    if isinstance(one.drawn, Levels) and one.labels and groups is not None and is_target:
        # In the order of the groups.
        return replace(one.drawn, shares=tuple(sorted(one.drawn.shares)))
    return one.drawn


def _order(seen: Mapping[str, _Seen]) -> tuple[str, bool] | None:
    """The first column of dates that the rows are sorted by, and whether upwards."""
    for name, one in seen.items():
        if isinstance(one.drawn, Times) and not any(absent(one.series)) and one.series.nunique() > 1:
            values = instants(one.series, one.kind)
            if all(a <= b for a, b in pairwise(values)):
                return name, True
            if all(a >= b for a, b in pairwise(values)):
                return name, False
    return None


def _notes(seen: Mapping[str, _Seen]) -> tuple[str, ...]:
    """What was replaced or left out, one line for each column of which something was."""
    notes = []
    for name, one in seen.items():
        infinite = _infinite(one)
        if infinite:
            notes.append(f"{name}: {infinite} infinite element{'s' * (infinite != 1)}, missing in the script")
        if isinstance(one.drawn, Missing):
            notes.append(f"{name}: fewer than {LEAST} elements; all of it is missing in the script")
        elif isinstance(one.drawn, Keys):
            notes.append(f"{name}: keys, replaced by invented ones")
        elif isinstance(one.drawn, Text):
            notes.append(f"{name}: free text, replaced by invented words")
        elif isinstance(one.drawn, Levels) and one.labels:
            notes.extend(_replaced(name, one))
    return tuple(notes)


def _infinite(one: _Seen) -> int:
    """How many elements are infinite, of which no quantile tells."""
    if one.kind.base != "decimal" and not one.kind.is_float:
        return 0
    return int(np.isnan(plain(one.series, one.kind)).sum()) - sum(absent(one.series))


def _replaced(name: str, one: _Seen) -> list[str]:
    cells = to_cells(one.series, one.kind)
    new = {label: told for label, told in zip(cells, one.labels, strict=True) if label is not None}
    invented = sum(told not in (label, OTHER) for label, told in new.items())
    rare = sum(told == OTHER != label for label, told in new.items())
    parts = [f"{invented} label{'s' * (invented != 1)} renamed"] if invented else []
    parts += [f"{rare} rare label{'s' * (rare != 1)} merged into `{OTHER}`"] if rare else []
    return [f"{name}: {', '.join(parts)}"] if parts else []
