"""Run real commands in forks of one warm process: imports are paid once, and guards' runs are answered from memory.

All that a command reads and writes is real; only what its guards would compute was computed before, by the real
runner, once for each version of the project's code. Linux only, from a process of a single thread.
"""

from __future__ import annotations

import datetime as dt
import gc
import hashlib
import os
import pickle
import pkgutil
import resource
import select
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import IO, Any, NoReturn

import mlguard

GIB = 1024**3

MEMORY = 3 * GIB
"""Bytes of address space that a command may add to those of the warm process; some libraries reserve a gigabyte."""

CPU = 10
"""Seconds of processor time that a command may take."""

WALL = 60.0
"""Seconds after which a command counts as hanging."""

NOW = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)
"""The moment at which every command believes to run, so that the same command writes the same bytes."""

NOISE = "BENCHMARK_NOISE"
"""The variable that holds what the certificate of a command says of every number."""

_CODE = ("line.py", "generators/tiny.py")
_NOT_LOADED = (
    "mlguard.__main__",
    "mlguard.generators",
    "mlguard.plugin",
    "mlguard.pytest_plugin",
    "mlguard.worker.child",
)


@dataclass(frozen=True)
class Ran:
    """How one command ended."""

    code: int
    """Its exit code, or minus the number of the signal that ended it."""
    out: str
    """Standard output."""
    err: str
    """Standard error."""
    cpu: float
    """Seconds of processor time."""
    memory: int
    """Largest resident size in bytes, with what the warm process has."""
    hung: bool
    """Whether it was ended because it took too long."""

    @property
    def text(self) -> str:
        """Both outputs."""
        return f"{self.out}{self.err}"


@dataclass(frozen=True)
class Child:
    """A command that runs."""

    pid: int
    """Its process."""
    output: tuple[IO[bytes], IO[bytes]] = field(repr=False)
    """Where its standard output and error go."""
    deadline: float
    """When it counts as hanging, on the monotonic clock."""


class Warm:
    """Starts commands; remembers what the guards of each version of the code give."""

    def __init__(self) -> None:
        """Import everything that a command may need; no thread, no process is started."""
        import time_machine  # noqa: F401 -- loaded before the first fork, not in each.

        for module in pkgutil.walk_packages(mlguard.__path__, "mlguard."):
            if not module.name.startswith(_NOT_LOADED):
                import_module(module.name)
        gc.freeze()
        self._known: dict[str, bytes] = {}

    def learn(self, root: Path) -> None:
        """Run the first guard of the project as its code is now, and let every guard give what it gave."""
        self._known[_version(root)] = _forked_answer(lambda: _observed(root))

    def start(
        self,
        arguments: Sequence[str],
        root: Path,
        variables: Mapping[str, str] | None = None,
        prepare: Callable[[], None] = lambda: None,
    ) -> Child:
        """Begin a command in a project; `prepare` is called in its process just before it begins."""
        output = (tempfile.TemporaryFile(), tempfile.TemporaryFile())  # noqa: SIM115 -- closed by `collected`.
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            self._run(arguments, root, output, variables or {}, prepare)
        return Child(pid, output, time.monotonic() + WALL)

    def wait(self, child: Child) -> Ran:
        """Wait until a command has ended, and end it where it hangs."""
        watch = os.pidfd_open(child.pid)
        try:
            ended, _, _ = select.select([watch], [], [], max(0.0, child.deadline - time.monotonic()))
        finally:
            os.close(watch)
        if not ended:
            os.kill(child.pid, signal.SIGKILL)
        return collected(child, hung=not ended)

    def run(self, arguments: Sequence[str], root: Path, variables: Mapping[str, str] | None = None) -> Ran:
        """Run a command to its end."""
        return self.wait(self.start(arguments, root, variables))

    def _run(
        self,
        arguments: Sequence[str],
        root: Path,
        output: tuple[IO[bytes], IO[bytes]],
        variables: Mapping[str, str],
        prepare: Callable[[], None],
    ) -> NoReturn:
        """The command itself, in its own process."""
        code = 70
        try:
            _redirect(output)
            os.chdir(root)
            os.environ.pop("CI", None)
            os.environ.update(variables)
            sys.dont_write_bytecode = True  # Guards are looked for in this process, not in a worker, which writes none.
            self._answer_for_guards()
            _limit()
            prepare()
            code = _command(arguments)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _answer_for_guards(self) -> None:
        """Let the Runner of this process look for guards here, and bring back what they gave before."""
        import mlguard.checker.calibrate
        import mlguard.checker.regen
        from mlguard.runner.run import Runner

        known = self._known

        def run(runner: Any, guard: Any, **how: Any) -> Any:
            done = pickle.loads(known[_version(runner.settings.base)])
            return replace(done, record=replace(done.record, guard=guard.ref.name))

        Runner.find = _find  # type: ignore[method-assign]
        Runner.run = run  # type: ignore[method-assign]
        mlguard.checker.regen.measure = _measured  # type: ignore[attr-defined]
        mlguard.checker.calibrate.measure = _measured  # type: ignore[attr-defined]


