"""What the command line asks of the plugin, and what it may not ask."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Asked:
    """The plugin's options."""

    regen: bool
    """Whether to record what fails anew."""
    reason: str
    """Why the behaviour may change; kept in the golden's log."""
    intent: str
    """What was meant to change; a golden is recorded only where that is what moves. Empty where nobody says."""
    as_reviewer: bool
    """Whether goldens of guards that somebody else owns may be recorded, which their logs keep."""
    allow_ci: bool
    """Whether goldens may be written in CI."""
    changed: bool
    """Whether guards of which nothing changed since they last matched are skipped."""
    quick: bool
    """Whether to leave out everything that trains again."""
    fail_fast: bool
    """Whether a guard ends at its first move, as pytest's own `-x` ends the session."""
    in_process: bool
    """Whether guards run in pytest's own process, for debuggers."""
    report: str = ""
    """Where to write an HTML page of the guards that ran; empty writes none."""


def add_options(parser: pytest.Parser) -> None:
    """Declare the plugin's options."""
    group = parser.getgroup("mlguard", "guards of machine-learning code")
    group.addoption(
        "--regen-golden", action="store_true", help="Record the goldens of selected guards anew where they fail."
    )
    group.addoption(
        "--golden-reason", metavar="TEXT", default="", help="Why the behaviour may change; --regen-golden needs it."
    )
    group.addoption(
        "--golden-intent",
        metavar="TEXT",
        default="",
        help='What was meant to change: "preserving", or "changing: auc up 0.01"; refused where something else moves.',
    )
    group.addoption(
        "--golden-as-reviewer",
        action="store_true",
        help="Let --regen-golden record guards that somebody else owns; kept in their logs.",
    )
    group.addoption("--golden-allow-ci", action="store_true", help="Let --regen-golden write goldens even in CI.")
    group.addoption(
        "--guard-changed",
        action="store_true",
        help="Skip guards of which nothing changed since they last matched here.",
    )
    group.addoption(
        "--guard-quick", action="store_true", help="Only the main run of each guard and what needs no further training."
    )
    group.addoption(
        "--guard-report",
        metavar="FILE",
        default="",
        help="Write an HTML page of the guards that ran, which opens without a network.",
    )
    group.addoption(
        "--guard-in-process",
        action="store_true",
        help="Run guards in this process, for debuggers (implied by --pdb and --trace); its environment is not fixed.",
    )


def asked(config: pytest.Config) -> Asked:
    """What this session was asked for. Raises pytest's usage error for what contradicts itself or is refused."""
    debugged = bool(config.getoption("usepdb", False) or config.getoption("trace", False))
    wanted = Asked(
        regen=config.getoption("regen_golden"),
        reason=config.getoption("golden_reason").strip(),
        intent=config.getoption("golden_intent"),
        as_reviewer=config.getoption("golden_as_reviewer"),
        allow_ci=config.getoption("golden_allow_ci"),
        changed=config.getoption("guard_changed"),
        quick=config.getoption("guard_quick"),
        fail_fast=config.getoption("maxfail") == 1,
        in_process=config.getoption("guard_in_process") or debugged,
        report=config.getoption("guard_report"),
    )
    if wanted.regen:
        problems = _refused(wanted, os.environ)
        if problems:
            from mlguard.core.visible import one_line  # Late: most runs have no guard.

            raise pytest.UsageError("\n".join(f"--regen-golden: {one_line(problem)}" for problem in problems))
    return wanted


def _refused(wanted: Asked, environ: Mapping[str, str]) -> list[str]:
    """Why nothing may be recorded."""
    from mlguard.ci import in_ci

    problems = []
    if not wanted.reason:
        problems.append('a golden needs a reason; add --golden-reason "why the behaviour may change"')
    if wanted.intent:
        from mlguard.core.error import UsageError
        from mlguard.core.intent import parse_intent

        try:
            parse_intent(wanted.intent)
        except UsageError as error:
            problems.append(error.message)
    if in_ci(environ) and not wanted.allow_ci:
        problems.append(f"refused in CI (CI={environ['CI']}); add --golden-allow-ci if it is meant")
    if wanted.changed:
        problems.append("a guard of which nothing changed has nothing to record; drop --guard-changed")
    if wanted.quick:
        problems.append("a quick run leaves out what a golden must hold; drop --guard-quick")
    if wanted.in_process:
        problems.append(
            "in pytest's own process the environment is not fixed, so nothing can be recorded; drop "
            "--guard-in-process, --pdb and --trace"
        )
    return problems
