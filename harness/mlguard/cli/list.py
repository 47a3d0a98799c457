"""`mlguard list`: guards, datasets, goldens and their state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import click

from mlguard.checker.check import stale
from mlguard.cli.select import Opened, no_guards, opened
from mlguard.core.contract import never_held
from mlguard.core.error import GoldenError
from mlguard.core.loose import Loose, loosely_guarded, without_effect
from mlguard.core.question import QUESTIONS
from mlguard.core.record import Record
from mlguard.core.visible import one_line
from mlguard.golden.interface import Store
from mlguard.golden.power import kept
from mlguard.golden.stores import open_pending, open_store
from mlguard.printing import say, say_json, tell
from mlguard.report.documents.goldens import Audited, ListedGuard, Listing, LooselyGuarded
from mlguard.report.loose import loosely_in_short, without_effect_in_short
from mlguard.report.power import power_in_words
from mlguard.report.problems import golden_as_of


@click.command("list")
@click.argument("names", metavar="[GUARD]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(names: tuple[str, ...], *, as_json: bool) -> None:
    """Show every guard with its dataset and the state of its golden: recorded, missing, corrupt, stale, pytest only."""
    with opened(names, need_guards=False) as project:
        settings = project.settings
        goldens = open_store(settings)
        entries = [*_guards(project, goldens), *(_without_guard(project, goldens) if project.complete else ())]
    if (as_of := goldens.as_of) is not None:
        tell(golden_as_of(as_of.url, as_of.when))
    if not entries and not project.found.broken:
        raise no_guards(settings)
    if as_json:
        told = {settings.relative(Path(file)): text for file, text in project.found.broken.items()}
        document: Listing = {"guards": entries, "broken": told}
        say_json(document)
        return
    rows = [[one_line(str(entry[key])) for key in ("name", "dataset", "golden")] for entry in entries]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for entry, row in zip(entries, rows, strict=True):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        say("  ".join([*cells, one_line(_remarks(entry))]).rstrip())
    for file, text in project.found.broken.items():
        tell(f"{one_line(settings.relative(Path(file)))}: cannot be imported\n{text}")


def _guards(project: Opened, goldens: Store) -> Iterator[ListedGuard]:
    waiting = set(open_pending(project.settings).names())
    for guard in project.guards:
        state, golden = _state(goldens, guard.ref.name)
        yield {
            "name": guard.ref.name,
            "dataset": guard.dataset or "-",
            "golden": state,
            "file": project.settings.relative(guard.ref.file),
            "line": guard.line,
            "config": guard.config,
            "stages": list(guard.stages),
            "pending": guard.ref.name in waiting,
            "power": cast("Audited | None", kept(project.settings.base, guard.ref.name)),
            "problems": list(guard.problems),
            "reason": golden.approvals[0].reason if golden and golden.approvals else None,
            "approved": golden.approvals[0].when if golden and golden.approvals else None,
            "never_held": [name for name, _ in never_held(golden)] if golden else [],
            "loosely_guarded": list(map(_loosely, loosely_guarded(golden))) if golden else [],
            "without_effect": list(without_effect(golden)) if golden else [],
            "mlguard": golden.mlguard if golden else None,
            "not_asked": [name for name in QUESTIONS if QUESTIONS[name] > golden.asked.get(name, 0)] if golden else [],
        }


def _without_guard(project: Opened, goldens: Store) -> Iterator[ListedGuard]:
    """Goldens that no guard has: stale ones, and those of pytest's fixture, which only pytest can run."""
    gone = {verdict.guard for verdict in stale(project.settings, replace(project.found, broken={}))}
    # A module that cannot be imported may declare any of them.
    state = "unknown" if project.found.broken else "stale"
    known = {guard.ref.name for guard in project.found.guards}
    for name in goldens.names():
        if name not in known:
            yield {"name": name, "dataset": "-", "golden": state if name in gone else "pytest only"}


def _state(goldens: Store, name: str) -> tuple[str, Record | None]:
    try:
        golden = goldens.load(name)
    except GoldenError:
        return "corrupt", None
    return ("missing", None) if golden is None else ("recorded", golden)


def _loosely(loose: Loose) -> LooselyGuarded:
    return {
        "name": loose.name,
        "limit": loose.limit,
        "share": loose.share,
        "noise": loose.noise,
        "held": loose.held,
    }


def _remarks(entry: ListedGuard) -> str:
    parts = [f"never held: {', '.join(entry['never_held'])}"] if entry.get("never_held") else []
    if entry.get("loosely_guarded"):
        parts.append(loosely_in_short([Loose(**one) for one in entry["loosely_guarded"]]))
    if entry.get("without_effect"):
        parts.append(without_effect_in_short(entry["without_effect"]))
    if entry.get("not_asked"):
        more = len(entry["not_asked"])
        parts.append(f"recorded by mlguard {entry['mlguard']}: {more} newer question{'s' * (more > 1)} not asked")
    parts += [power_in_words(power)] if (power := entry.get("power")) else []
    parts += ["pending"] if entry.get("pending") else []
    return "; ".join([*parts, *entry.get("problems", [])])
