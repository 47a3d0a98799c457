"""`mlguard regen-golden`: record what fails anew, after two identical runs, once its owner has seen what moves."""

from __future__ import annotations

import click

from mlguard.checker.check import Checker, broken
from mlguard.cli.approval import approving, intending, regenerator, settle_all
from mlguard.cli.scheduling import scheduling
from mlguard.cli.select import at_once, opened, refuse_in_ci


@click.command("regen-golden")
@click.argument("names", metavar="[GUARD]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Record every guard anew, not only what fails.")
@intending
@scheduling
@approving
def command(
    names: tuple[str, ...],
    reason: str,
    jobs: int | None,
    *,
    intent: str,
    scheduler: str | None,
    everything: bool,
    as_reviewer: bool,
    thorough: bool,
    yes: bool,
    dry_run: bool,
    allow_ci: bool,
    as_json: bool,
) -> None:
    """Record goldens anew for the guards that fail, show the signed shifts and the worst rows, and ask."""
    if not dry_run:
        refuse_in_ci(allow_ci, "recording goldens")
    with opened(names, scheduler=scheduler) as project:
        checker = Checker(project.settings, project.runner)
        recorder = regenerator(
            checker, reason, as_reviewer=as_reviewer, thorough=thorough, dry_run=dry_run, yes=yes, intent=intent
        )
        prepared = at_once(lambda guard: recorder.prepare(guard, everything=everything), project, jobs)
        unknown = broken(project.settings, project.found)
        settle_all(recorder, prepared, yes=yes, dry_run=dry_run, as_json=as_json, unknown=unknown)
