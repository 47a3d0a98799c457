"""One run of a guard as several workers do it side by side, put together again.

Each share ends with a refit, as a whole run does: what any part of it leaves behind in its process shows there. Where
shares do not agree on what all of them saw, they are no run, and nothing is made of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain, groupby, takewhile, zip_longest

from mlguard.core.difference import difference
from mlguard.core.record import Key, Observation, Provenance, Record
from mlguard.core.run_name import LATER, REFIT
from mlguard.core.tolerance import EXACT
from mlguard.runner.order import Done

LAST = (LATER, REFIT)
"""The runs with which each share ends."""


def joined(shares: Sequence[Done]) -> Done | None:
    """What a whole run brings back, made of its shares in their order; None where two of them do not agree."""
    first, *others = shares
    records = [done.record for done in shares]
    if not all(_agree(first.record, other) for other in records[1:]):
        return None
    record = replace(
        first.record,
        observations=_together([record.observations for record in records]),
        older=_together([record.older for record in records]),
        provenance=_joined(first.record.provenance, records),
        remarks=_each_once(record.remarks for record in records),
    )
    costs: Counter[str] = Counter()
    for done in shares:
        costs.update(done.costs)
    return replace(
        first,
        record=record,
        costs=dict(costs),
        variables={name: text for done in shares for name, text in done.variables.items()},
        made=first.made.union(*(done.made for done in others)),
        remarks=_each_once(done.remarks for done in shares),
        unseen=any(done.unseen for done in shares),
        shares=len(shares),
    )


def _agree(one: Record, other: Record) -> bool:
    """Whether what both saw is the same to the last bit."""
    seen = one.by_key()
    both = [(seen[observation.key], observation) for observation in other if observation.key in seen]
    return all(_is_same(first, second) for first, second in both)


def _is_same(one: Observation, other: Observation) -> bool:
    found = difference(one.value, other.value, EXACT)
    return found is None or found.exact


def _together(shares: Sequence[Sequence[Observation]]) -> tuple[Observation, ...]:
    """How the first begins, the other runs in the order in which they were dealt, and how the first ends."""
    known: set[Key] = {observation.key for observation in shares[0]}
    dealt = [_by_run(o for o in share if o.key not in known and o.run not in LAST) for share in shares[1:]]
    in_order = chain.from_iterable(run for round_ in zip_longest(*dealt, fillvalue=[]) for run in round_)
    begun = [*takewhile(lambda observation: observation.run not in LAST, shares[0])]
    return (*begun, *in_order, *shares[0][len(begun) :])


def _by_run(observations: Iterable[Observation]) -> list[list[Observation]]:
    return [list(run) for _, run in groupby(observations, key=lambda observation: observation.run)]


def _joined(first: Provenance, records: Sequence[Record]) -> Provenance:
    """Where the whole came from: all files, libraries and variables that any share has used."""
    sources = {name: text for record in records for name, text in record.provenance.sources.items()}
    environments = [record.provenance.environment for record in records]
    packages = {name: text for one in environments for name, text in one.get("packages", {}).items()}
    variables = {name for one in environments for name in one.get("variables", ())}
    environment = {**first.environment, "packages": dict(sorted(packages.items())), "variables": sorted(variables)}
    return replace(first, sources=dict(sorted(sources.items())), environment=environment)


def _each_once(lines: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(lines)))
