"""`mlguard calibrate`: measure the noise floor of goldens again, and write tolerances with their evidence."""

from __future__ import annotations

import click

from mlguard.checker.calibrate import calibrate
from mlguard.checker.check import Checker
from mlguard.cli.approval import approving, regenerator, settle_all
from mlguard.cli.select import at_once, opened, refuse_in_ci


@click.command("calibrate")
@click.argument("names", metavar="[GUARD]...", nargs=-1)
@approving
def command(
    names: tuple[str, ...],
    reason: str,
    jobs: int | None,
    *,
    as_reviewer: bool,
    thorough: bool,
    yes: bool,
    dry_run: bool,
    allow_ci: bool,
    as_json: bool,
) -> None:
    """Re-run guards that match on emulated machines, and propose tolerances that follow from the noise seen."""
    if not dry_run:
        refuse_in_ci(allow_ci, "recording tolerances")
    with opened(names) as project:
        checker = Checker(project.settings, project.runner)
        recorder = regenerator(checker, reason, as_reviewer=as_reviewer, thorough=thorough, dry_run=dry_run, yes=yes)
        prepared = at_once(lambda guard: calibrate(recorder, guard), project, jobs)
        settle_all(recorder, prepared, yes=yes, dry_run=dry_run, as_json=as_json)
