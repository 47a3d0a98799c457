"""Guard -> Record, as the caller sees it: workers do the work, failures come back as errors that name the guard."""

from __future__ import annotations

import contextlib
import copy
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from mlguard.core.contract import INAPPLICABLE, RAISED
from mlguard.core.error import RunError, UsageError
from mlguard.core.record import Observation, Record
from mlguard.core.run_name import MAIN
from mlguard.discovery import Declared, files
from mlguard.golden.made import made_earlier, remember_made
from mlguard.observe.run import FOLDER, Silent
from mlguard.runlog import timed
from mlguard.runner import child, loaded
from mlguard.runner.bundle import BUNDLE
from mlguard.runner.datasets import find_generator
from mlguard.runner.failed import failed, in_few_words, undiscovered
from mlguard.runner.follow import Telling, follow
from mlguard.runner.kept import changed_data, refuse_changes, watched
from mlguard.runner.order import Change, Copy, Done, Extent, Found, Loading, Order, Search, Share, Until
from mlguard.runner.parts import ASKED
from mlguard.runner.preload import third_party
from mlguard.runner.surroundings import surroundings
from mlguard.settings import Settings
from mlguard.worker.depends import NOTHING_HEARD, Depends
from mlguard.worker.environment import Environment
from mlguard.worker.job import Follower, Job, Result
from mlguard.worker.moment import ELSEWHERE, USUAL, Moment, at
from mlguard.worker.pool import Workers
from mlguard.worker.variables import starting, withheld, zone_is_chosen

T = TypeVar("T")
S = TypeVar("S")

Reached = Mapping[str, frozenset[int]]
"""Lines that ran, by the real path of their source."""


@dataclass(frozen=True)
class Process:
    """What one worker has differently from the usual one."""

    environment: Environment | None = None
    """The machine that it emulates."""
    moment: Moment = USUAL
    """When and where it believes to be."""
    limit: float | None = None
    """Seconds in place of the guard's own limit."""