def collected(child: Child, *, hung: bool = False) -> Ran:
    """What a child left that has ended, or is about to."""
    _, status, used = os.wait4(child.pid, 0)
    printed = []
    for file in child.output:
        file.seek(0)
        printed.append(file.read().decode(errors="replace"))
        file.close()
    seconds = used.ru_utime + used.ru_stime
    return Ran(os.waitstatus_to_exitcode(status), printed[0], printed[1], seconds, used.ru_maxrss * 1024, hung)


def limit_memory(more: int) -> None:
    """Let this process take so many bytes of address space more than now."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + more
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit() -> None:
    limit_memory(MEMORY)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU + 1))


def _command(arguments: Sequence[str]) -> int:
    import time_machine

    from mlguard.cli.main import main

    with time_machine.travel(NOW, tick=False):
        try:
            main(list(arguments))
        except SystemExit as ended:
            return int(ended.code or 0)


def _redirect(output: tuple[IO[bytes], IO[bytes]]) -> None:
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, file in enumerate(output, 1):
        os.dup2(file.fileno(), number)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115 -- until the process ends.


def _version(root: Path) -> str:
    return hashlib.sha256(b"\0".join((root / name).read_bytes() for name in _CODE)).hexdigest()


def _forked_answer(work: Callable[[], Any]) -> bytes:
    """What `work` gives in a process of its own, so that what it imports leaves no trace here."""
    with tempfile.TemporaryFile() as file:
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                pickle.dump(work(), file)
                file.flush()
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        if status:
            raise RuntimeError("the guards of the project could not be run")
        file.seek(0)
        return file.read()


def _observed(root: Path) -> Any:
    from mlguard.runner.run import Runner
    from mlguard.settings import load

    with Runner(load(root), in_process=True) as runner:
        done = runner.run(runner.find().guards[0])
    # In this process no bundle is loaded; the record is taken for a whole one all the same.
    return replace(done, record=replace(done.record, left_out=frozenset()), made=frozenset())


def _find(runner: Any, among: Sequence[Path] | None = None) -> Any:
    from mlguard.discovery import files
    from mlguard.runner.child import search
    from mlguard.runner.order import Search

    settings = runner.settings
    looked = tuple(files(settings) if among is None else among)
    return search(Search(settings.base, looked, settings.import_path), lambda _: None)


def _measured(runner: Any, guard: Any, record: Any, *_: Any, **__: Any) -> Any:
    from mlguard.checker.certificate import Certificate
    from mlguard.core.tolerance import pool

    noise = float(os.environ.get(NOISE, "0"))
    return Certificate({pool(o): noise for o in record if o.value.is_float} if noise else {})
