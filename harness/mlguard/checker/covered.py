"""Whether a golden's tolerances cover a new Record, or have to be measured first.

A noise certificate says how far round-off carries each column, per unit of its spread, times a factor of 100. It is
kept for values of the same names, types and columns, whose spread is the same up to a factor of ten: noise that did not
shrink with its column then still is a tenth of what the factor leaves room for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from mlguard.checker.certificate import precision
from mlguard.core.cause import CauseKind
from mlguard.core.columns import columns_of
from mlguard.core.finding import Kind
from mlguard.core.nested import NESTED
from mlguard.core.obstacle import Obstacle, ObstacleKind
from mlguard.core.options import Options
from mlguard.core.record import GATE, INTERNAL, PROBE, Key, Observation, Record
from mlguard.core.run_name import MAIN
from mlguard.core.value import Value
from mlguard.core.verdict import Verdict

LIKE = 10.0
"""By how many times a spread may grow or shrink before its noise is measured again."""


def uncovered(golden: Record, record: Record, verdict: Verdict, options: Options) -> Iterator[Obstacle]:
    """What of a Record the golden's tolerances were not measured for; nothing where they can be kept.

    `verdict` is what comparing the two gave.
    """
    yield from _whole(golden, record, options)
    if any(cause.kind is CauseKind.EMULATION_AGREES for cause in verdict.causes):
        yield Obstacle(ObstacleKind.MACHINES)
    moves = verdict.moves()
    broken = [f.label for f in moves if f.kind in (Kind.CONTRACT_BROKEN, Kind.CONTRACT_CHANGED)]
    yield from _named(ObstacleKind.BROKEN_CONTRACTS, broken)
    moved = {(f.run, f.stage, f.observation) for f in moves}
    yield from _values(golden, record, moved)


def _whole(golden: Record, record: Record, options: Options) -> Iterator[Obstacle]:
    """What is about the certificate as a whole."""
    rules = golden.tolerances
    if not rules.environments:
        yield Obstacle(ObstacleKind.NEVER_MEASURED)
    if dict(golden.asked) != dict(record.asked):
        yield Obstacle(ObstacleKind.OTHER_QUESTIONS, (golden.mlguard,))
    declared = {"floor": options.floor == rules.floor, "loose": dict(options.loose) == dict(rules.loose)}
    yield from _named(ObstacleKind.OTHER_OPTIONS, [name for name, same in declared.items() if not same])
    if precision(record) != rules.precision:
        yield Obstacle(ObstacleKind.OTHER_PRECISION, (rules.precision, precision(record)))


def _values(golden: Record, record: Record, moved: set[Key]) -> Iterator[Obstacle]:
    known = golden.by_key()
    deciding = [o for o in record if _has_limit(o)]
    yield from _named(ObstacleKind.NEW_VALUES, [o.label for o in deciding if o.key not in known])
    both = [(o, known[o.key].value) for o in deciding if o.key in known and o.role != INTERNAL]
    yield from _named(ObstacleKind.OTHER_FORM, [o.label for o, old in both if not _same_form(old, o.value)])
    far = [o.label for o, old in both if o.key in moved and _same_form(old, o.value) and not _same_size(old, o.value)]
    yield from _named(ObstacleKind.OTHER_SIZE, far)


def _has_limit(observation: Observation) -> bool:
    """Whether its numbers have a tolerance, which must have been measured: what decides, and what the model learned.

    Where the learned parameters are the golden's, limits are narrower, so that none of them may be unknown.
    """
    if not (observation.value.is_float or observation.value.dtype in NESTED):
        return False
    learned = (observation.run, observation.stage, observation.role) == (MAIN, "train", INTERNAL)
    return learned or observation.role in (GATE, PROBE)


def _same_form(old: Value, new: Value) -> bool:
    return old.dtype == new.dtype and (old.dtype in NESTED or old.shape[1:] == new.shape[1:])


def _same_size(old: Value, new: Value) -> bool:
    """Whether each column spreads about as far as it did."""
    if not old.is_float:
        return True
    before, after = _spreads(old), _spreads(new)
    return bool(np.all((after <= LIKE * before) & (before <= LIKE * after)))


def _spreads(value: Value) -> np.ndarray:
    """The usual unit of each column's finite numbers."""
    units = columns_of(value).units(value).reshape(-1, max(value.row_width, 1))
    return np.array([np.median(column[column > 0]) if (column > 0).any() else 0.0 for column in units.T])


def _named(kind: ObstacleKind, names: Iterable[str]) -> Iterator[Obstacle]:
    found = tuple(dict.fromkeys(names))
    if found:
        yield Obstacle(kind, found)
