"""`mlguard release`: through the gate, then into a place of releases, where it is current from then on."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mlguard.cli.gate import FOLDER, facts, judging
from mlguard.core.error import UsageError
from mlguard.golden.stores import open_store
from mlguard.printing import say, say_json
from mlguard.release.bundle import BundleFolder
from mlguard.release.gate import AtGate, ask
from mlguard.release.place import Releases
from mlguard.report import gate as report
from mlguard.report.documents.releases import Released
from mlguard.settings import Settings, load, require_project


@click.command("release")
@click.argument("folder", metavar="BUNDLE", type=FOLDER)
@click.argument("place", metavar="PLACE", type=FOLDER)
@judging
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(folder: Path, place: Path, guards: tuple[str, ...], *, declared: bool, as_json: bool) -> None:
    """Copy a bundle that passes the gate into PLACE with its goldens, and make it current there.

    The first line of PLACE/current names the folder that is to be served; it is replaced as a whole. Metrics are
    compared with those of the release that was current. Exits as `mlguard gate` does, and changes nothing then.
    """
    settings = load()
    require_project(settings)
    target = Releases(place)
    if place.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"{place} lies in the bundle, which would hold itself", slug="place-unusable")
    history = target.history()
    replaced = target.kept(history[0]) if history else None
    asked = ask(settings, BundleFolder(folder), replaced=replaced, guards=guards, declared=declared)
    code = asked.decision.outcome.exit_code
    now = history if code else _released(target, asked, settings, history)
    before = history[0] if history else None
    if as_json:
        document: Released = {
            **report.as_data(str(folder), *facts(asked)),
            "place": str(place),
            "current": now[0] if now else None,
            "before": before,
            "released": not code,
        }
        say_json(document)
    else:
        say(report.draw(str(folder), *facts(asked)))
        if not code:
            say(report.released(str(place), now[0], before))
    sys.exit(code)


def _released(place: Releases, asked: AtGate, settings: Settings, history: tuple[str, ...]) -> tuple[str, ...]:
    """Copy it and switch; answers the history of the place afterwards."""
    kept = asked.kept
    assert kept is not None  # noqa: S101 -- Nothing else passes.
    versions = {guard.name: guard.golden for guard in kept.check.guards if guard.golden is not None}
    with place.writing():
        place.expect(history)
        digest = place.add(asked.bundle, kept, open_store(settings), versions)
        now = history if history[:1] == (digest,) else (digest, *history)
        place.switch(now)
    return now
