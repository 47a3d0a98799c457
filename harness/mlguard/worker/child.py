"""What happens inside a worker, spawned or forked: set up, call the function, leave the answer, end."""

from __future__ import annotations

import atexit
import contextlib
import importlib
import os
import pickle
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from mlguard.core.error import MlguardError
from mlguard.worker import coverage
from mlguard.worker.depends import Listener, leave
from mlguard.worker.exchange import Exchange, Order
from mlguard.worker.job import Failure, Frame
from mlguard.worker.keeper import keep
from mlguard.worker.last_words import say_what_it_changes, say_where_it_ends
from mlguard.worker.moment import at
from mlguard.worker.sentinel import register
from mlguard.worker.source import compile_from_source

_leave = os._exit
"""How this process leaves once it has answered; code that leaves by itself is asked where it was."""


class Progress:
    """How a function tells how far it is."""

    def __init__(self, file: int) -> None:
        """`file` is the descriptor that takes one line per word."""
        self._file, self._stage, self._part = file, "", ""

    def __call__(self, stage: str, part: str = "") -> None:
        """A stage begins, or a part of the work that has a name of its own."""
        self._stage, self._part = stage, part or stage
        self.calling("")

    def calling(self, words: str) -> None:
        """A call of the user's code begins; without words, it has ended."""
        fields = self._stage, " ".join(words.split()), f"{time.monotonic():.6f}", self._part
        os.write(self._file, ("\t".join(fields) + "\n").encode(errors="backslashreplace"))

    def over(self) -> None:
        """No part is under way any more; the stage stays, for whatever goes wrong from here on."""
        self._part = ""
        self.calling("")


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
    say_where_it_ends()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):
            stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # real files in a process of ours
    _enter(order)
    save = _measure(order)
    os.chdir(order.root)
    tell = _listen(order, exchange)
    say_what_it_changes(order.watched, str(exchange.changes))
    with at(order.moment):
        outcome = _outcome(order, exchange)
    tell()
    exchange.answer(outcome)
    save()
    _end()


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


def _listen(order: Order, exchange: Exchange) -> Callable[[], None]:
    """Listen to what the outcome depends on, where that is asked for; what this answers tells it."""
    if not order.listens:
        return lambda: None
    listener = Listener(order.root, str(exchange.folder.parent), order.began)
    listener.start()

    def tell() -> None:
        with contextlib.suppress(Exception):  # Without an account the guard runs next time; the answer counts more.
            leave(listener.result(), exchange.depends)

    return tell


def _outcome(order: Order, exchange: Exchange) -> bytes | Failure:
    """The pickled value that the function returned, or why there is none."""
    progress = Progress(os.open(exchange.stage, os.O_WRONLY | os.O_APPEND))
    try:
        value = _function(order.function)(exchange.payload(), progress)
        progress.over()
    except BaseException as error:  # SystemExit too: leaving the interpreter is no answer
        return _failure(error, exchange)
    try:
        return pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # pickling runs the classes' own code, which may raise anything
        what = f"what {order.function} returned cannot be sent back: {type(error).__name__}: {error}"
        return exchange.failure("raised", what)


def _function(dotted: str) -> Callable[[object, Progress], object]:
    module, _, name = dotted.partition(":")
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    function: Callable[[object, Progress], object] = found
    return function


def _failure(error: BaseException, exchange: Exchange) -> Failure:
    told = traceback.TracebackException.from_exception(error)
    told.stack = traceback.StackSummary.from_list([line for line in told.stack if line.filename != __file__])
    frames = [
        Frame(line.filename, line.lineno or 0, line.name, (line.line or "").strip())
        for line in told.stack
        if not line.filename.startswith("<frozen importlib")
    ]
    text = "".join(told.format_exception_only()).strip()
    failure = exchange.failure("raised", text)
    return replace(failure, traceback="".join(told.format()), frames=tuple(frames), exception=_portable(error))


def _portable(error: BaseException) -> BaseException | None:
    """The exception, if it can be rebuilt in the parent without importing a module of the project's."""
    if not isinstance(error, MlguardError) and type(error).__module__ != "builtins":
        return None
    # These are told already. Where distributed is imported, its tblib would pickle them, and classes of the project's.
    error.__cause__ = error.__context__ = error.__traceback__ = None
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
    _leave(0)
