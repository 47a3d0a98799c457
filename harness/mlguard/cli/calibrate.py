"""`mlguard calibrate`: measure the noise floor of goldens again, and write tolerances with their evidence."""

from __future__ import annotations

import click

from mlguard.checker.calibrate import calibrate
from mlguard.checker.check import Checker
from mlguard.checker.regen import Regenerator
from mlguard.cli.approval import settle_all
from mlguard.cli.select import at_once, opened, refuse_in_ci, tell


@click.command("calibrate")
@click.argument("names", metavar="[GUARD]...", nargs=-1)
@click.option("--reason", default="", help="Why the tolerances may change; kept in the golden's log. Required.")
@click.option("--yes", is_flag=True, help="Accept without asking.")
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
@click.option(
    "--jobs", "-j", type=click.IntRange(1), default=None, help="Guards to run at once; default: one per core."
)
@click.option("--allow-ci", is_flag=True, help="Write goldens even in CI.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(
    names: tuple[str, ...],
    reason: str,
    jobs: int | None,
    *,
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
        regenerator = Regenerator(checker, reason=reason or ("dry run" if dry_run else ""), progress=tell)
        prepared = at_once(lambda guard: calibrate(regenerator, guard), project.guards, jobs)
        settle_all(regenerator, prepared, yes=yes, dry_run=dry_run, as_json=as_json)
