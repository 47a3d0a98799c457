"""Contracts: properties of any sound pipeline, recorded as the values that they gave and judged by tolerance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlguard.core.difference import Difference, difference
from mlguard.core.record import CONTRACT, CONTRACT_VALUE, Key, Observation, Record
from mlguard.core.run_name import REFIT, run_name
from mlguard.core.tolerance import EXACT, Tolerances
from mlguard.core.value import Value

SAME, DIFFERS, RAISED, INAPPLICABLE = "same", "differs", "raised", "not applicable"
"""How the status of a contract begins: answers bitwise those of the main run, other ones, an exception, no sense."""

BUILDS_ON: Mapping[str, str] = {"saved bundle, probe rows": "saved bundle"}
"""Contracts that are not checked where another one raised."""

REFERENCE = "reference"
"""The entry of an Observation's detail that names the main run's Observation it must agree with."""


@dataclass(frozen=True)
class Judgement:
    """Whether one contract held in one Record, and what speaks against it."""

    held: bool | None
    """True or False; None where it cannot apply."""
    status: str
    """What was recorded: `same`, `differs`, what was raised, or why it cannot apply."""
    answer: str = ""
    """The first answer that is not that of its reference."""
    difference: Difference | None = None
    """How far that answer is from its reference; None where there is no reference."""
    found: tuple[str, ...] = ()
    """What was found that must not be: inputs that were changed, files that were written."""

    @property
    def way(self) -> str:
        """In which way it held or not, without the words of an exception."""
        return self.status.partition(":")[0]


def values_of(record: Record, contract: Observation) -> list[Observation]:
    """The values that a contract gave, where they were not bitwise those of the main run."""
    wanted = (contract.run, contract.stage, contract.name)
    return [o for o in record if o.role == CONTRACT_VALUE and (o.run, o.stage, o.detail.get("contract")) == wanted]


def judge(record: Record, contract: Observation, golden: Record) -> Judgement:
    """Whether a contract held in a Record, under the golden's tolerances and next to what it gave there."""
    status = str(contract.value.data[0])
    if status == SAME:
        return Judgement(True, status)
    if status.startswith(INAPPLICABLE):
        return Judgement(None, status.removeprefix(INAPPLICABLE).lstrip(": "))
    known, values = record.by_key(), values_of(record, contract)
    if status.startswith(RAISED) or not values:
        return Judgement(False, status)
    gaps = _gaps(golden, contract)
    for observation in values:
        broken = _broken(observation, status, known, golden.tolerances, gaps.get(observation.name, 0.0))
        if broken is not None:
            return broken
    return Judgement(True, status)


def never_held(golden: Record) -> Iterator[tuple[str, Judgement]]:
    """Contracts that did not hold when a golden was recorded, by name: their values decide instead."""
    for observation in golden:
        if observation.role == CONTRACT and (judged := judge(golden, observation, golden)).held is False:
            yield observation.name, judged


def reference_key(observation: Observation) -> Key | None:
    """Which Observation of the same Record a contract's value must agree with."""
    reference = observation.detail.get(REFERENCE)
    return (run_name(str(reference[0])), str(reference[1]), str(reference[2])) if reference else None


def _gaps(golden: Record, contract: Observation) -> dict[str, float]:
    """How far a contract's values were from their references when the golden was recorded, per unit of scale."""
    known, found = golden.by_key(), {}
    for observation in values_of(golden, contract):
        key = reference_key(observation)
        if key in known:
            value = observation.value
            exact = EXACT.on(known[key].value)
            found[observation.name] = difference(same_rows(known[key].value, value), value, exact).max_scaled or 0.0
    return found


def _broken(
    observation: Observation, status: str, known: dict[Key, Observation], tolerances: Tolerances, gap: float
) -> Judgement | None:
    """What speaks against a contract in one of its values; None where it is that of its reference."""
    key = reference_key(observation)
    if key is None:
        return Judgement(False, status, found=tuple(str(text) for text in observation.value.data[:3]))
    if key not in known:
        return Judgement(False, status, answer=key[2])
    reference = known[key]
    rule = tolerances.rule(reference) if observation.run == REFIT else tolerances.same_model(reference, gap)
    rule = rule.on(reference.value)
    moved = difference(same_rows(reference.value, observation.value), observation.value, rule)
    return None if moved.close else Judgement(False, status, answer=reference.name, difference=moved)


def same_rows(reference: Value, part: Value, *, told_apart: bool = True) -> Value:
    """The reference cut to the rows of a part of it; all of it where the part names other rows.

    Of several rows of one name it is the nearest one, or the last one where they are not told apart.
    """
    if reference.rows is None or part.rows is None or reference.rows == part.rows:
        return reference
    places: dict[str, list[int]] = defaultdict(list)
    for position, name in enumerate(reference.rows):
        places[name].append(position)
    if not all(name in places for name in part.rows):
        return reference
    if not told_apart or reference.row_width != part.row_width:
        return reference.take_rows([places[name][-1] for name in part.rows])
    return reference.take_rows([_nearest(reference, part, at, places[name]) for at, name in enumerate(part.rows)])


def _nearest(reference: Value, part: Value, at: int, places: Sequence[int]) -> int:
    """That of some places of the reference whose row is most like one of the part."""
    if len(places) == 1:
        return places[0]
    offered = reference.take_rows(places).data.reshape(len(places), -1)
    row = part.take_rows([at]).data
    unlike = (offered != row) & ~((offered != offered) & (row != row))
    away: np.ndarray[Any, Any] = np.where(unlike, np.inf, 0.0)
    if offered.dtype.kind in "biuf" and row.dtype.kind in "biuf":
        one, other = offered.astype(np.float64), row.astype(np.float64)
        with np.errstate(all="ignore"):
            sizes = np.abs(one - other)
        away = np.where(unlike & np.isfinite(sizes), sizes, away)
        away[~unlike & (np.signbit(one) != np.signbit(other))] = np.finfo(np.float64).tiny  # Zero and minus zero.
    return places[int(np.argmin(away.sum(axis=1)))]
