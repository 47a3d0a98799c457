"""`mlguard report`: the HTML page of what the last failed checks saw, without running anything."""

from __future__ import annotations

from pathlib import Path

import click

from mlguard.checker.waiting import Waiting
from mlguard.cli.named import Named
from mlguard.cli.review import chosen, home
from mlguard.core.error import UsageError
from mlguard.golden.state import STATE
from mlguard.pages import default_place, destination, left_by, write
from mlguard.printing import say, say_json
from mlguard.report.documents.goldens import Report, ReportedGuard
from mlguard.report.wording import headline
from mlguard.settings import load, require_project


@click.command("report")
@click.argument("names", metavar="[GUARD]...", nargs=-1)
@click.option(
    "--out",
    type=Named(),
    metavar="FILE",
    help=f"Where to write it; default: {STATE}/report.html below the project's root.",
)
@click.option(
    "--from",
    "folder",
    type=Named(exists=True, file_okay=False),
    help="A folder of pending Records from elsewhere, such as a CI job's.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(names: tuple[str, ...], out: Path | None, folder: Path | None, *, as_json: bool) -> None:
    """Write an HTML page of what the last failed checks saw. Nothing is run; `check --report` shows a whole run.

    Exits with 0 once the page is written, whatever it shows.
    """
    settings = load()
    require_project(settings)
    place = destination(out, settings) if out else default_place(settings)
    pending = Waiting(settings, folder and home(folder))
    known = pending.store.names()
    if not known:
        raise UsageError(
            "no failed check left anything to report",
            advice="`mlguard check --report FILE` writes a page of a whole run",
            slug="review-nothing-pending",
        )
    guards = left_by(chosen(names, known, folder), pending)
    write(place, settings, guards)
    shown = settings.relative(place)
    if as_json:
        told = [ReportedGuard(name=one.verdict.guard, outcome=str(one.verdict.outcome)) for one in guards]
        say_json(Report(report=shown, guards=told))
    else:
        say("\n".join([*(headline(one.verdict) for one in guards), f"report: {shown}"]))