class Runner:
    """Runs the guards of one project; owns its workers, so use it as a context manager."""

    def __init__(self, settings: Settings, *, many: bool = True, in_process: bool = False) -> None:
        """`many`: whether three or more runs are to be expected; `in_process`: no workers, for debuggers."""
        self.settings = settings
        self.in_process = in_process
        self.listens = False
        """Whether workers tell what their outcomes depend on."""
        self.depends: dict[str, Depends] = {}
        """What each guard's runs depended on so far, by its name."""
        self.found_by = NOTHING_HEARD
        """What the last look for guards depended on."""
        self._copy: Copy | None = None
        self._files = files(settings)
        preload = third_party(self._files, settings.import_path) if many and not in_process else ()
        self._withheld = withheld(os.environ, pass_env=settings.pass_env, set_env=settings.set_env)
        self.variables = starting(os.environ, pass_env=settings.pass_env, set_env=settings.set_env)
        """Environment variables with which guarded code starts."""
        self.workers = Workers(preload=preload, use_zygote=many and not in_process, variables=self.variables)
        """The processes, for callers that have other programs to run or need folders that go with them."""

    def __enter__(self) -> Self:
        """Nothing is started before the first run."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the workers, whatever happened."""
        self.workers.close()

    def elsewhere(self, settings: Settings, code: Copy | None = None) -> Self:
        """The same workers for another copy of the project; closing this runner ends them.

        With `code`, whatever leads into the original repository (import paths, editable installs) leads into its copy;
        the original of a copy of a copy is that of the first.
        """
        other = copy.copy(self)
        if code is not None and self._copy is not None and code.original == self._copy.place:
            code = replace(code, original=self._copy.original)
        other.settings, other._files, other._copy = settings, files(settings), code
        other.listens = False
        return other

    @property
    def at_once(self) -> int:
        """How many guards or changes to run at once unless somebody says otherwise."""
        return os.cpu_count() or 1

    def each(self, work: Callable[[T], S], items: Sequence[T]) -> list[S]:
        """The work on each item, one run after the other: the runs of one guard share this machine's cores."""
        return [work(item) for item in items]

    def find(self, among: Sequence[Path] | None = None) -> Found:
        """The guards that the project declares; with `among`, those of these files."""
        root = self.settings.base
        asked = tuple(self._files if among is None else among)
        search = Search(root, asked, self.settings.import_path, self._withheld, self._copy)
        if self.in_process:
            return child.search(search, Silent())
        result = self.workers.run(self._job("child:search", search, timeout=self.settings.timeout))
        if result.failure is not None:
            raise undiscovered(result.failure)
        self.found_by = result.depends
        found: Any = result.value
        return _checked_found(found)

    def run(
        self,
        guard: Declared,
        *,
        extent: Extent = Extent.FULL,
        change: Change | None = None,
        tables: Path | None = None,
        environment: Environment | None = None,
        bundle: bool = True,
        trace: bool | Collection[str] = False,
        runs: Collection[str] = (),
        share: Share | None = None,
        until: Until | None = None,
        lines: bool = False,
        shapes: bool = False,
        uncommented: bool = False,
        limit: float | None = None,
        moment: Moment = USUAL,
        elsewhere: Moment = ELSEWHERE,
    ) -> Done:
        """Run one guard: everything that it observes, and the contract of its saved bundle unless that is left out.

        `change` is what this run has differently from the project on disk; `trace` names the runs whose functions are
        followed, such as `seed 1`, and True is the main run; `runs` are the other ones of Extent.CHOSEN; `share` is
        what of a whole run this one does; `until` may end the run between its parts; `lines` asks which lines the main
        run reached, `shapes` whether the shapes in comments hold, and with `uncommented` which others there are;
        `limit` is in seconds, without a second try.
        `moment` is when and where the run is, `elsewhere` when and where its bundle is loaded and all is done again:
        answers may depend on neither.
        Raises UsageError (what it declares or returned), RunError (it raised, hung, died).
        """
        with timed(f"{guard.ref.name}: {extent} run"), self.workers.scratch() as folder:
            order = Order(
                guard.ref, self.settings.base, self.settings.import_path, self._generators(), folder / "run",
                extent=extent, tables=tables, change=change or Change(), copy=self._copy, trace=_followed(trace),
                runs=frozenset(runs), share=share, until=until, lines=lines, shapes=shapes,
                uncommented=uncommented, forms=guard.forms, withheld=self._withheld,
                made=made_earlier(self.settings.base), elsewhere=self._moment(guard, elsewhere),
                surroundings=surroundings(self.settings.base, os.environ),
            )  # fmt: skip
            order.folder.mkdir()
            how = Process(environment, self._moment(guard, moment), limit)
            done = self._observe(guard, order, how)
            with contextlib.suppress(RunError):  # A project that cannot be written keeps no results either.
                remember_made(self.settings.base, done.made)
            if not bundle or done.record.left_out.issuperset(ASKED):
                return done
            record = done.record
            if self.in_process:
                # The contract of the bundle needs a process of its own: contracts are not run, rather than lost.
                return replace(done, record=replace(record, left_out=record.left_out | {f"{MAIN}/contracts"}))
            started = time.perf_counter()
            how = Process(environment, order.elsewhere)
            found, reached = self._bundle(guard, order, done, folder, how)
            costs = {**done.costs, BUNDLE: time.perf_counter() - started}
            return replace(done, record=record.adding(found), reached=_both(done.reached, reached), costs=costs)

    def run_in_shares(self, guard: Declared, number: int) -> Done:
        """Run one guard whole, as so many workers side by side where this can: what the shares show has `shares`.

        A guard that does not match has to be run once more, in one process: what it does there is what decides.
        """
        return self.run(guard)

    def answers(self, guard: Declared, machines: Sequence[Environment]) -> tuple[Record, list[Record]]:
        """The Record of a run on this machine, and what its saved model answers on each other one.

        The answers are those of the test rows and of the probe rows that decide, as Observations of the stage
        `predict`; there are none where the model cannot be saved, or cannot be loaded there.
        """
        with self.workers.scratch() as folder:
            order = Order(
                guard.ref, self.settings.base, self.settings.import_path, self._generators(), folder / "run",
                extent=Extent.QUICK, copy=self._copy, forms=guard.forms,
            )  # fmt: skip
            order.folder.mkdir()
            done = self._observe(guard, order, Process())
            if done.bundle:
                return done.record, []
            moved = self._moved(order, folder)
            beside = done.config_file
            values = [self._loaded(guard, order, moved, Process(machine), config_file=beside) for machine in machines]
            return done.record, [loaded.answered(value, done.record) for value in values if "columns" in value]

    def generator(self, guard: Declared) -> Path:
        """The script that makes the guard's dataset. Raises UsageError where there is none."""
        return find_generator(str(guard.dataset), self._generators(), guard.ref.name)

    def _moment(self, guard: Declared, moment: Moment) -> Moment:
        chosen = zone_is_chosen(pass_env=self.settings.pass_env, set_env=self.settings.set_env)
        return moment.fixed_at(guard.options.clock, zone_is_chosen=chosen)

    def _observe(self, guard: Declared, order: Order, how: Process) -> Done:
        name = guard.ref.name
        if self.in_process:
            _refuse_sources(order.change)
            with at(how.moment):
                return _observed_here(order, follow(name))
        job = self._job("child:observe", order, timeout=how.limit or self._timeout(guard), how=how, name=name)
        result = self._ran(guard, job)
        if result.failure is not None and result.failure.kind == "timeout" and how.limit is None:
            # Once more in a fresh interpreter: a fork can hang where the guarded code does not.
            shutil.rmtree(order.folder, ignore_errors=True)
            order.folder.mkdir(parents=True, exist_ok=True)
            result = self._ran(guard, replace(job, fresh=True))
        elif result.failure is None and not order.folder.exists():
            # Once more and alone: another guard's code may have taken away what this run left.
            order.folder.mkdir(parents=True)
            result = self._ran(guard, replace(job, alone=True))
        done = _checked_done(self._value(guard, result))
        return replace(done, remarks=(*done.remarks, *changed_data(guard.ref.name, result.changed, self.settings)))

    def _bundle(
        self, guard: Declared, order: Order, done: Done, folder: Path, how: Process
    ) -> tuple[list[Observation], Reached]:
        """Load what was saved, elsewhere and in a fresh process, and predict with it; and the lines that ran there."""
        if done.bundle.startswith(RAISED):
            return [loaded.status(_placeless(done.bundle, order, order.bundle))], {}
        if done.bundle:
            return [loaded.status(f"{INAPPLICABLE}: {done.bundle}")], {}
        moved = self._moved(order, folder)
        alone, reached = self._contract(guard, order, done, moved, how)
        if not done.config_file or loaded.holds(alone):
            return alone, reached
        beside, also = self._contract(guard, order, done, moved, how, config_file=True)
        return loaded.beside_config(alone, beside), _both(reached, also)

    def _contract(
        self, guard: Declared, order: Order, done: Done, moved: Path, how: Process, *, config_file: bool = False
    ) -> tuple[list[Observation], Reached]:
        """What a moved bundle makes of its contract, with the configuration's file beside it or without."""
        value = self._loaded(guard, order, moved, how, config_file=config_file)
        if "raised" in value:
            return [loaded.status(_placeless(f"{RAISED} {value['raised']}", order, moved))], {}
        return loaded.compared(value, done.record), value.get("reached", {})

    def _moved(self, order: Order, folder: Path) -> Path:
        """The bundle at its second place, far from where it was saved."""
        elsewhere = folder / "elsewhere"
        elsewhere.mkdir(parents=True, exist_ok=True)
        return Path(shutil.move(order.bundle, elsewhere / "bundle"))

    def _loaded(self, guard: Declared, order: Order, moved: Path, how: Process, *, config_file: bool) -> dict[str, Any]:
        """What a moved bundle answers in a process of its own, or what that raised."""
        work = Path(tempfile.mkdtemp(prefix="work", dir=moved.parent))
        loading = Loading(
            guard.ref, order.root, order.import_path, moved, order.rows, work, order.change, self._copy, order.lines,
            config_file, order.forms,
        )  # fmt: skip
        job = self._job("bundle:load_bundle", loading, timeout=self._timeout(guard), how=how, name=guard.ref.name)
        result = self._ran(guard, job)
        if result.failure is not None:
            return {"raised": in_few_words(result.failure)}
        value: Any = result.value
        return dict(value)

    def _job(
        self, function: str, payload: object, *, timeout: float, how: Process | None = None, name: str = "search"
    ) -> Job:
        how = how or Process()
        return Job(
            f"mlguard.runner.{function}",
            payload,
            root=self.settings.base,
            import_path=self.settings.import_path,
            timeout=timeout,
            environment=how.environment,
            moment=how.moment,
            fresh=how.environment is not None,
            watched=watched(self.settings),
            listens=self.listens,
            follower=follow(name),
        )

    def _ran(self, guard: Declared, job: Job) -> Result:
        """Run a job of a guard. Raises RunError where its code changed what only mlguard writes."""
        result = self.workers.run(job)
        if job.listens:
            before = self.depends.get(guard.ref.name)
            self.depends[guard.ref.name] = result.depends if before is None else before | result.depends
        refuse_changes(guard.ref.name, result.changed, self.settings)
        return result

    def _value(self, guard: Declared, result: Result) -> object:
        if result.failure is not None:
            raise failed(guard.ref.name, result.failure, result.output, self.settings.base)
        return result.value

    def _timeout(self, guard: Declared) -> float:
        return float(guard.options.timeout or self.settings.timeout)

    def _generators(self) -> tuple[Path, ...]:
        import mlguard.generators  # The built-in ones, which serve where the project has none of that name.

        builtin = [Path(place) for place in mlguard.generators.__path__]
        return (self.settings.generators, *builtin)


