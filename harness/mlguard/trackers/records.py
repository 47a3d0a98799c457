"""What a tracking server is told of Records, read from what a check saw and what a golden holds."""

from __future__ import annotations

import json
from collections.abc import Iterator

from mlguard.checker.check import Seen
from mlguard.checker.isolated import isolated
from mlguard.core.record import GATE, Record
from mlguard.core.run_name import MAIN
from mlguard.golden.interface import Held, Store
from mlguard.trackers.entry import Facts


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
