"""`mlguard check`: run guards, compare with their goldens, explain what moved."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mlguard.cli.log import LOGS, logging
from mlguard.cli.named import Named
from mlguard.cli.scheduling import scheduling
from mlguard.printing import say, say_json
from mlguard.settings import load, require_project

if TYPE_CHECKING:
    from mlguard.checker.reach import Reach


@click.command("check")
@click.argument("names", metavar="[GUARD]...", nargs=-1)
@click.option(
    "--jobs", "-j", type=click.IntRange(1), default=None, help="Guards to run at once; default: one per core."
)
@click.option("--changed", is_flag=True, help="Skip guards of which nothing changed since they last matched here.")
@click.option("--since", metavar="REV", help="As --changed, and run all that the difference from REV can reach.")
@click.option("--staged", is_flag=True, help="As --changed, and check what a commit would hold: for hooks of git.")
@click.option(
    "--fail-fast", "-x", is_flag=True, help="End each guard at its first move, and run no more guards after it."
)
@click.option("--quick", is_flag=True, help="Only the main run and what needs no further training.")
@click.option("--costs", is_flag=True, help="Say what each part of a guard cost: probes, other seeds, keys.")
@click.option(
    "--report",
    type=Named(),
    metavar="FILE",
    help="Write an HTML page of the run, which opens without a network.",
)
@click.option(
    "--bundle",
    "bundles",
    type=Named(),
    metavar="FOLDER",
    multiple=True,
    help="Keep what was found with this bundle, for `mlguard gate`; may be given several times.",
)
@scheduling
@logging
@click.option("--try", "trying", is_flag=True, help="Show what a golden would hold; compare and write nothing.")
@click.option("--in-process", is_flag=True, help="Run in this process, for debuggers; its environment is not fixed.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(
    names: tuple[str, ...],
    jobs: int | None,
    *,
    changed: bool,
    since: str | None,
    staged: bool,
    fail_fast: bool,
    quick: bool,
    costs: bool,
    report: Path | None,
    bundles: tuple[Path, ...],
    scheduler: str | None,
    trying: bool,
    in_process: bool,
    as_json: bool,
) -> None:
    """Run guards, compare them with their goldens, and explain what moved, where first, by how much and why."""
    skipping = {"--changed": changed, "--since": since is not None, "--staged": staged}
    options = [option for option, is_chosen in skipping.items() if is_chosen]
    if trying and (options or fail_fast or quick or costs or in_process or report or bundles or scheduler):
        raise click.UsageError(
            "--try runs a guard in full, in a worker: leave the other options but --jobs and --json out"
        )
    if len(options) > 1:
        raise click.UsageError(f"{' and '.join(options)} each say which guards to skip: leave all but one of them out")
    if options and in_process:
        raise click.UsageError(
            f"{options[0]} skips guards and --in-process is for debugging one: leave one of them out"
        )
    if scheduler and (options or in_process):
        here = options[0] if options else "--in-process"
        raise click.UsageError(f"{here} is about this machine, and --scheduler runs elsewhere: leave one of them out")
    parting = {"--fail-fast": fail_fast, "--quick": quick, "--in-process": in_process}
    partial = [*options, *(option for option, is_chosen in parting.items() if is_chosen)]
    if bundles and partial:
        raise click.UsageError(
            f"--bundle keeps what a whole check in workers found, which {partial[0]} is not: leave one of them out"
        )
    reach = _reach(since) if staged or since is not None else None
    if options and report is None and LOGS not in click.get_current_context().meta:
        _leave_if_unchanged(names, reach, as_json=as_json)
    # Late: where nothing changed, nothing heavy is imported.
    from mlguard.cli.checking import Asked, check, preview

    if trying:
        preview(names, jobs, as_json=as_json)
    skips = bool(options)
    asked = Asked(jobs, skips, reach, staged, fail_fast, quick, costs, in_process, as_json, report, bundles, scheduler)
    check(names, asked)


def _reach(revision: str | None) -> Reach:
    """What of the working tree differs from a revision, or without one from the index, and what that can reach.

    Raises UsageError where there is no such revision, and for a conflict, of which no commit can be made.
    """
    from mlguard.checker.reach import Reach
    from mlguard.runner import differing
    from mlguard.runner.repository import Repository
    from mlguard.worker.pool import Workers

    settings = load()
    project = require_project(settings)
    with Workers() as workers:
        repository = Repository.around(project, workers)
        if revision is None:
            return Reach(settings, differing.unstaged(repository))
        return Reach(settings, differing.since(repository, repository.commit(revision), revision))


def _leave_if_unchanged(names: tuple[str, ...], reach: Reach | None, *, as_json: bool) -> None:
    """Say so and exit with 0 where nothing changed that any guard, or the choice of guards, can depend on."""
    from mlguard.checker.unchanged import Unchanged
    from mlguard.core.chosen import chosen
    from mlguard.core.outcome import Outcome
    from mlguard.report import unchanged as report
    from mlguard.worker.variables import starting

    settings = load()
    require_project(settings)
    if settings.golden_url is not None:
        return  # Nobody knows without asking there whether a golden changed.
    variables = starting(os.environ, pass_env=settings.pass_env, set_env=settings.set_env)
    kept = Unchanged(settings, variables, reach=reach)
    files = kept.guards()
    if not files or not all(chosen(name, [*files]) for name in names):
        return
    wanted = {guard for name in names for guard in chosen(name, [*files])} or {*files}
    standings = kept.standings(guard for guard in files if guard in wanted)
    found = {guard: one.when for guard, one in standings.items() if one.when is not None}
    if len(found) < len(wanted):
        return
    if as_json:
        guards = [report.as_data(guard, when, files[guard]) for guard, when in found.items()]
        say_json(report.run_as_data(guards, (), outcome=str(Outcome.MATCH), exit_code=0))
    else:
        say(report.draw(found))
    sys.exit(0)
