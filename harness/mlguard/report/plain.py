"""Verdicts as plain data: the documented schema of `--json`, and what crosses from one process to another."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from mlguard.core.record import Role
from mlguard.core.run_name import run_name
from mlguard.core.verdict import Finding, Moved, Outcome, Verdict, exit_code, worst

SCHEMA = 1
"""Raised when a reader of `--json` would have to change."""


def run_as_data(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The whole answer of `mlguard check --json`."""
    return {
        "schema": SCHEMA,
        "outcome": str(worst(verdict.outcome for verdict in verdicts)),
        "exit_code": exit_code(verdicts),
        "guards": [as_data(verdict) for verdict in verdicts],
    }


def as_data(verdict: Verdict) -> dict[str, Any]:
    """One Verdict."""
    return {
        "name": verdict.guard,
        "outcome": str(verdict.outcome),
        "exit_code": verdict.exit_code,
        "first_moved": verdict.first_moved,
        "first_run": verdict.first_run,
        "findings": [_finding(finding) for finding in verdict.findings],
        "causes": list(verdict.causes),
        "remarks": list(verdict.remarks),
        "problem": verdict.problem,
        "traceback": verdict.traceback,
        "slug": verdict.slug,
        "stage": verdict.stage,
        "usage": verdict.usage,
        "commit": verdict.commit,
        "file": verdict.file,
        "compared": verdict.compared,
        "seconds": round(verdict.seconds, 3),
        "costs": {part: round(seconds, 3) for part, seconds in verdict.costs.items()},
    }


def from_data(data: Mapping[str, Any]) -> Verdict:
    """A Verdict from its plain form, in which another process left it."""
    return Verdict(
        guard=data["name"],
        outcome=Outcome(data["outcome"]),
        findings=tuple(_read_finding(finding) for finding in data["findings"]),
        first_moved=data["first_moved"],
        first_run=run_name(data["first_run"]),
        causes=tuple(data["causes"]),
        remarks=tuple(data["remarks"]),
        problem=data["problem"],
        traceback=data["traceback"],
        slug=data["slug"],
        stage=data["stage"],
        usage=data["usage"],
        commit=data["commit"],
        file=data["file"],
        seconds=data["seconds"],
        costs=data["costs"],
    )


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "run": finding.run,
        "stage": finding.stage,
        "observation": finding.observation,
        "outcome": str(finding.outcome),
        "message": finding.message,
        "role": finding.role,
        "gates": finding.gates,
        "exact": finding.exact,
        "beyond_noise": finding.beyond_noise,
        "tie": finding.tie,
        "max_abs": _number(finding.max_abs),
        "max_scaled": _number(finding.max_scaled),
        "limit": _number(finding.limit),
        "signed": _number(finding.signed),
        "moved": finding.moved,
        "total": finding.total,
        "worst": [{"place": m.place, "golden": _plain(m.golden), "new": _plain(m.new)} for m in finding.worst],
        "rows": list(finding.rows),
        "told": list(finding.told),
    }


def _read_finding(data: Mapping[str, Any]) -> Finding:
    worst_moved = tuple(Moved(m["place"], m["golden"], m["new"]) for m in data["worst"])
    numbers = {name: _read_number(data[name]) for name in ("max_abs", "max_scaled", "limit", "signed")}
    return Finding(
        run=run_name(data["run"]),
        stage=data["stage"],
        observation=data["observation"],
        outcome=Outcome(data["outcome"]),
        message=data["message"],
        role=Role(data["role"]),
        gates=data["gates"],
        exact=data["exact"],
        beyond_noise=data["beyond_noise"],
        tie=data["tie"],
        moved=data["moved"],
        total=data["total"],
        worst=worst_moved,
        rows=tuple(data["rows"]),
        told=tuple(data["told"]),
        max_abs=numbers["max_abs"],
        max_scaled=numbers["max_scaled"],
        limit=numbers["limit"],
        signed=numbers["signed"],
    )


def _number(value: float | None) -> float | str | None:
    """Strict JSON has no infinities, so they are spelled."""
    return value if value is None or math.isfinite(value) else str(value)


def _read_number(value: float | str | None) -> float | None:
    return None if value is None else float(value)


def _plain(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if value is None or isinstance(value, bool | int | str) else str(value)
