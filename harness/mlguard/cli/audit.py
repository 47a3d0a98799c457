"""`mlguard audit`: plant behaviour changes and report which of them the guards notice."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from mlguard.checker.isolated import isolated
from mlguard.cli.log import logging
from mlguard.cli.scheduling import scheduling
from mlguard.cli.select import Opened, opened
from mlguard.core.error import several
from mlguard.core.outcome import USAGE_EXIT, Outcome
from mlguard.core.power import Audit
from mlguard.core.verdict import Verdict
from mlguard.core.visible import one_line
from mlguard.discovery import Declared
from mlguard.golden.power import keep
from mlguard.printing import bar, say, say_json, tell
from mlguard.report.power import audits_as_data, draw_audit, figures
from mlguard.tools.audit.run import Budget, Watch, audit

DEFAULT = "60s"
_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_INTERRUPTED = 130


def in_seconds(text: str) -> float:
    """A time such as `60s`, `5m` or `90`, in seconds."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smh]?)\s*", text)
    if match is None or not float(match[1]):
        raise click.BadParameter(f"{text!r} is no time; write 60s, 5m or a number of seconds")
    return float(match[1]) * _UNITS[match[2]]


@click.command("audit")
@click.argument("names", metavar="[GUARD]...", nargs=-1)
@click.option(
    "--budget",
    type=in_seconds,
    metavar="TIME",
    help=f"Time for each guard: 60s, 5m.  [default: {DEFAULT} unless --changes is given]",
)
@click.option("--changes", type=click.IntRange(1), help="Changes to plant into each guard at most.")
@click.option("--min-power", type=click.FloatRange(0, 1), help="Exit with 1 where a guard notices a smaller share.")
@click.option("--seed", type=click.IntRange(0), default=0, help="Which changes are drawn.  [default: 0]")
@click.option(
    "--jobs", "-j", type=click.IntRange(1), default=None, help="Changes to try at once; default: one per core."
)
@scheduling
@logging
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(
    names: tuple[str, ...],
    budget: float | None,
    changes: int | None,
    min_power: float | None,
    seed: int,
    jobs: int | None,
    *,
    scheduler: str | None,
    as_json: bool,
) -> None:
    """Plant behaviour changes in code, configuration and data, and report which of them the guards notice.

    Nothing is written into your files: changed sources are loaded from memory. A guard must match its golden first.
    """
    audits = []
    with opened(names, many=True, scheduler=scheduler) as project:
        limits = _limits(budget, changes, seed, jobs or project.runner.at_once)
        for guard in project.guards:
            found = _audited(project, guard, limits)
            audits.append(found)
            if not as_json:
                say(draw_audit(found))
            if found.interrupted:
                break
    code = _exit_code(audits, min_power)
    if as_json:
        say_json(audits_as_data(audits, code))
    sys.exit(code)


def _limits(budget: float | None, changes: int | None, seed: int, jobs: int) -> Budget:
    seconds = in_seconds(DEFAULT) if budget is None and changes is None else budget
    return Budget(seconds, changes, seed, jobs)


def _audited(project: Opened, guard: Declared, limits: Budget) -> Audit:
    """The audit of one guard, kept for `mlguard list`; a problem with one guard does not hide the others."""

    def work() -> Audit:
        if guard.problems:
            raise several(list(guard.problems), slug="guard-declaration")
        with _progress(guard) as watch:
            found = audit(project.runner, guard, limits, watch)
        if not found.interrupted:
            keep(project.settings.base, guard.ref.name, figures(found))
        return found

    return isolated(guard.ref.name, work, _not_audited)


def _not_audited(verdict: Verdict) -> Audit:
    failed, lines = verdict.exit_code, verdict.traceback or ""
    return Audit(verdict.guard, problem=verdict.problem, slug=verdict.slug, failed=failed, traceback=lines)


@contextmanager
def _progress(guard: Declared) -> Iterator[Watch]:
    """A bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield Watch()
        return
    tell(f"{one_line(guard.ref.name)}: a clean run, then a forced failure")
    with bar(guard.ref.name, length=1) as shown:

        def begun(number: int) -> None:
            shown.length = number

        yield Watch(begun, lambda planted: shown.update(1))


def _exit_code(audits: list[Audit], least: float | None) -> int:
    """Interrupted first, then what could not be audited, then a power that is too small, or none at all."""
    if any(found.interrupted for found in audits):
        return _INTERRUPTED
    failures = [found.failed for found in audits if found.failed]
    if failures:
        return USAGE_EXIT if USAGE_EXIT in failures else max(failures)
    if least is None:
        return 0
    shares = [found.power.share for found in audits]
    if any(share is not None and share < least for share in shares):
        return Outcome.SHIFTED.exit_code
    return Outcome.MISSING.exit_code if None in shares else 0
