"""What `mlguard watch` does: rounds of checks, each begun by saved files."""

from __future__ import annotations

import sys
import sysconfig
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, NoReturn

from mlguard.checker.check import Checker, broken, still_matches
from mlguard.checker.isolated import isolated
from mlguard.checker.unchanged import Standing, Unchanged
from mlguard.cli.select import Opened, at_once, look
from mlguard.core.error import MlguardError, as_data
from mlguard.core.outcome import Outcome
from mlguard.core.verdict import Verdict
from mlguard.discovery import Declared
from mlguard.files.facts import Question, answer
from mlguard.files.watchfiles import Saves
from mlguard.golden.made import made_earlier
from mlguard.golden.state import STATE
from mlguard.printing import say, say_json
from mlguard.report import watching
from mlguard.report.documents.checks import Round
from mlguard.report.plain import run_as_data
from mlguard.report.terminal import draw
from mlguard.report.wording import headline, summary
from mlguard.runner.run import Runner
from mlguard.settings import Settings, load, require_project

AGAIN: Final = 2
"""Rounds in a row, each begun by files that were saved during the one before, in which every guard takes part. From
then on only those do that read one of these files: the others may have written them, unseen."""


def watch(names: tuple[str, ...], jobs: int | None, *, as_json: bool) -> NoReturn:
    """Check guards now and after each save until Ctrl-C, which is no failure. Raises UsageError outside a project."""
    try:
        settings = load()
        require_project(settings)
        with ExitStack() as workers:
            _Watch(names, jobs, settings.here, Saves(settings.base, STATE), workers, as_json=as_json).rounds()
    except KeyboardInterrupt:
        if not as_json:
            say(watching.ENDED)
        sys.exit(0)


class _Watch:
    """Rounds of one project's guards, whose workers stay ready between them."""

    def __init__(
        self, names: tuple[str, ...], jobs: int | None, here: Path, saves: Saves, workers: ExitStack, *, as_json: bool
    ) -> None:
        """`here` is where the command was given, `workers` where the processes are closed at the end; `as_json`: each
        round is one document."""
        self.names, self.jobs, self.here, self.as_json = names, jobs, here, as_json
        self.saves, self.workers = saves, workers
        self._ready: Runner | None = None
        self._loads: tuple[Settings, list[str]] | None = None
        self._last: dict[str, Verdict] = {}
        self._memory: dict[str, dict[str, Any]] = {}
        self._one_at_a_time = threading.Lock()
        self._is_over = False

    def rounds(self) -> NoReturn:
        """One round now, and one after each save. What is wrong with the project by then is said, and waited out.

        Raises MlguardError where it is wrong from the beginning, or where its folder is gone.
        """
        try:
            self._rounds()
        finally:
            self._is_over = True

    def _rounds(self) -> NoReturn:
        saved: list[Path] = []
        in_a_row = 0
        while True:
            try:
                self._round(look(self._runner(), self.names), saved, in_a_row)
            except MlguardError as error:
                if not saved:
                    raise
                self._say(f"mlguard: {error}")
                self._say_json(as_data(error.message, error.slug, error.exit_code))
            saved = self._of_somebody(self.saves.so_far())
            in_a_row = in_a_row + 1 if saved else 0
            while not saved:
                saved = self._of_somebody(self.saves.wait())

    def _of_somebody(self, files: Sequence[Path]) -> list[Path]:
        """The files that somebody saved; what a guard was seen to write is none of them."""
        made = made_earlier(self.saves.folder)
        return [path for path in files if str(path) not in made]

    def _runner(self) -> Runner:
        """Runs the project as it lies on disk now, in new processes where settings or installed libraries changed."""
        settings = load(self.here)
        require_project(settings)
        loads = settings, _installed()
        if self._ready is None or self._loads != loads:
            self.workers.close()
            self._ready, self._loads = self.workers.enter_context(Runner(settings)), loads
        runner = self._ready.elsewhere(settings)
        runner.listens, runner.depends = True, {}
        return runner

    def _round(self, project: Opened, saved: Sequence[Path], in_a_row: int) -> None:
        """Run the guards of which something changed since their last run, in this watch or since they matched."""
        began = time.time_ns()
        kept = Unchanged(project.settings, project.runner.variables, memory=self._memory)
        names = [guard.ref.name for guard in project.guards]
        standings = kept.standings(names)
        due = [name for name in names if standings[name].when is None]
        held = [name for name in due if in_a_row >= AGAIN and self._may_have_written(name, saved, kept)]
        runs = [name for name in due if name not in held]
        unread = broken(project.settings, project.found)
        files = [project.settings.relative(path) for path in saved]
        if files:
            self._say(watching.saved(files, time.strftime("%H:%M:%S"), runs, held, unread=bool(unread)))

        def one(guard: Declared) -> Verdict:
            name = guard.ref.name
            if name not in runs:
                return self._stands(project, guard, standings[name], aloud=not files)
            self._last[name] = isolated(name, lambda: _checked(project, kept, guard), lambda failed: failed)
            return self._shown(self._last[name])

        verdicts = [*map(self._shown, unread), *at_once(one, project, self.jobs)]
        self.saves.look_at({file for name in names for file in kept.read_by(name)}, began)
        self._say(watching.waiting(summary(verdicts)))
        document: Round = {"saved": files, **run_as_data(verdicts)}
        self._say_json(document)

    def _may_have_written(self, guard: str, files: Sequence[Path], kept: Unchanged) -> bool:
        """Whether a guard has run before and read none of these files, which were saved while it ran."""
        return guard in self._last and kept.read_by(guard).isdisjoint(map(str, files))

    def _stands(self, project: Opened, guard: Declared, standing: Standing, *, aloud: bool) -> Verdict:
        """The Verdict on a guard that does not run; a match is only shown where it is asked for `aloud`."""
        if standing.when is not None and standing.matched:
            unchanged = still_matches(project.settings, guard, standing.when)
            return self._shown(unchanged) if aloud else unchanged
        last = self._last[guard.ref.name]
        if last.outcome is not Outcome.MATCH:
            self._say(headline(last))
        return last

    def _shown(self, verdict: Verdict) -> Verdict:
        """The Verdict, once it stands on the screen."""
        shown = isolated(verdict.guard, lambda: draw(verdict), draw)
        self._say(shown)
        return verdict

    def _say(self, text: str) -> None:
        # Where a run was interrupted, its error is no verdict.
        if not (self.as_json or self._is_over):
            with self._one_at_a_time:
                say(text)

    def _say_json(self, document: Mapping[str, object]) -> None:
        if self.as_json:
            say_json(document, one_line=True)


def _installed() -> list[str]:
    """What tells an upgrade of a library: the state of the folders that hold them."""
    return [answer(Question.STAMP, sysconfig.get_path(kind)) for kind in ("purelib", "platlib")]


def _checked(project: Opened, kept: Unchanged, guard: Declared) -> Verdict:
    """The Verdict on a guard, whose run ends at its first move; what it depended on is kept, whatever came of it."""
    name, against = guard.ref.name, kept.golden(guard.ref.name)
    verdict = Checker(project.settings, project.runner, unchanged=kept, fail_fast=True).check(guard).verdict
    if verdict.outcome is not Outcome.MATCH and name in project.runner.depends:
        kept.remember(name, project.runner.depends[name], against, dated=guard.options.clock is None)
    return verdict
