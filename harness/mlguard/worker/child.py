"""What happens inside a worker, spawned or forked: set up, call the function, leave the answer, end."""

from __future__ import annotations

import atexit
import contextlib
import faulthandler
import importlib
import os
import pickle
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from mlguard.core.error import MlguardError
from mlguard.worker import coverage
from mlguard.worker.exchange import Exchange, Order
from mlguard.worker.job import Failure, Frame
from mlguard.worker.keeper import keep
from mlguard.worker.moment import at
from mlguard.worker.sentinel import register
from mlguard.worker.source import compile_from_source

Progress = Callable[[str], None]


def main() -> NoReturn:
    """Work as a spawned worker: arguments are the sentinel's descriptor (-1: none) and the job's folder."""
    sentinel, folder = int(sys.argv[-2]), Path(sys.argv[-1])
    if sentinel >= 0:
        register(sentinel)
        os.close(sentinel)
    keep()
    work(Exchange(folder))


def work(exchange: Exchange) -> NoReturn:
    """Do the job that lies in the exchange, and end this process."""
    order = exchange.order()
    _watch_for_death()
    _enter(order)
    save = _measure(order)
    os.chdir(order.root)
    with at(order.moment):
        outcome = _outcome(order, exchange)
    exchange.answer(outcome)
    save()
    _end()


def _watch_for_death() -> None:
    """A crash, and the end of the time limit, leave in the output where the code was."""
    faulthandler.enable()
    if hasattr(faulthandler, "register"):  # not on Windows
        faulthandler.register(signal.SIGTERM, chain=True)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):
            stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # real files in a process of ours


def _enter(order: Order) -> None:
    os.environ.update(order.variables)
    tempfile.tempdir = None
    sys.argv = ["mlguard"]
    compile_from_source(order.root)
    sys.path[:0] = [path for path in order.import_path if path not in sys.path[: len(order.import_path)]]
    # A forked worker inherits finders that have listed folders at an earlier time.
    sys.path_importer_cache.clear()
    importlib.invalidate_caches()


def _measure(order: Order) -> Callable[[], None]:
    if order.coverage is None:
        return lambda: None
    try:
        return coverage.start(order.coverage)
    except Exception:  # measuring is a courtesy: whatever is wrong with it, the guarded code still runs
        traceback.print_exc()
        return lambda: None


def _outcome(order: Order, exchange: Exchange) -> bytes | Failure:
    """The pickled value that the function returned, or why there is none."""
    stages = os.open(exchange.stage, os.O_WRONLY | os.O_APPEND)

    def progress(stage: str) -> None:
        os.write(stages, stage.encode() + b"\n")

    try:
        value = _function(order.function)(exchange.payload(), progress)
    except BaseException as error:  # SystemExit too: leaving the interpreter is no answer
        return _failure(error, exchange.last_stage())
    try:
        return pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # pickling runs the classes' own code, which may raise anything
        what = f"what {order.function} returned cannot be sent back: {type(error).__name__}: {error}"
        return Failure("raised", what, exchange.last_stage())


def _function(dotted: str) -> Callable[[object, Progress], object]:
    module, _, name = dotted.partition(":")
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    function: Callable[[object, Progress], object] = found
    return function


def _failure(error: BaseException, stage: str | None) -> Failure:
    told = traceback.TracebackException.from_exception(error)
    told.stack = traceback.StackSummary.from_list([line for line in told.stack if line.filename != __file__])
    frames = [
        Frame(line.filename, line.lineno or 0, line.name, (line.line or "").strip())
        for line in told.stack
        if not line.filename.startswith("<frozen importlib")
    ]
    text = "".join(told.format_exception_only()).strip()
    return Failure("raised", text, stage, "".join(told.format()), tuple(frames), _portable(error))


def _portable(error: BaseException) -> BaseException | None:
    """The exception, if it can be rebuilt in the parent without importing a module of the project's."""
    if not isinstance(error, MlguardError) and type(error).__module__ != "builtins":
        return None
    try:
        return error if isinstance(pickle.loads(pickle.dumps(error)), BaseException) else None  # noqa: S301 - our own
    except Exception:  # arguments that cannot be pickled: the text must do
        return None


def _end() -> NoReturn:
    """End as an interpreter does, but for taking modules apart, where libraries are known to crash or hang."""
    with contextlib.suppress(Exception):
        threading._shutdown()  # type: ignore[attr-defined]  # joins threads, as multiprocessing's children do
    with contextlib.suppress(Exception):
        atexit._run_exitfuncs()
    with contextlib.suppress(Exception):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(0)
