"""`mlguard regen-golden`: record what fails anew, after two identical runs, once its owner has seen what moves."""

from __future__ import annotations

import click

from mlguard.checker.check import Checker, broken
from mlguard.checker.regen import Regenerator
from mlguard.cli.approval import settle_all
from mlguard.cli.select import at_once, opened, refuse_in_ci, tell


@click.command("regen-golden")
@click.argument("names", metavar="[GUARD]...", nargs=-1)
@click.option("--reason", default="", help="Why the behaviour may change; kept in the golden's log. Required.")
@click.option("--all", "everything", is_flag=True, help="Record every guard anew, not only what fails.")
@click.option("--yes", is_flag=True, help="Accept without asking.")
@click.option("--dry-run", is_flag=True, help="Show what would move; write nothing.")
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
    everything: bool,
    yes: bool,
    dry_run: bool,
    allow_ci: bool,
    as_json: bool,
) -> None:
    """Record goldens anew for the guards that fail, show the signed shifts and the worst rows, and ask."""
    if not dry_run:
        refuse_in_ci(allow_ci, "recording goldens")
    with opened(names) as project:
        checker = Checker(project.settings, project.runner)
        regenerator = Regenerator(checker, reason=reason or ("dry run" if dry_run else ""), progress=tell)
        prepared = at_once(lambda guard: regenerator.prepare(guard, everything=everything), project.guards, jobs)
        unknown = broken(project.settings, project.found)
        settle_all(regenerator, prepared, yes=yes, dry_run=dry_run, as_json=as_json, unknown=unknown)
