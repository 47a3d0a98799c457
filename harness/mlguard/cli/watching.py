"""What `mlguard watch` does: rounds of checks, each begun by saved files."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NoReturn

from mlguard.checker.check import Checker, broken, still_matches
from mlguard.checker.isolated import isolated
from mlguard.checker.unchanged import Unchanged
from mlguard.cli.select import Opened, at_once, look
from mlguard.core.error import MlguardError, as_data
from mlguard.core.outcome import Outcome
from mlguard.core.verdict import Verdict
from mlguard.discovery import Declared
from mlguard.files.watchfiles import Saves
from mlguard.golden.made import made_earlier
from mlguard.golden.state import STATE
from mlguard.printing import say, say_json
from mlguard.report import watching
from mlguard.report.plain import run_as_data
from mlguard.report.terminal import draw
from mlguard.report.wording import summary
from mlguard.runner.order import Extent
from mlguard.runner.run import Runner
from mlguard.settings import load, require_project


def watch(names: tuple[str, ...], jobs: int | None, *, as_json: bool) -> NoReturn:
    """Check guards now and after each save until Ctrl-C, which is no failure. Raises UsageError outside a project."""
    settings = load()
    require_project(settings)
    try:
        with ExitStack() as workers:
            _Watch(names, jobs, Saves(settings.base, STATE), workers, as_json=as_json).rounds()
    except KeyboardInterrupt:
        if not as_json:
            say(watching.ENDED)
        sys.exit(0)


class _Watch:
    """Rounds of one project's guards, whose workers stay ready between them."""

    def __init__(
        self, names: tuple[str, ...], jobs: int | None, saves: Saves, workers: ExitStack, *, as_json: bool
    ) -> None:
        """`workers` is where the processes are closed at the end; `as_json`: each round is one document."""
        self.names, self.jobs, self.saves, self.workers, self.as_json = names, jobs, saves, workers, as_json
        self._ready: Runner | None = None
        self._one_at_a_time = threading.Lock()

    def rounds(self) -> NoReturn:
        """One round now, and one after each save. What is wrong with the project by then is said, and waited out.

        Raises MlguardError where it is wrong from the beginning.
        """
        saved: list[Path] = []
        while True:
            try:
                self._round(look(self._runner(), self.names), saved)
            except MlguardError as error:
                if not saved:
                    raise
                self._say(f"mlguard: {error}")
                self._say_json(as_data(error.message, error.slug, error.exit_code))
            saved = self._saved()

    def _saved(self) -> list[Path]:
        """The files that somebody saved, also during the round; what a guard wrote is none of them."""
        found = self.saves.so_far()
        while not (saved := self._of_somebody(found)):
            found = self.saves.wait()
        return saved

    def _of_somebody(self, files: Sequence[Path]) -> list[Path]:
        made = made_earlier(self.saves.folder)
        return [path for path in files if str(path) not in made]

    def _runner(self) -> Runner:
        """Runs the project as it lies on disk now, in new processes where the settings are other ones."""
        settings = load()
        if self._ready is None or self._ready.settings != settings:
            self.workers.close()
            self._ready = self.workers.enter_context(Runner(settings))
        runner = self._ready.elsewhere(settings)
        runner.listens, runner.depends = True, {}
        return runner

    def _round(self, project: Opened, saved: Sequence[Path]) -> None:
        """Run the guards of which something changed since they last matched."""
        kept = Unchanged(project.settings, project.runner.variables)
        standings = kept.standings(guard.ref.name for guard in project.guards)
        unread = broken(project.settings, project.found)
        files = [project.settings.relative(path) for path in saved]
        if files:
            run = [name for name, standing in standings.items() if standing.when is None]
            self._say(watching.saved(files, time.strftime("%H:%M:%S"), run, unread=bool(unread)))

        def one(guard: Declared) -> Verdict:
            when = standings[guard.ref.name].when
            if when is None:
                return self._shown(
                    isolated(guard.ref.name, lambda: _checked(project, kept, guard), lambda failed: failed)
                )
            unchanged = still_matches(project.settings, guard, when)
            return unchanged if files else self._shown(unchanged)

        verdicts = [*map(self._shown, unread), *at_once(one, project.guards, self.jobs)]
        self._say(watching.waiting(summary(verdicts)))
        self._say_json({"saved": files, **run_as_data(verdicts)})

    def _shown(self, verdict: Verdict) -> Verdict:
        """The Verdict, once it stands on the screen."""
        shown = isolated(verdict.guard, lambda: draw(verdict), draw)
        with self._one_at_a_time:
            self._say(shown)
        return verdict

    def _say(self, text: str) -> None:
        if not self.as_json:
            say(text)

    def _say_json(self, document: dict[str, Any]) -> None:
        if self.as_json:
            say_json(document, one_line=True)


def _checked(project: Opened, kept: Unchanged, guard: Declared) -> Verdict:
    """The Verdict on the main run of a guard, or on the whole guard where that matches."""
    main = Checker(project.settings, project.runner, extent=Extent.MAIN).check(guard).verdict
    if main.outcome is not Outcome.MATCH:
        return main
    return Checker(project.settings, project.runner, unchanged=kept).check(guard).verdict