def _observed_here(order: Order, follower: Follower | None) -> Done:
    """A run in this process."""
    if follower is None:
        return child.observe(order, Silent())
    done = child.observe(order, Telling(follower))
    follower.ended(None)
    return done


def _followed(trace: bool | Collection[str]) -> frozenset[str]:
    """The names of the runs to follow."""
    if isinstance(trace, bool):
        return frozenset({MAIN} if trace else ())
    return frozenset({trace} if isinstance(trace, str) else trace)


def _both(one: Reached, other: Reached) -> Reached:
    return {name: one.get(name, frozenset()) | other.get(name, frozenset()) for name in {*one, *other}}


def _placeless(status: str, order: Order, bundle: Path) -> str:
    """Without the places of this machine: a golden shows neither a checkout's nor those that a run makes anew."""
    return status.replace(str(bundle), FOLDER).replace(f"{order.root}{os.sep}", "")


def _refuse_sources(change: Change) -> None:
    """This process has imported the project, and would go on with what it has, or keep what it is given for good."""
    if change.sources:
        raise UsageError(
            "sources cannot be changed for a run in this process; run the guard in a worker", slug="change-in-process"
        )


def _checked_found(value: object) -> Found:
    if not isinstance(value, Found):
        raise UsageError("the worker brought no list of guards back", slug="worker-answer", blames_code=False)
    return value


def _checked_done(value: object) -> Done:
    if not isinstance(value, Done):
        raise UsageError("the worker brought no Record back", slug="worker-answer", blames_code=False)
    return value
