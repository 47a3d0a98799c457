"""`mlguard prune`: delete stale goldens, after a complete run in which nothing else was found."""

from __future__ import annotations

import sys

import click

from mlguard.checker.check import Checker, broken, stale
from mlguard.cli.select import at_once, opened, refuse_in_ci
from mlguard.core.outcome import Outcome
from mlguard.core.verdict import exit_code
from mlguard.core.visible import one_line
from mlguard.golden.stores import open_store
from mlguard.printing import ask, say, say_json, tell
from mlguard.report.documents.goldens import Pruned
from mlguard.report.terminal import draw_all


@click.command("prune")
@click.option("--yes", is_flag=True, help="Delete without asking.")
@click.option("--dry-run", is_flag=True, help="Show what would be deleted; delete nothing.")
@click.option("--allow-ci", is_flag=True, help="Delete goldens even in CI.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(*, yes: bool, dry_run: bool, allow_ci: bool, as_json: bool) -> None:
    """Delete goldens whose guard is gone. Runs every guard first, and deletes nothing unless all of them match."""
    if not dry_run:
        refuse_in_ci(allow_ci, "deleting goldens")
    deleted: list[str] = []
    # Without any guard nothing was compared: a wrong `guards` setting must not make every golden stale.
    with opened() as project:
        gone = stale(project.settings, project.found)
        verdicts = broken(project.settings, project.found)
        if gone:
            checker = Checker(project.settings, project.runner)
            verdicts += [seen.verdict for seen in at_once(checker.check, project, None)]
    failed = [verdict for verdict in verdicts if verdict.outcome is not Outcome.MATCH]
    if failed:
        tell(draw_all(failed))
        tell("nothing was deleted: stale goldens go only when every guard matches")
        if as_json:
            _answer([verdict.guard for verdict in gone], [], [verdict.guard for verdict in failed])
        sys.exit(exit_code(failed))
    names = [verdict.guard for verdict in gone]
    for name in names:
        say(f"stale: {one_line(name)}", err=as_json)
    if names and not dry_run and (yes or ask(f"delete {len(names)} goldens?")):
        store = open_store(project.settings)
        for name in names:
            store.delete(name)
            deleted.append(name)
    if as_json:
        _answer(names, deleted, [])
    elif not names:
        say("no stale goldens")


def _answer(stale_names: list[str], deleted: list[str], refused: list[str]) -> None:
    """The JSON document: stale goldens, those that went, and the guards because of which none did."""
    document: Pruned = {"stale": stale_names, "deleted": deleted, "refused": refused}
    say_json(document)
