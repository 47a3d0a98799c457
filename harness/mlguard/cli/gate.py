"""`mlguard gate`: whether a bundle may be released, by what a check kept with it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from mlguard.cli.named import Named
from mlguard.core.error import UsageError
from mlguard.printing import say, say_json
from mlguard.release.bundle import CHECK, BundleFolder, Kept
from mlguard.release.gate import AtGate, ask
from mlguard.release.place import Releases
from mlguard.report import gate as report
from mlguard.settings import load, require_project

Command = TypeVar("Command", bound=Callable[..., Any])

FOLDER = Named()
"""A folder, as a parameter."""


def judging(command: Command) -> Command:
    """The options of commands that judge a bundle."""
    for option in (
        click.option("--declared", is_flag=True, help="Refuse where a metric moved that no intent names."),
        click.option(
            "--guard",
            "guards",
            metavar="GUARD",
            multiple=True,
            help="Refuse where this guard was not checked with it; may be given several times.",
        ),
    ):
        command = option(command)
    return command


@click.command("gate")
@click.argument("folder", metavar="BUNDLE", type=FOLDER)
@click.option(
    "--against",
    type=FOLDER,
    metavar="PLACE",
    help="Compare metrics with those of the current release of a place, or of a bundle.",
)
@judging
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(folder: Path, against: Path | None, guards: tuple[str, ...], *, declared: bool, as_json: bool) -> None:
    """Let a bundle pass, or refuse it, by what `mlguard check --bundle` kept with it. Nothing is run.

    Exits with 0 where it passes, 1 where behaviour is not what was promised, 3 where nobody has checked this, 4 where
    only the environment or the data are others, 5 where guarded code failed.
    """
    settings = load()
    require_project(settings)
    replaced = None if against is None else _released(against)
    asked = ask(settings, BundleFolder(folder), replaced=replaced, guards=guards, declared=declared)
    if as_json:
        say_json(report.as_data(str(folder), *facts(asked)))
    else:
        say(report.draw(str(folder), *facts(asked)))
    sys.exit(asked.decision.outcome.exit_code)


def facts(asked: AtGate) -> tuple[Any, ...]:
    """What reports are told of a bundle at the gate."""
    kept = asked.kept
    return (None, None, asked.decision) if kept is None else (kept.check, kept.digest, asked.decision)


def _released(folder: Path) -> Kept | None:
    """The check of what is current in a place; a bundle stands for itself.

    Raises UsageError for a folder that is neither: nothing would be compared.
    """
    if (folder / CHECK).exists():
        return BundleFolder(folder).kept()
    place = Releases(folder)
    history = place.history()
    if not history:
        raise UsageError(
            f"nothing was released in {folder}, and no check was kept with it: there is nothing to compare with",
            advice="name a place of releases or a bundle that was checked; before a first release leave --against out",
            slug="gate-against-nothing",
        )
    return place.kept(history[0])
