"""`mlguard watch`: check what an edit can reach, each time that a file is saved."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click


@click.command("watch")
@click.argument("names", metavar="[GUARD]...", nargs=-1)
@click.option(
    "--jobs", "-j", type=click.IntRange(1), default=None, help="Guards to run at once; default: one per core."
)
@click.option("--json", "as_json", is_flag=True, help="Answer each round with one JSON document on a line of its own.")
def command(names: tuple[str, ...], jobs: int | None, *, as_json: bool) -> None:
    """Check guards now, and again each time that a file is saved on which one depends; Ctrl-C ends it.

    The main run of a guard comes first, and the rest of it only where that matches.
    """
    with _ends_at_once():
        # Late: `--help` needs none of it.
        from mlguard.cli.watching import watch
    watch(names, jobs, as_json=as_json)


@contextmanager
def _ends_at_once() -> Iterator[None]:
    """Let Ctrl-C end the process inside the block, where nothing has begun yet.

    Some libraries take the exception for an import that failed, or go on without a word.
    """
    raises = signal.getsignal(signal.SIGINT)
    if raises is not signal.default_int_handler or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, raises)
