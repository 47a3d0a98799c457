"""What `mlguard check` does once a guard has to run."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NoReturn

from mlguard.checker.check import Checker, Seen, broken, stale, still_matches
from mlguard.checker.isolated import isolated
from mlguard.checker.move import renamed
from mlguard.checker.reach import Reach
from mlguard.checker.unchanged import Standing, Unchanged, places
from mlguard.ci import since_push
from mlguard.cli.select import Opened, at_once, opened
from mlguard.cli.staged import Staged
from mlguard.core.error import MlguardError
from mlguard.core.outcome import Outcome
from mlguard.core.rules import Rules
from mlguard.core.verdict import Verdict, exit_code
from mlguard.discovery import Declared
from mlguard.golden.stores import open_pending, open_store
from mlguard.jobs import publish
from mlguard.pages import destination, write
from mlguard.printing import say, say_json, tell
from mlguard.release.bundle import CHECK
from mlguard.release.keep import Begun, begin, keep
from mlguard.report.documents.checks import CheckedGuard, Trial, TriedGuard
from mlguard.report.html.shown import Shown
from mlguard.report.plain import as_data, run_as_data
from mlguard.report.problems import perhaps_renamed
from mlguard.report.terminal import draw, draw_all
from mlguard.report.wording import checked_as_staged, headline, quoted, ran_because
from mlguard.runner.order import Extent
from mlguard.settings import Settings, load
from mlguard.trackers.log import Told, log
from mlguard.trackers.records import of_check

SHARES: Final = 4
"""Workers that run one guard together at most: each begins with the main run, and ends with a refit."""


@dataclass(frozen=True)
class Asked:
    """The options of the command."""

    jobs: int | None
    """Guards to run at once."""
    changed: bool
    """Whether guards of which nothing changed are skipped."""
    reach: Reach | None
    """What differs from another state of the project, where that counts as a change."""
    staged: bool
    """Whether that state is what a commit would hold, and is to be checked in the place of the working tree."""
    fail_fast: bool
    """Whether a guard ends at its first move, and none begins after the first that does not match."""
    quick: bool
    """Whether to leave out everything that trains again."""
    costs: bool
    """Whether to say what each part cost."""
    in_process: bool
    """Whether guards run in this process."""
    as_json: bool
    """Whether the answer is one JSON document."""
    report: Path | None = None
    """Where to write a page of the run; None writes none."""
    bundles: tuple[Path, ...] = ()
    """Folders with which to keep what was found."""
    scheduler: str | None = None
    """The address of a cluster on which guards run; None runs them here."""

    def checker(self, project: Opened, kept: Unchanged | None = None) -> Checker:
        """Checks guards of a project, and keeps in `kept` what matches depended on."""
        extent = Extent.QUICK if self.quick else Extent.FULL
        return Checker(
            project.settings, project.runner, extent=extent, unchanged=kept, fail_fast=self.fail_fast,
            shares=self._shares(project),
        )  # fmt: skip

    def _shares(self, project: Opened) -> int:
        """How many workers run one guard together: on a cluster that has room for more than the guards."""
        if self.scheduler is None or self.bundles or not project.guards:
            return 1
        return min(SHARES, max(1, project.runner.at_once // len(project.guards)))

    @property
    def listens(self) -> bool:
        """Whether workers tell what their outcomes depend on."""
        return self.keeps or (self.staged and bool(self.reach))

    @property
    def keeps(self) -> bool:
        """Whether what a match depended on is kept: where everything runs, in processes of their own.

        Listening costs a small guard half as much again, which nobody pays who skips nothing.
        """
        return self.changed and not (self.quick or self.in_process)


def check(names: tuple[str, ...], asked: Asked) -> NoReturn:
    """Run the guards of these names, say what came of them, and exit.

    What the disk refuses of a report, or of what is kept with a bundle, is said in a line; then a run in which all
    match exits with 5, and no other changes.
    """
    page = None if asked.report is None else destination(asked.report, load())
    searched = places(load()) if asked.keeps else ""
    where = opened(names, in_process=asked.in_process, listens=asked.listens, scheduler=asked.scheduler)
    with where as here, ExitStack() as stack:
        if asked.in_process:
            tell("in process: threads, hash seed and BLAS are whatever this process has, so small moves mean little")
        bundles = begin(asked.bundles, here.settings)
        staged = Staged(here, names, asked.reach, asked.checker, stack) if asked.staged and asked.reach else None
        project = here if staged is None else staged.declaring
        unread = broken(project.settings, project.found)
        if staged is not None and staged.elsewhere:
            unread = [replace(one, remarks=(checked_as_staged(staged.elsewhere),)) for one in unread]
        kept = Unchanged(here.settings, here.runner.variables, reach=asked.reach) if asked.changed else None
        run = _Run(project, asked, kept, staged, stopped=bool(unread))
        verdicts, not_run = run.verdicts()
        verdicts += unread
        gone: list[Verdict] = []
        if project.complete or asked.keeps:
            gone = isolated("golden", lambda: stale(project.settings, project.found), lambda failed: [failed])
        if project.complete and not not_run:
            verdicts = [*_with_old_names(project, verdicts, gone), *gone]
        if kept is not None and asked.keeps and project is here and not (gone or unread):
            _remember(project, kept, searched)
    if asked.as_json:
        say_json(run_as_data(verdicts, not_run))
    else:
        say(draw_all(verdicts, costs=asked.costs, not_run=not_run))
    for line in publish(verdicts, project=here.settings.base):
        tell(line)
    shown = [] if page is None else [run.shown(verdict) for verdict in verdicts]
    written = 0 if page is None else _page_written(page, here.settings, shown, not_run)
    if line := log(here.settings, "check", run.told(verdicts)):
        tell(line)
    kept_with = _kept_with(bundles, here.settings, verdicts, run.seen) if bundles else 0
    sys.exit(exit_code(verdicts) or written or kept_with)


def _kept_with(bundles: Sequence[Begun], settings: Settings, found: Sequence[Verdict], seen: Mapping[str, Seen]) -> int:
    """Keep what was found with bundles, and answer with 0; with the exit code of what is refused."""
    try:
        keep(bundles, settings, found, seen)
    except MlguardError as error:
        tell(f"mlguard: {error}")
        return error.exit_code
    for one in bundles:
        tell(f"kept with the bundle: {one.bundle.shown(CHECK)}")
    return 0


def _page_written(page: Path, settings: Settings, guards: Sequence[Shown], not_run: Sequence[str]) -> int:
    """Write the page, and answer with 0; with the exit code of what the disk refuses."""
    try:
        write(page, settings, guards, not_run, since_push(os.environ))
    except MlguardError as error:
        tell(f"mlguard: {error}")
        return error.exit_code
    tell(f"report: {settings.relative(page)}")
    return 0


class _Run:
    """One run over the guards of a project."""

    def __init__(
        self,
        project: Opened,
        asked: Asked,
        kept: Unchanged | None,
        staged: Staged | None,
        *,
        stopped: bool,
    ) -> None:
        """`kept` is what is kept of earlier matches, where it counts; `stopped`: whether something failed before.

        `staged` is what a commit would hold, where that is to be checked and the working tree differs.
        """
        self.project, self.asked, self.kept, self.staged = project, asked, kept, staged
        self.checker = asked.checker(project, kept if asked.keeps else None)
        self.seen: dict[str, Seen] = {}
        """What was seen of each guard that ran in the working tree, where something is made of it afterwards."""
        # Of what ran in this process, or from what is staged, nothing is logged: its environment or code is another.
        self._logs = project.settings.mlflow is not None and not (asked.in_process or asked.staged)
        self._failed = threading.Event()
        if stopped:
            self._failed.set()

    def verdicts(self) -> tuple[list[Verdict], list[str]]:
        """One Verdict per guard, in the order of the guards, and the guards that were not run any more."""
        names = [guard.ref.name for guard in self.project.guards]
        standings = {} if self.kept is None else self.kept.standings(filter(self._is_current, names))
        jobs = 1 if self.asked.in_process else self.asked.jobs
        found = at_once(lambda guard: self._one(guard, standings), self.project, jobs)
        not_run = [name for name, verdict in zip(names, found, strict=True) if verdict is None]
        return [verdict for verdict in found if verdict is not None], not_run

    def _is_current(self, name: str) -> bool:
        """Whether the golden that lies here is known to be the one that counts; a guard runs where it is not."""
        try:
            self.checker.goldens.update(name)
        except MlguardError:
            return False
        return self.checker.goldens.as_of is None

    def shown(self, verdict: Verdict) -> Shown:
        """A Verdict with what it came from, where the guard ran in the working tree."""
        seen = self.seen.get(verdict.guard)
        if seen is None or seen.done is None or seen.verdict.findings is not verdict.findings:
            return Shown(verdict)
        guard = next(one for one in self.project.guards if one.ref.name == verdict.guard)
        required = Rules.of(guard.options).requirements
        return Shown(verdict, seen.golden, seen.done.record, seen.done.dataset, required)

    def told(self, verdicts: Sequence[Verdict]) -> Iterator[Told]:
        """What a tracking server is told: of each guard that ran here, in a process of its own."""
        for one in verdicts:
            if self._logs and one.guard in self.seen:
                yield Told(self.shown(one), of_check(self.seen[one.guard], self.checker.goldens))

    def _one(self, guard: Declared, standings: Mapping[str, Standing]) -> Verdict | None:
        if self.asked.fail_fast and self._failed.is_set():
            return None
        standing = standings.get(guard.ref.name, Standing())
        verdict = isolated(guard.ref.name, lambda: self._shown(self._checked(guard, standing)), lambda failed: failed)
        if verdict.exit_code:
            self._failed.set()
        if not self.asked.as_json and sys.stderr.isatty():
            tell(headline(verdict))
        return verdict

    def _checked(self, guard: Declared, standing: Standing) -> Verdict:
        if standing.when is not None:
            return still_matches(self.project.settings, guard, standing.when)
        if self.staged is None:
            return self._ran(guard, standing)
        return self.staged.verdict(guard, standing, lambda: self._ran(guard, standing))

    def _ran(self, guard: Declared, standing: Standing) -> Verdict:
        seen = self.checker.check(guard)
        verdict = seen.verdict
        if self._logs or self.asked.bundles or self.asked.report is not None:
            self.seen[guard.ref.name] = seen
        return replace(verdict, remarks=(*verdict.remarks, ran_because(standing.why))) if standing.why else verdict

    def _shown(self, verdict: Verdict) -> Verdict:
        """The Verdict, once it is known that it can be shown: one that cannot must not hide the others."""
        as_data(verdict) if self.asked.as_json else draw(verdict)
        return verdict


def _with_old_names(project: Opened, verdicts: Sequence[Verdict], gone: Sequence[Verdict]) -> list[Verdict]:
    """The Verdicts, with the name of the golden that a guard without one may have had before."""
    stale = [verdict.guard for verdict in gone if verdict.outcome is Outcome.STALE]
    missing = [verdict.guard for verdict in verdicts if verdict.outcome is Outcome.MISSING]
    if not (stale and missing):
        return [*verdicts]
    goldens, pending = open_store(project.settings), open_pending(project.settings)
    old_names = dict[str, str]()
    with contextlib.suppress(MlguardError):  # What cannot be read suggests nothing; its own Verdict says so.
        old_names = {new: old for old, new in renamed(goldens, pending, missing, stale)}
    return [
        replace(one, remarks=(*one.remarks, perhaps_renamed(quoted(old_names[one.guard]), quoted(one.guard))))
        if one.guard in old_names
        else one
        for one in verdicts
    ]


def _remember(project: Opened, kept: Unchanged, searched: str) -> None:
    """Keep which guards there are, so that none of their modules is imported where nothing changed."""
    guards = {one.ref.name: project.settings.relative(one.ref.file) for one in project.found.guards}
    # The next run looks for them again; each guard's own Verdict says what the disk refuses.
    with contextlib.suppress(MlguardError):
        kept.keep_guards(guards, project.runner.found_by, searched)


def preview(names: tuple[str, ...], jobs: int | None, *, as_json: bool) -> NoReturn:
    """Run guards and show what their goldens would hold; exits with 3 at best, since nothing was compared."""
    from mlguard.report.preview import as_data as preview_as_data  # Late: a check needs none of it.
    from mlguard.report.preview import lines
    from mlguard.tools.preview import Preview, preview

    with opened(names) as project:

        def one(guard: Declared) -> Preview | Verdict:
            return isolated(guard.ref.name, lambda: preview(project.runner, guard), lambda failed: failed)

        seen: Sequence[Preview | Verdict] = at_once(one, project, jobs)
        failed = [*broken(project.settings, project.found), *(one for one in seen if isinstance(one, Verdict))]
    facts = [
        (one.guard, one.record, one.contracts, one.unreached, one.remarks) for one in seen if isinstance(one, Preview)
    ]
    for verdict in failed:
        tell(draw(verdict))
    code = exit_code([*failed, *(Verdict(guard, Outcome.MISSING) for guard, *_ in facts)])
    if as_json:
        shown: list[TriedGuard | CheckedGuard] = [*(preview_as_data(*fact) for fact in facts), *map(as_data, failed)]
        document: Trial = {"guards": shown, "exit_code": code}
        say_json(document)
    else:
        say("\n".join(line for fact in facts for line in lines(*fact)))
    sys.exit(code)
