"""`mlguard check`: run guards, compare with their goldens, explain what moved."""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from mlguard.checker.check import Checker, broken, stale
from mlguard.checker.isolated import isolated
from mlguard.cli.select import Opened, at_once, opened
from mlguard.core.outcome import Outcome
from mlguard.core.verdict import Verdict, exit_code
from mlguard.discovery import Declared
from mlguard.jobs import publish
from mlguard.printing import say, say_json, tell
from mlguard.report.plain import as_data, run_as_data
from mlguard.report.terminal import draw, draw_all
from mlguard.report.wording import headline
from mlguard.runner.order import Extent


@click.command("check")
@click.argument("names", metavar="[GUARD]...", nargs=-1)
@click.option(
    "--jobs", "-j", type=click.IntRange(1), default=None, help="Guards to run at once; default: one per core."
)
@click.option("--quick", is_flag=True, help="Only the main run and what needs no further training.")
@click.option("--costs", is_flag=True, help="Say what each part of a guard cost: probes, other seeds, keys.")
@click.option("--try", "trying", is_flag=True, help="Show what a golden would hold; compare and write nothing.")
@click.option("--in-process", is_flag=True, help="Run in this process, for debuggers; its environment is not fixed.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(
    names: tuple[str, ...], jobs: int | None, *, quick: bool, costs: bool, trying: bool, in_process: bool, as_json: bool
) -> None:
    """Run guards, compare them with their goldens, and explain what moved, where first, by how much and why."""
    if trying:
        if quick or costs or in_process:
            raise click.UsageError(
                "--try runs a guard in full, in a worker: leave --quick, --costs and --in-process out"
            )
        _try(names, jobs, as_json=as_json)
    with opened(names, in_process=in_process) as project:
        if in_process:
            tell("in process: threads, hash seed and BLAS are whatever this process has, so small moves mean little")
        verdicts = _check(project, jobs, quick=quick, in_process=in_process, as_json=as_json)
        verdicts += broken(project.settings, project.found)
        if project.complete:
            verdicts += isolated("golden", lambda: stale(project.settings, project.found), lambda failed: [failed])
    if as_json:
        say_json(run_as_data(verdicts))
    else:
        say(draw_all(verdicts, costs=costs))
    for line in publish(verdicts):
        tell(line)
    sys.exit(exit_code(verdicts))


def _check(project: Opened, jobs: int | None, *, quick: bool, in_process: bool, as_json: bool) -> list[Verdict]:
    """One Verdict per guard, in the order of the guards."""
    checker = Checker(project.settings, project.runner, extent=Extent.QUICK if quick else Extent.FULL)

    def shown(verdict: Verdict) -> Verdict:
        """The Verdict, once it is known that it can be shown: one that cannot must not hide the others."""
        as_data(verdict) if as_json else draw(verdict)
        return verdict

    def one(guard: Declared) -> Verdict:
        verdict = isolated(guard.ref.name, lambda: shown(checker.check(guard).verdict), lambda failed: failed)
        if not as_json and sys.stderr.isatty():
            tell(headline(verdict))
        return verdict

    return at_once(one, project.guards, 1 if in_process else jobs)


def _try(names: tuple[str, ...], jobs: int | None, *, as_json: bool) -> NoReturn:
    """Run guards and show what their goldens would hold; exits with 3 at best, since nothing was compared."""
    from mlguard.report.preview import as_data as preview_as_data  # Late: a check needs none of it.
    from mlguard.report.preview import lines
    from mlguard.tools.preview import Preview, preview

    with opened(names) as project:

        def one(guard: Declared) -> Preview | Verdict:
            return isolated(guard.ref.name, lambda: preview(project.runner, guard), lambda failed: failed)

        seen = at_once(one, project.guards, jobs)
        failed = [*broken(project.settings, project.found), *(one for one in seen if isinstance(one, Verdict))]
    facts = [
        (one.guard, one.record, one.contracts, one.unreached, one.remarks) for one in seen if isinstance(one, Preview)
    ]
    for verdict in failed:
        tell(draw(verdict))
    code = exit_code([*failed, *(Verdict(guard, Outcome.MISSING) for guard, *_ in facts)])
    if as_json:
        shown = [*(preview_as_data(*fact) for fact in facts), *map(as_data, failed)]
        say_json({"guards": shown, "exit_code": code})
    else:
        say("\n".join(line for fact in facts for line in lines(*fact)))
    sys.exit(code)
