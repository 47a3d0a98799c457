"""What is logged of one guard: plain texts and numbers, which no library of a tracking server made."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mlguard.checker.check import Seen
from mlguard.checker.isolated import isolated
from mlguard.core.record import GATE, Record
from mlguard.core.run_name import MAIN
from mlguard.golden.interface import Held, Store


@dataclass(frozen=True)
class Facts:
    """What a tracking server is told of a Record."""

    params: Mapping[str, str] = field(default_factory=dict)
    """The effective configuration, by dotted key."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    """The metrics of the main run by name, and those of other seeds as `seed 1/auc`."""
    dataset: str = ""
    """Name and content digest of the Dataset; empty without one."""
    golden: str = ""
    """The version of the golden that it was compared with, or became; empty without one."""
    variables: tuple[str, ...] = ()
    """Names of the environment variables that the code read."""
    left_out: str = ""
    """What was not run, on purpose, as in a quick check."""


@dataclass(frozen=True)
class Entry:
    """One run on a tracking server."""

    name: str
    """The guard's name."""
    tags: Mapping[str, str]
    """Everything that is searched for and no number."""
    params: Mapping[str, str]
    """The effective configuration."""
    metrics: Mapping[str, float]
    """The metrics."""
    seconds: float
    """How long the guard took."""
    failed: bool
    """Whether it counts as a run that failed."""
    page: str
    """The HTML page of the guard."""


def of_check(seen: Seen, goldens: Store) -> Facts:
    """What is told of a check; of one that failed, the golden that it would have been compared with."""
    if seen.done is None:
        return facts(None, _held(seen.verdict.guard, goldens))
    return facts(seen.done.record, seen.held)


def of_golden(record: Record | None, guard: str, goldens: Store) -> Facts:
    """What is told of a golden that was recorded."""
    return facts(record, _held(guard, goldens))


def _held(guard: str, goldens: Store) -> Held:
    """What lies there now; nothing where it cannot be read, which the Verdict says."""
    return isolated(guard, lambda: goldens.held(guard), lambda failed: Held())


def facts(record: Record | None, golden: Held) -> Facts:
    """What is told of a Record, and of the golden beside it; of a run that failed the golden alone."""
    version = golden.version or ""
    if record is None:
        return Facts(golden=version)
    data = record.provenance.dataset
    return Facts(
        params={key: _spelled(value) for key, value in record.provenance.configuration_values.items()},
        metrics=dict(_metrics(record)),
        dataset=f"{data.name} {data.digest}" if data else "",
        golden=version,
        variables=tuple(record.provenance.environment.get("variables") or ()),
        left_out=", ".join(sorted(record.left_out)),
    )


def _metrics(record: Record) -> Iterator[tuple[str, float]]:
    for one in record:
        if one.stage == "evaluate" and one.role == GATE and one.value.is_numeric and one.value.size == 1:
            value = one.value.data[0]
            if one.run.kind in ("main", "seed") and value.dtype.kind != "c":
                yield (one.name if one.run == MAIN else f"{one.run}/{one.name}"), float(value)


def _spelled(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)
