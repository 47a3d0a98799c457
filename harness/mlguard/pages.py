"""The HTML page of a run on the disk: where it may lie, and what it can show without running anything."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePath
from xml.etree.ElementTree import Element

from mlguard import __version__
from mlguard.checker.accept import tables_of
from mlguard.checker.isolated import isolated
from mlguard.checker.since import outdated, overtaken
from mlguard.checker.waiting import Waiting
from mlguard.core.error import RunError, UsageError
from mlguard.core.outcome import Outcome
from mlguard.core.verdict import Verdict
from mlguard.files.tree import Tree, is_plain
from mlguard.golden.state import state
from mlguard.golden.stores import open_store
from mlguard.report.carried import to_json
from mlguard.report.html.page import MARK, page
from mlguard.report.html.section import section
from mlguard.report.html.shown import Shown
from mlguard.report.review import say_obstacle
from mlguard.settings import Settings


def destination(file: Path, settings: Settings) -> Path:
    """Where a page is to lie. Raises UsageError, before anything runs, where none may be written."""
    try:
        place = (Path.cwd() / file).resolve()
        why = _in_the_way(place, settings)
    except (OSError, RuntimeError) as error:  # A folder that may not be entered, or links in a circle.
        raise _refused(f"{file} cannot be reached: {error}", "name another file") from error
    if why is not None:
        told, advice = why
        raise _refused(f"{settings.relative(place)} {told}", advice)
    return place


def _in_the_way(place: Path, settings: Settings) -> tuple[str, str] | None:
    """Why no page may be written to a place, and what to do; None where it may."""
    if place.is_dir():
        return "is a folder", f"name a file in it, such as {settings.relative(place)}/report.html"
    if place.is_relative_to(settings.golden.resolve()):
        return "lies among the goldens", "name a file elsewhere"
    if next(parent for parent in place.parents if parent.exists()).is_file():
        return "would lie below a file", "name a file in a folder"
    if not is_plain(place.name):
        return "is no name that every file system can hold", "name another file"
    if place.name == "-" or (place.exists() and not place.is_file()):
        return "is no file, and a page is written whole or not at all", "name a file"
    if place.exists() and not _is_page(place):
        return "is there and no report of mlguard", "name another file, or remove it"
    return None


def default_place(settings: Settings) -> Path:
    """Where a page lies unless somebody names another place."""
    return destination(state(settings.base).root / "report.html", settings)


def write(
    place: Path, settings: Settings, guards: Sequence[Shown], not_run: Sequence[str] = (), waited: float | None = None
) -> None:
    """Write the page whole or not at all; `waited` is as in `page`. Raises MlguardError where the disk refuses."""
    try:
        Tree(place.parent, settings.base).put(place.name, content(settings, guards, not_run, waited).encode())
    except OSError as error:
        advice = "make room, or name another file"
        told = f"the report cannot be written: {settings.relative(place)}: {error.strerror}"
        raise RunError(told, advice=advice, slug="report-not-written", blames_code=False) from error


def content(
    settings: Settings,
    guards: Sequence[Shown],
    not_run: Sequence[str] = (),
    waited: float | None = None,
    *,
    spell: Callable[[str], str] = str,
) -> str:
    """The page itself; `spell` says how each of its texts is shown."""
    folder = PurePath(os.path.relpath(settings.generators, settings.base)).as_posix()
    made = f"mlguard {__version__}, {datetime.now(UTC).isoformat(sep=' ', timespec='minutes')[:16]} UTC"
    whole, name = [replace(shown, generators=folder) for shown in guards], settings.base.name
    return page(whole, made=made, project=name, not_run=not_run, waited=waited, draw=_drawn, spell=spell)


def _drawn(shown: Shown, number: int, *, is_open: bool) -> Element:
    """The section of a guard; that of its Verdict alone where the rest cannot be drawn: one guard hides no other."""

    def alone(failed: Verdict) -> Element:
        return section(Shown(shown.verdict, remarks=(str(failed.problem),)), number, is_open=is_open)

    return isolated(shown.verdict.guard, lambda: section(shown, number, is_open=is_open), alone)


def left_by(names: Sequence[str], pending: Waiting) -> list[Shown]:
    """What failed checks left of these guards; nothing is run."""
    return [isolated(name, partial(_left, pending, name), Shown) for name in names]


def after(settings: Settings, verdict: Verdict) -> Shown:
    """A Verdict of a run that just ended in this or another process, with its Records as far as they were kept."""
    if verdict.outcome is Outcome.MATCH:
        golden = isolated(verdict.guard, lambda: open_store(settings).load(verdict.guard), lambda failed: None)
        return Shown(verdict, golden)
    pending = Waiting(settings)
    left = isolated(verdict.guard, partial(_left, pending, verdict.guard), Shown)
    # A run that was not complete leaves nothing, and an older one may have.
    same = to_json(left.verdict.findings) == to_json(verdict.findings)
    return replace(left, verdict=verdict, remarks=()) if same else Shown(verdict)


def _left(pending: Waiting, name: str) -> Shown:
    record, compared = pending.store.load(name), pending.compared(name)
    goldens = open_store(pending.settings)
    held = goldens.held(name)
    if record is None:
        return Shown(compared.verdict)
    old = [
        *outdated(pending.settings.base, record, pending.private(record)),
        *overtaken(held, compared.against),
    ]
    golden = held.record if held.version == compared.against else None
    data = tables_of(pending.store.datasets, record) or tables_of(goldens.datasets, record)
    return Shown(compared.verdict, golden, record, data, remarks=tuple(map(say_obstacle, old)))


def _is_page(place: Path) -> bool:
    try:
        with place.open("rb") as file:
            return file.read(len(MARK)) == MARK.encode()
    except OSError:
        return False


def _refused(told: str, advice: str) -> UsageError:
    return UsageError(told, advice=advice, slug="report-place")
