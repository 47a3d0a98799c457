"""Run jobs in worker processes: choose how each starts, hold its time limit, bring its result back, leave nothing."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from mlguard.core.error import RunError
from mlguard.worker import coverage
from mlguard.worker.depends import NOTHING_HEARD
from mlguard.worker.environment import Environment
from mlguard.worker.exchange import Exchange
from mlguard.worker.fork import FORKS, Forked, Nursery, RefusedError
from mlguard.worker.job import Called, Failure, Job, Result
from mlguard.worker.process import WINDOWS, Running, Spawned, end, interpreter
from mlguard.worker.sentinel import Sentinel
from mlguard.worker.turns import Turns
from mlguard.worker.variables import starting

T = TypeVar("T")

STEP = 0.25
"""Seconds between two looks at a running worker's output and answer."""

FOLLOWED = 0.05
"""Seconds between two looks where somebody wants to know how far it is."""

LEAVING = 5.0
"""Seconds that a worker which has answered may take to end."""


FOLDER_GONE = "the folder of its run, above its folder for temporary files, was removed while it ran"
PARENT_GONE = "the process that started it was ended while it ran"


class Workers:
    """Worker processes of one caller, who closes them: use it as a context manager. Thread safe."""

    def __init__(
        self,
        *,
        preload: Sequence[str] = (),
        use_zygote: bool | None = None,
        usual: Environment | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        """Start nothing yet.

        `preload` names the third-party modules that the zygote imports before it forks; `use_zygote` says whether to
        have one: worth its start from three jobs on, and True has no effect where forking is unsafe. `usual` is the
        environment of the zygote and of jobs that name none. `variables` are those that workers start with; None: of
        this process, those of the default list.
        """
        self._preload = tuple(preload)
        self._use_zygote = bool(use_zygote)
        self._usual = usual or Environment()
        # One look at the environment: a test's monkeypatch must not reach the workers that start after it.
        self._variables = starting(os.environ) if variables is None else dict(variables)
        self._later = {name: text for name, text in os.environ.items() if name.startswith(coverage.VARIABLES)}
        self._began = time.time()
        self._lock = threading.Lock()
        self._turns = Turns()
        self._running: set[Running] = set()
        self._folder: Path | None = None
        self._sentinel: Sentinel | None = None
        self._nursery: Nursery | None = None
        self._refusal: str | None = None
        self._closed = False

    def __enter__(self) -> Self:
        """Nothing is started before the first job."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, whatever happened."""
        self.close()

    def run(self, job: Job) -> Result:
        """Run one job and wait for its result; the worker and all that it started are gone when this returns.

        A job that lost its folder, or the process that started it, runs once more, alone and in a new interpreter:
        another job may have taken it away.
        Raises RunError where no worker could be started, and for a job that was running when another thread closed.
        """
        result = self._run(job)
        if result.failure is not None and result.failure.kind == "lost":
            result = self._run(replace(job, fresh=True, alone=True))
        return result

    def _run(self, job: Job) -> Result:
        turn = self._turns.alone() if job.alone else self._turns.beside_others()
        with turn, self._exchange() as exchange:
            exchange.give(job, self._later, coverage.settings(), self._variables, self._began)
            with self._started(job, exchange) as running:
                if job.follower is not None:
                    job.follower.started(running.pid, forked=isinstance(running, Forked))
                code = _wait(running, exchange, job)
            if self._closed:
                raise _stopped()
            result = _result(exchange, job, code, orphaned=running.orphaned)
            if job.follower is not None:
                job.follower.ended(result.failure)
            return replace(result, forked=isinstance(running, Forked))

    @property
    def refusal(self) -> str | None:
        """Why the zygote refused to fork, which makes every later worker a spawned one; None if it never did."""
        return self._refusal

    def close(self) -> None:
        """Kill what still runs, and remove every temporary file; no job may follow."""
        with self._lock:
            self._closed = True
            running, sentinel, folder = list(self._running), self._sentinel, self._folder
            nursery, self._nursery = self._nursery, None
            self._sentinel = self._folder = None
        for worker in running:
            end(worker, grace=0)
        if nursery is not None:
            nursery.close()
        if sentinel is not None:
            sentinel.close()
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    @contextlib.contextmanager
    def scratch(self) -> Iterator[Path]:
        """An empty folder that is gone after the block, and also if this process is killed inside it.

        Raises RunError where there is no room for one.
        """
        with self._lock:
            if self._closed:
                raise _closed()
            self._open()
            folder = _made(lambda: Path(tempfile.mkdtemp(dir=self._made_again())))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def call(self, command: Sequence[str], *, folder: Path, variables: Mapping[str, str]) -> Called:
        """Run another program to its end; it is killed when this process is, like a worker.

        Raises OSError where the program cannot be started.
        """
        with self._lock:
            self._open()
            fds = self._registry()
        process = subprocess.Popen(  # noqa: S603 - the caller names the program, no user does
            list(command),
            cwd=folder,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            pass_fds=fds,
        )
        with self._watched(Spawned(process)):
            output, errors = process.communicate()
        return Called(process.returncode, output, errors)

    @contextlib.contextmanager
    def _exchange(self) -> Iterator[Exchange]:
        with self.scratch() as folder, contextlib.closing(Exchange(folder)) as exchange:
            yield exchange

    def _open(self) -> None:
        if self._folder is not None:
            return
        folder = _made(lambda: Path(tempfile.gettempdir())) / f"mlguard-{secrets.token_hex(8)}"
        if self._sentinel is None and not WINDOWS:
            # Before the folder is there, so that no moment is left in which nobody would remove it.
            self._sentinel = Sentinel(folder)
        _made(lambda: folder.mkdir(mode=0o700))
        self._folder = folder

    def _made_again(self) -> Path:
        """The folder of all jobs, which guarded code may have removed."""
        assert self._folder is not None  # noqa: S101 -- It was opened by the caller.
        self._folder.mkdir(mode=0o700, exist_ok=True)
        return self._folder

    @contextlib.contextmanager
    def _started(self, job: Job, exchange: Exchange) -> Iterator[Running]:
        with self._watched(self._start(job, exchange)) as running:
            yield running

    @contextlib.contextmanager
    def _watched(self, running: Running) -> Iterator[Running]:
        with self._lock:
            self._running.add(running)
            too_late = self._closed
            if self._sentinel is not None:
                self._sentinel.watch(running.pid)
        try:
            if too_late:
                raise _stopped()
            yield running
        finally:
            end(running)
            running.close()
            with self._lock:
                self._running.discard(running)
                if self._sentinel is not None:
                    self._sentinel.forget(running.pid)

    def _start(self, job: Job, exchange: Exchange) -> Running:
        nursery = self._nursery_for(job)
        if nursery is not None:
            try:
                return nursery.fork(exchange)
            except RefusedError as refused:
                self._refusal = str(refused)
        return self._spawn(job.environment or self._usual, exchange)

    def _nursery_for(self, job: Job) -> Nursery | None:
        """The zygote, started for the first job that may come from it; None where this job may not."""
        if not FORKS or not self._use_zygote or job.fresh or job.environment not in (None, self._usual):
            return None
        with self._lock:
            if self._refusal is None and self._nursery is None and self._sentinel is not None:
                variables = self._usual.applied_to(self._variables)
                self._nursery = Nursery(self._preload, variables, self._sentinel.register_fd)
            return None if self._refusal is not None else self._nursery

    def _registry(self) -> tuple[int, ...]:
        """What a child inherits so that the sentinel waits for it and can kill it; nothing where there is none."""
        return () if self._sentinel is None else (self._sentinel.register_fd,)

    def _spawn(self, environment: Environment, exchange: Exchange) -> Running:
        fds = self._registry()
        arguments = [str(fds[0] if fds else -1), str(exchange.folder)]
        with exchange.output.open("ab") as output:
            return Spawned(interpreter("child", arguments, environment.applied_to(self._variables), output, fds))


def _made(make: Callable[[], T]) -> T:
    """What making a folder answers. Raises RunError where there is no room for one."""
    try:
        return make()
    except OSError as error:
        raise RunError(
            f"no temporary folder could be made for a run ({error})",
            advice="free some space or set TMPDIR",
            slug="worker-folder",
            blames_code=False,
        ) from error


def _closed() -> RunError:
    what = "These Workers are closed"
    return RunError(what, advice="open new ones to run another job", slug="workers-closed", blames_code=False)


def _stopped() -> RunError:
    what = "The worker was stopped because its Workers were closed."
    return RunError(what, slug="workers-closed", blames_code=False)


def _wait(running: Running, exchange: Exchange, job: Job) -> int | None:
    """The exit code, or None where the time limit came first or an answered worker would not leave."""
    deadline = None if job.timeout is None else time.monotonic() + job.timeout
    leave_by = None
    step = STEP if job.follower is None else FOLLOWED
    while True:
        left = step if deadline is None else max(0.0, min(step, deadline - time.monotonic()))
        code = running.wait(left)
        if job.follower is not None:
            for word in exchange.words():
                job.follower.heard(word)
        if code is not None:
            return code
        exchange.curb_output()
        now = time.monotonic()
        if leave_by is None and exchange.answered():
            leave_by = now + LEAVING
            deadline = leave_by if deadline is None else max(deadline, leave_by)
        if now >= (deadline or now + 1) or now >= (leave_by or now + 1):
            return None


def _result(exchange: Exchange, job: Job, code: int | None, *, orphaned: bool) -> Result:
    output = exchange.output_tail()
    value: object = None
    failure: Failure | None
    if not exchange.is_there():
        failure = exchange.failure("lost", FOLDER_GONE)
    elif exchange.answered():
        value, failure = exchange.take()
    elif orphaned:
        failure = exchange.failure("lost", PARENT_GONE)
    elif code is None:
        failure = exchange.failure("timeout", f"ran past its limit of {job.timeout:g} s")
    else:
        failure = exchange.failure("died", _death(code))
    depends = exchange.depended() if job.listens else NOTHING_HEARD
    return Result(value, failure, output, changed=exchange.changed(), depends=depends)


def _death(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
