"""What a golden would hold, stage by stage, before there is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mlguard.core.contract import Judgement
from mlguard.core.loose import without_effect
from mlguard.core.probe import ANSWERED
from mlguard.core.record import CONTRACT, CONTRACT_VALUE, GATE, INTERNAL, STAGES, Observation, Record
from mlguard.core.run_name import MAIN
from mlguard.core.visible import one_line
from mlguard.report.documents.checks import TriedGuard
from mlguard.report.loose import without_effect_in_short
from mlguard.report.moves import listed
from mlguard.report.numbers import counted, few, shown
from mlguard.report.wording import quoted

NAMED = 6
"""Observations of a stage that are named; the others are counted."""


def lines(
    guard: str,
    record: Record,
    contracts: Mapping[str, Judgement],
    unreached: Mapping[str, Sequence[int]],
    remarks: Sequence[str],
) -> Iterator[str]:
    """One guard: its stages, contracts that do not hold, what no row reached, and how to record it."""
    yield one_line(
        f"{guard}: {counted(len(record.observations), 'observation')} would be recorded; nothing was compared"
    )
    for stage in STAGES[:-1]:
        told = list(_stage(record, stage))
        if told:
            yield one_line(f"  {stage}: {'; '.join(told)}")
    yield from (one_line(f"  {line}") for line in _contracts(contracts))
    for file, missed in unreached.items():
        yield one_line(f"  no test row reaches {file}, {_ranges(missed)}")
    idle = without_effect(record)
    if idle:
        yield one_line(f"  {without_effect_in_short(idle)}; other rows may show what they do")
    yield from (one_line(f"  note: {remark}") for remark in remarks)
    yield f'  record it: mlguard regen-golden {quoted(guard)} --reason "first golden"'


def as_data(
    guard: str,
    record: Record,
    contracts: Mapping[str, Judgement],
    unreached: Mapping[str, Sequence[int]],
    remarks: Sequence[str],
) -> TriedGuard:
    """The same as plain data: the entry of a guard in `mlguard check --try --json`."""
    return {
        "name": guard,
        "observations": [
            {"run": str(o.run), "stage": o.stage, "name": o.name, "role": str(o.role), "dtype": o.value.dtype,
             "shape": list(o.value.shape)}
            for o in record
        ],
        "contracts": {name: judged.held for name, judged in contracts.items()},
        "unreached": {file: list(missed) for file, missed in unreached.items()},
        "without_effect": list(without_effect(record)),
        "remarks": list(remarks),
    }  # fmt: skip


def _stage(record: Record, stage: str) -> Iterator[str]:
    """What the main run shows in one stage, and how many probe rows it answers."""
    here = [o for o in record if o.run == MAIN and o.stage == stage]
    gates = [o for o in here if o.role == GATE]
    if gates:
        yield few([*map(_short, gates)], NAMED)
    internals = sum(1 for o in here if o.role == INTERNAL)
    if internals:
        yield f"{counted(internals, 'value')} inside the model"
    for status in (o for o in here if o.is_probe_status and o.role not in (CONTRACT, CONTRACT_VALUE)):
        answered = sum(1 for told in status.value.data if told == ANSWERED)
        part = status.name.partition(".")[0]
        yield f"{answered} of {status.value.size} rows of `{part}` answered"


def _short(observation: Observation) -> str:
    value = observation.value
    if value.size == 1 and not value.shape:
        return f"{observation.name} {shown(value.element(0))}"
    return f"{observation.name} {' x '.join(map(str, value.shape))}"


def _contracts(contracts: Mapping[str, Judgement]) -> Iterator[str]:
    """How many hold, and each that does not, whose values gate in its place."""
    held = sum(1 for judged in contracts.values() if judged.held)
    if contracts:
        yield f"contracts: {held} of {len(contracts)} hold"
    for name, judged in contracts.items():
        if judged.held is False:
            yield f"does not hold: {name}: {judged.answer or '; '.join(judged.found) or judged.status}"
        elif judged.held is None:
            yield f"does not apply: {name}: {judged.status}"


def _ranges(numbers: Sequence[int]) -> str:
    """`line 3`, `lines 3-5 and 9`."""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    told = [str(part[0]) if len(part) == 1 else f"{part[0]}-{part[-1]}" for part in parts]
    return f"line{'s' * (len(numbers) > 1)} {listed(told)}"
