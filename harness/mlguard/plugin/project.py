"""The guards of one project within one session: which were collected, and the one Verdict of each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mlguard.core.error import UsageError
from mlguard.core.guard import declares
from mlguard.core.record import STAGES
from mlguard.discovery import Declared, GuardRef, declared
from mlguard.plugin.asked import Asked
from mlguard.settings import Settings, require_project

if TYPE_CHECKING:
    from mlguard.checker.check import Checker
    from mlguard.core.guard import Guard
    from mlguard.plugin.shared import Result, Shared
    from mlguard.runner.run import Runner


@dataclass
class Project:
    """One project whose guards pytest met."""

    settings: Settings
    """Its settings."""
    session: str
    """Name of the session, shared by all its processes."""
    asked: Asked
    """What the command line asks for."""
    environment: Mapping[str, str]
    """The environment variables of the command line, before any conftest or test could change them."""
    guards: dict[GuardRef, Declared] = field(default_factory=dict)
    """Every guard and variant that was collected."""
    left_out: bool = False
    """Whether an option of this run leaves out a file that declares a guard."""
    _known: dict[GuardRef, Result] = field(default_factory=dict)
    _runner: Runner | None = None
    _shared: Shared | None = None

    def collected(self, klass: type[Guard], file: Path) -> list[Declared]:
        """Take in a guard's class; answers one entry per variant, with the stages that have an item each."""
        found = declared(klass, file, self.settings.base)
        self.guards.update({guard.ref: guard for guard in found})
        return found

    def stages(self, klass: type[Guard], guard: Declared) -> tuple[str, ...]:
        """The stages that have an item; those of its golden, where the guard observes by itself."""
        if not declares(klass, "observe"):
            return guard.stages
        from mlguard.checker.isolated import isolated
        from mlguard.golden.stores import open_store

        store, name = open_store(self.settings), guard.ref.name
        golden = isolated(name, lambda: store.load(name), lambda failed: None)  # Its run says what is wrong with it.
        noted = {observation.stage for observation in golden} if golden is not None else set()
        return tuple(stage for stage in STAGES if stage in noted) or STAGES[:1]

    def result(self, guard: Declared, *, many: bool) -> Result:
        """What came of a guard, which runs once per session; `many`: whether other guards are going to run, too."""
        from mlguard.checker.isolated import isolated
        from mlguard.plugin.shared import Result

        if guard.ref not in self._known:
            name = guard.ref.name

            def once() -> Result:
                self._refuse(guard)
                # Failures are shared too: what went wrong is not tried again by every process.
                return self.shared().once(name, lambda: isolated(name, lambda: self._made(guard, many=many), Result))

            self._known[guard.ref] = isolated(name, once, Result)
        return self._known[guard.ref]

    def shared(self) -> Shared:
        """What this session's processes share. Raises RunError where the disk refuses."""
        from mlguard.plugin.shared import Shared

        if self._shared is None:
            self._shared = Shared(self.settings.base, self.session)
        return self._shared

    def runner(self, *, many: bool = True) -> Runner:
        """Runs the guards of this project; one per process, started at its first use."""
        from mlguard.runner.run import Runner

        if self._runner is None:
            with _variables(self.environment):
                self._runner = Runner(self.settings, many=many, in_process=self.asked.in_process)
        return self._runner

    def close(self) -> Path | None:
        """End the workers; answers the session's folder, where there is one."""
        if self._runner is not None:
            self._runner.__exit__(None, None, None)
            self._runner = None
        return None if self._shared is None else self._shared.folder

    def verdicts(self) -> list[Result]:
        """What this process knows, by the names of the guards."""
        return sorted(self._known.values(), key=lambda result: result.verdict.guard)

    def _made(self, guard: Declared, *, many: bool) -> Result:
        """What came of a guard that runs now."""
        from mlguard.seeding import seeded

        # A run in this process leaves the random states of other tests as they were.
        with seeded(0) if self.asked.in_process else nullcontext():
            return self._make(guard, many=many)

    def _make(self, guard: Declared, *, many: bool) -> Result:
        from mlguard.checker.check import Checker, still_matches
        from mlguard.checker.unchanged import Unchanged
        from mlguard.plugin.shared import Result
        from mlguard.runner.order import Extent
        from mlguard.trackers.records import of_check

        extent = Extent.QUICK if self.asked.quick else Extent.FULL
        runner = self.runner(many=many)
        if self.asked.regen:
            return self._recorded(guard, Checker(self.settings, runner, extent=extent))
        keeping = None
        if self.asked.changed and not self.asked.in_process:
            kept = Unchanged(self.settings, runner.variables)
            standing = kept.standings([guard.ref.name])[guard.ref.name]
            if standing.when is not None:
                return Result(still_matches(self.settings, guard, standing.when))
            runner.listens = not self.asked.quick
            keeping = None if self.asked.quick else kept
        checker = Checker(self.settings, runner, extent=extent, unchanged=keeping, fail_fast=self.asked.fail_fast)
        seen = checker.check(guard)
        # Of what ran in this process nothing is logged: its environment is not fixed.
        logs = self.settings.mlflow is not None and not self.asked.in_process
        return Result(seen.verdict, facts=of_check(seen, checker.goldens) if logs else None)

    def _recorded(self, guard: Declared, checker: Checker) -> Result:
        from mlguard.checker.check import refuse_collisions
        from mlguard.plugin.record import record

        # The other modules of the project may declare a guard of the same name that was not collected here.
        refuse_collisions(_sharing(guard, self.runner().find().guards))
        return record(checker, guard, self.asked)

    def _refuse(self, guard: Declared) -> None:
        """Raises UsageError for a guard that `mlguard check` would not run, or that shares its golden."""
        from mlguard.checker.check import refuse_collisions

        require_project(self.settings)
        file = guard.ref.file
        if not any(file == place or file.is_relative_to(place) for place in self.settings.guards):
            places = ", ".join(self.settings.relative(place) for place in self.settings.guards)
            raise UsageError(
                f"guard {guard.ref.name} is declared in {self.settings.relative(file)}, where `mlguard check` does not "
                f"look ({places}); add the file or its folder to `guards` in [tool.mlguard], or move it",
                slug="guard-elsewhere",
            )
        refuse_collisions(_sharing(guard, self.guards.values()))


def _sharing(guard: Declared, others: Iterable[Declared]) -> list[Declared]:
    """A guard and those that would share its golden."""
    from mlguard.golden.naming import collisions

    rest = [other for other in others if other.ref != guard.ref]
    return [guard, *(other for other in rest if collisions([guard.ref.name, other.ref.name]))]


@contextmanager
def _variables(environment: Mapping[str, str]) -> Iterator[None]:
    """These environment variables while the block runs, and measurements' own; afterwards the others again.

    A Runner looks at the environment once, when it is made: what a conftest or a test sets must not reach guards.
    """
    from mlguard.worker.coverage import VARIABLES

    before = dict(os.environ)
    measured = {name: text for name, text in before.items() if name.startswith(VARIABLES)}
    try:
        _replace(os.environ, {**environment, **measured})
        yield
    finally:
        _replace(os.environ, before)


def _replace(current: Mapping[str, str], wanted: Mapping[str, str]) -> None:
    for name in set(current) - set(wanted):
        del os.environ[name]
    os.environ.update(wanted)
