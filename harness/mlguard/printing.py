"""The only place that prints: whatever a name, a value or an exception holds, nothing of it acts on the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any, cast

import click

from mlguard.core.error import RunError
from mlguard.core.visible import one_line, visible

if TYPE_CHECKING:
    import io
    from pathlib import Path

    # Where click keeps it is click's own affair; only its type is wanted.
    from click._termui_impl import ProgressBar


def say(text: str, *, err: bool = False) -> None:
    """Print lines: an answer to standard output, anything else to standard error.

    Raises RunError where nobody takes an answer.
    """
    if err:
        tell(text)
    else:
        _answer(visible(text))


def say_exactly(data: bytes) -> None:
    """Print a file for another program to standard output, byte for byte; on a terminal as any other lines."""
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None or sys.stdout.isatty():
        say(data.decode("utf-8", "backslashreplace").removesuffix("\n"))
    else:
        _answer(data, stream)


def tell(text: str) -> None:
    """Say something that is not the command's answer; where nobody takes it, nobody misses it."""
    try:
        click.echo(visible(text), err=True)
    except OSError:
        _silence(sys.stderr)


def say_json(document: Mapping[str, object], *, one_line: bool = False) -> None:
    """Print one JSON document, in ASCII, to standard output."""
    import json  # Late: `--help` prints none.

    # JSON lets DEL stand, which is ASCII.
    _answer(json.dumps(document, indent=None if one_line else 1, sort_keys=True).replace("\x7f", "\\u007f"))


@contextmanager
def answering() -> Iterator[None]:
    """Where click prints an answer by itself, such as `--help`, raise RunError where nobody takes it.

    Of any other broken pipe click would make the exit code 1, which says that behaviour moved.
    """
    try:
        yield
    except OSError as error:
        import traceback  # Late: hardly any command needs it.

        *_, (frame, _) = traceback.walk_tb(error.__traceback__)
        if frame.f_globals is vars(click.utils):
            raise _refused(error) from error
        if isinstance(error, BrokenPipeError):
            raise RuntimeError(str(error)) from error
        raise


def ask(question: str) -> bool:
    """Ask for yes or no on standard error; no is the default."""
    return click.confirm(one_line(question), default=False, err=True)


def can_be_answered() -> bool:
    """Whether a question can still be answered: standard input has not come to its end."""
    import select  # Late: `--help` asks nothing.

    stdin = sys.stdin
    try:
        if stdin is None or stdin.isatty():
            return stdin is not None
        waiting, _, _ = select.select([stdin.fileno()], [], [], 0)
    except (OSError, ValueError):  # It is no file that can be looked at; asking will show.
        return not stdin.closed
    return not waiting or bool(cast("io.BufferedReader", stdin.buffer).peek(1))


def bar(label: str, *, items: Iterable[str] | None = None, length: int | None = None) -> ProgressBar[str]:
    """A progress bar on standard error, over items or up to a length."""
    return click.progressbar(items, length=length, label=one_line(label), file=sys.stderr)


def show_file(file: Path) -> None:
    """Open a file of ours with the program that this machine has for its kind, and do not wait for it."""
    click.launch(str(file))


def choose(question: str, keys: Sequence[str]) -> str:
    """Ask for one of some keys on standard error, again until it is one of them."""
    chosen: str = click.prompt(
        one_line(question), type=click.Choice(keys), show_choices=False, prompt_suffix=" > ", err=True
    )
    return chosen


def enter(what: str) -> str:
    """Ask for a line of text on standard error, again until there is one."""
    text: str = click.prompt(one_line(what), err=True, value_proc=_not_blank)
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise click.UsageError("a few words are needed")
    return text.strip()


def _answer(text: str | bytes, file: IO[Any] | None = None) -> None:
    """Print a part of the answer, lines or bytes; click would leave with 1, which says that behaviour moved."""
    try:
        click.echo(text, file=file, nl=file is None)
    except OSError as error:
        raise _refused(error) from error


def _refused(error: OSError) -> RunError:
    _silence(sys.stdout)
    told = f"standard output takes no answer: {error.strerror}"
    return RunError(told, slug="output-refused", blames_code=False)


def _silence(stream: IO[str]) -> None:
    """What is left of a text that was refused goes nowhere, and is not refused again when Python ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
