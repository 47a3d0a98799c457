"""Draw what an audit found: the power, by operator and by stage, and every survivor with what would catch it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any

from mlguard.core.power import Audit, Fate, Planted, Power, Shrunk
from mlguard.core.record import stage_rank
from mlguard.core.visible import one_line
from mlguard.report.documents.goldens import Audited
from mlguard.report.documents.projects import FewerRows, FewestRows
from mlguard.report.documents.tools import AuditedGuard, Audits, PlantedChange, Share


def draw_audit(audit: Audit) -> str:
    """One guard."""
    if audit.problem is not None:
        told = [
            *f"{audit.problem} [{audit.slug}]".split("\n"),
            *(audit.traceback.split("\n") if audit.traceback else ()),
        ]
        lines = [f"{audit.guard}: not audited", *(f"  {line}".rstrip() for line in told)]
        return "\n".join(map(one_line, lines))
    lines = [headline(audit), f"  {_not_counted(audit)}", *(f"  {line}" for line in _tables(audit))]
    for survivor in audit.survivors:
        lines += ["", *(f"  {line}" for line in survivor_lines(survivor))]
    return "\n".join(map(one_line, [*lines, *(f"  note: {remark}" for remark in audit.remarks)]))


def headline(audit: Audit) -> str:
    """The power with its interval, or that there is none."""
    power = audit.power
    if power.share is None:
        return f"{audit.guard}: no change was planted that counts"
    low, high = power.interval
    counted = power.noticed + power.missed
    stopped = ", interrupted" if audit.interrupted else ""
    share = f"{audit.guard}: noticed {power.noticed} of {counted} planted changes"
    return f"{share}, power {power.share:.0%} (95 % interval {low:.0%} to {high:.0%}){stopped}"


def survivor_lines(survivor: Planted) -> list[str]:
    """Where a change was missed, the change as a diff of two lines, and what would catch it."""
    place = f"{survivor.file}:{survivor.line}" if survivor.line else survivor.file
    told = [f"missed: {place}  {survivor.operator}", f"  - {survivor.before}", f"  + {survivor.after}"]
    return [*told, *(f"  would catch it: {remedy}" for remedy in survivor.remedies)]


def audits_as_data(audits: Sequence[Audit], exit_code: int) -> Audits:
    """The whole answer of `mlguard audit --json`."""
    return {"exit_code": exit_code, "guards": [as_data(audit) for audit in audits]}


def as_data(audit: Audit) -> AuditedGuard:
    """One guard."""
    return {
        "name": audit.guard,
        **figures(audit),
        "possible": audit.possible,
        "seconds": round(audit.seconds, 1),
        "interrupted": audit.interrupted,
        "operators": {name: _plain(power) for name, power in audit.by_operator().items()},
        "stages": audit.by_stage(),
        "survivors": [{**_change(planted), "remedies": list(planted.remedies)} for planted in audit.survivors],
        "equivalents": [_change(planted) for planted in audit.of(Fate.EQUIVALENT)],
        "remarks": list(audit.remarks),
        "problem": audit.problem,
        "slug": audit.slug,
        "traceback": audit.traceback,
    }


def figures(audit: Audit) -> Audited:
    """The figures of an audit that outlive it."""
    return {
        **_plain(audit.power),
        "interval": [round(limit, 4) for limit in audit.power.interval],
        "equivalent": len(audit.of(Fate.EQUIVALENT)),
        "invalid": len(audit.of(Fate.INVALID)),
        "budget": audit.budget,
        "when": audit.when,
    }


def draw_shrunk(shrunk: Shrunk) -> str:
    """How many rows keep the power, and what to do with the number."""
    power = shrunk.steps[0][1] or Power()
    kept = f"keep the power: {power.noticed} of {power.noticed + power.missed} planted changes"
    if shrunk.rows == shrunk.own:
        return f"{shrunk.guard}: all {shrunk.own} rows of {shrunk.dataset} are needed to {kept}"
    edit = f"write `rows={shrunk.rows}` into its `make` and record the golden anew"
    return f"{shrunk.guard}: {shrunk.rows} of {shrunk.own} rows of {shrunk.dataset} {kept}\n  {edit}"


def shrunk_as_data(shrunk: Shrunk) -> FewestRows:
    """The same as plain data."""
    steps: list[FewerRows] = [
        {"rows": rows, **_plain(power)} if power else {"rows": rows, "power": None} for rows, power in shrunk.steps
    ]
    return {
        "name": shrunk.guard,
        "dataset": shrunk.dataset,
        "rows": shrunk.rows,
        "own_rows": shrunk.own,
        "steps": steps,
    }


def power_in_words(kept: Mapping[str, Any]) -> str:
    """The figures of an audit in half a line."""
    if kept["power"] is None:
        return f"power unknown ({kept['budget']}, {kept['when'][:10]})"
    counted = kept["noticed"] + kept["missed"]
    return f"power {kept['power']:.0%} of {counted} changes ({kept['budget']}, {kept['when'][:10]})"


def _plain(power: Power) -> Share:
    share = None if power.share is None else round(power.share, 4)
    return {"power": share, "noticed": power.noticed, "missed": power.missed}


def _change(planted: Planted) -> PlantedChange:
    return {
        "file": planted.file,
        "line": planted.line,
        "operator": planted.operator,
        "kind": planted.kind,
        "diff": f"- {planted.before}\n+ {planted.after}",
    }


def _not_counted(audit: Audit) -> str:
    tried = f"{len(audit.planted)} of {audit.possible} possible changes tried in {audit.seconds:.0f} s"
    left_out = [f"{len(of)} {fate}" for fate in (Fate.EQUIVALENT, Fate.INVALID) if (of := audit.of(fate))]
    return f"{tried}; not counted: {', '.join(left_out)}" if left_out else tried


def _tables(audit: Audit) -> Iterator[str]:
    stages = sorted(audit.by_stage().items(), key=lambda entry: stage_rank(entry[0]))
    if stages:
        yield "noticed in " + ", ".join(f"{stage or 'no stage'} {count}" for stage, count in stages)
    counted = {name: power for name, power in audit.by_operator().items() if power.share is not None}
    for name, power in counted.items():
        if power.missed:
            yield f"{name}: {power.noticed} of {power.noticed + power.missed}"
    whole = [f"{name} {power.noticed}" for name, power in counted.items() if not power.missed]
    if whole:
        yield from wrap(f"all of {', '.join(whole)}", 110)
