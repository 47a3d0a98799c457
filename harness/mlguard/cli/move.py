"""`mlguard move`: give the golden of a guard that was renamed to its new name, with its log."""

from __future__ import annotations

import sys

import click

from mlguard.checker.check import Checker
from mlguard.checker.move import move
from mlguard.checker.owners import Approver
from mlguard.cli.approval import reviewing
from mlguard.cli.select import opened, refuse_in_ci
from mlguard.core.error import UsageError
from mlguard.core.visible import one_line
from mlguard.printing import say, say_json, tell
from mlguard.report.documents.goldens import Moved
from mlguard.report.plain import as_data
from mlguard.report.terminal import draw


@click.command("move")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--reason", default="", help="Kept in the golden's log; default: that it was moved.")
@reviewing
@click.option("--allow-ci", is_flag=True, help="Write goldens even in CI.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(old: str, new: str, reason: str, *, as_reviewer: bool, allow_ci: bool, as_json: bool) -> None:
    """Run guard NEW against the golden of OLD, whose guard is gone, and move the golden with its log if all holds.

    Where something differs it is shown, nothing is written, and the exit code is that of a check.
    """
    refuse_in_ci(allow_ci, "moving goldens")
    with opened((new,)) as project:
        declared = {guard.ref.name: guard for guard in project.found.guards}
        if old in declared:
            file = project.settings.relative(declared[old].ref.file)
            raise UsageError(
                f"guard {old} is still declared in {file}, so its golden is not free to move",
                advice="rename or remove that guard first",
                slug="move-declared",
            )
        if new not in declared:
            several = ", ".join(guard.ref.name for guard in project.guards)
            raise UsageError(f"{new} stands for several guards ({several}); name one of them", slug="move-several")
        approver = Approver(
            project.settings.base, reason.strip(), as_reviewer=as_reviewer, links=project.settings.links
        )
        verdict, accepted = move(Checker(project.settings, project.runner), old, declared[new], approver)
    if as_json:
        document: Moved = {**as_data(verdict), "moved": bool(accepted.files), "files": list(accepted.files)}
        say_json(document)
    elif accepted.files:
        say(f"{one_line(new)}: moved from {one_line(old)}; {len(accepted.files)} files")
    else:
        say(draw(verdict))
        tell(f"not moved: {one_line(new)} is not what the golden of {one_line(old)} says")
    sys.exit(verdict.exit_code)
