"""Give every reader damaged inputs, guided by the lines that they reach; anything but a documented error is a finding.

Inputs begin as files that mlguard wrote. What reaches a line for the first time is kept, and changed further. Memory
and time are bounded for each input: a batch runs in a process of its own, whose death is a finding of its last input.
"""

from __future__ import annotations

import json
import mmap
import os
import pickle
import random
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

import mlguard
from benchmarks.attacks.closing import closing
from benchmarks.attacks.mutating import changed
from benchmarks.attacks.project import Attacked
from benchmarks.attacks.reached import Reached
from benchmarks.attacks.readers import Input, Reader, in_memory, readers
from benchmarks.attacks.warm import GIB, Warm, limit_memory

BATCH = 5000
"""Inputs of one process."""

SECONDS = 10
"""Processor time that one input may take; the memory that it may take is a gigabyte."""

FOLLOWED = 8
"""One input of so many is followed line by line."""

_SOURCES = str(Path(mlguard.__file__).parent)


@dataclass(frozen=True)
class Finding:
    """What one input did that no documentation tells of."""

    what: str
    """The exception, or how the process ended, and where."""
    input: Input = field(repr=False)
    """The input."""

    @property
    def size(self) -> int:
        """Its size in bytes, as it would be written."""
        return len(spelled(self.input))


@dataclass
class Tried:
    """What was tried with one reader."""

    reader: Reader
    """The reader."""
    corpus: list[Input]
    """Inputs that reach lines which no other reaches."""
    reached: Reached = field(default_factory=lambda: Reached(_SOURCES))
    """The lines."""
    findings: dict[str, Finding] = field(default_factory=dict)
    """The smallest input of each kind."""
    inputs: int = 0
    """How many were tried."""
    seconds: float = 0.0
    """How long that took."""

    def follow(self, value: Input) -> bool:
        """Try an input line by line; whether it is good, and reached a line for the first time."""
        with self.reached:
            what = attempt(self.reader, value)
        self.note(what, value)
        return what is None and self.reached.is_new

    def note(self, what: str | None, value: Input) -> None:
        """Remember a finding if it is the first or the smallest of its kind."""
        if what is not None:
            finding, known = Finding(what, value), self.findings.get(what)
            if known is None or finding.size < known.size:
                self.findings[what] = finding


def explore(known: Sequence[Reader], inputs: int, seed: int) -> Iterator[Tried]:
    """Try so many inputs in all, the same number for each reader."""
    share = -(-inputs // len(known))
    signal.signal(signal.SIGPROF, _too_slow)
    for reader in known:
        tried = Tried(reader, list(reader.corpus))
        for value in reader.corpus:
            tried.follow(value)
        started = time.perf_counter()
        while tried.inputs < share:
            _batch(tried, min(BATCH, share - tried.inputs), f"{seed} {reader.name} {tried.inputs}")
        tried.seconds = time.perf_counter() - started
        yield tried


def _batch(tried: Tried, number: int, seed: str) -> None:
    """Try so many inputs in a process of its own, and take over what it found."""
    current = mmap.mmap(-1, 1 << 20)
    with tempfile.TemporaryFile() as answer:
        pid = os.fork()
        if pid == 0:
            _explore(tried, number, random.Random(seed), current, answer)
        _, status = os.waitpid(pid, 0)
        if status == 0:
            answer.seek(0)
            kept, findings = pickle.load(answer)
            tried.corpus += kept
            for value in kept:
                tried.follow(value)
            for finding in findings:
                tried.note(finding.what, finding.input)
            tried.inputs += number
        else:
            tried.note(f"the process ended with {_ended(status)}", pickle.loads(current[8:]))
            tried.inputs += int.from_bytes(current[:8], "little") + 1


def _explore(tried: Tried, number: int, rng: random.Random, current: mmap.mmap, answer: Any) -> None:
    """Try inputs, write down what was found, and end this process."""
    code = 1
    try:
        limit_memory(GIB)
        corpus, kept = list(tried.corpus), []
        for done in range(number):
            value = changed(rng, rng.choice(corpus), corpus)
            _remember(current, done, value)
            if done % FOLLOWED:
                tried.note(attempt(tried.reader, value), value)
            elif tried.follow(value):
                corpus.append(value)
                kept.append(value)
        pickle.dump((kept, list(tried.findings.values())), answer)
        answer.flush()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _remember(current: mmap.mmap, done: int, value: Input) -> None:
    """Write an input where it is found if this process dies of it."""
    content = pickle.dumps(value)
    if len(content) < len(current) - 8:
        current[:8] = done.to_bytes(8, "little")
        current[8 : 8 + len(content)] = content


def _ended(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return signal.Signals(-code).name if code < 0 else f"exit {code}"


class TooSlowError(BaseException):
    """Raised in a reader that takes too long."""


def attempt(reader: Reader, value: Input) -> str | None:
    """What is wrong with how the reader takes an input; None where nothing is."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            reader.read(value)
    except TooSlowError:
        return f"takes more than {SECONDS} s"
    except Exception as error:
        if not isinstance(error, reader.errors):
            return f"{type(error).__name__} at {_place(error)}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return f"prints {told[0].category.__name__}: {told[0].message}" if told else None


def _place(error: BaseException) -> str:
    """The innermost line of ours."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(_SOURCES)]
    if not frames:
        return "?"
    return f"{frames[-1].filename.removeprefix(_SOURCES + os.sep)}:{frames[-1].lineno} in {frames[-1].name}"


def _too_slow(number: int, frame: Any) -> None:
    raise TooSlowError


def spelled(value: Input) -> bytes:
    """An input as it would be written."""
    return value if isinstance(value, bytes) else json.dumps(value).encode()


@click.command()
@click.option("--inputs", type=click.IntRange(1), default=20_000, show_default=True, help="Inputs of all readers.")
@click.option("--reader", "names", multiple=True, help="Only readers whose name holds this; may be repeated.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of all changes.")
@click.option("--keep", type=click.Path(path_type=Path), help="A folder for the inputs that were found.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(inputs: int, names: Sequence[str], seed: int, keep: Path | None, *, as_json: bool) -> None:
    """Fuzz every reader; exits 1 where one raised what is not documented."""
    started, done = time.perf_counter(), []
    with tempfile.TemporaryDirectory(prefix="mlguard-fuzz-") as name, in_memory() as scratch:
        known = list(readers(Attacked(Warm(), Path(name)), scratch))
        chosen = [one for one in known if not names or any(part in one.name for part in names)]
        for tried in explore(chosen, inputs, seed):
            done.append(tried)
            print(_line(tried), file=sys.stderr, flush=True)
            for finding in tried.findings.values():
                print(f"    {finding.what}: {finding.size} bytes", file=sys.stderr, flush=True)
    if keep is not None:
        _keep(keep, done)
    click.echo(json.dumps(facts(done), indent=1) if as_json else "\n".join(map(_line, done)))
    figures = {"inputs": sum(tried.inputs for tried in done), "readers": len(done)}
    click.echo(closing(started, **figures, findings=sum(len(tried.findings) for tried in done)), err=as_json)
    sys.exit(any(tried.findings for tried in done))


def facts(done: Iterable[Tried]) -> list[dict[str, Any]]:
    """What was tried with each reader and found, as JSON takes it."""
    return [
        {
            "reader": tried.reader.name,
            "inputs": tried.inputs,
            "lines": tried.reached.lines,
            "corpus": len(tried.corpus),
            "findings": list(tried.findings),
        }
        for tried in done
    ]


def _line(tried: Tried) -> str:
    rate = tried.inputs / max(tried.seconds, 1e-9)
    told = f"{tried.inputs:9,} inputs  {rate:7,.0f}/s  {tried.reached.lines:5} lines  {len(tried.corpus):4} kept"
    return f"{tried.reader.name:20} {told}  {len(tried.findings):3} findings"


def _keep(folder: Path, done: Iterable[Tried]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for tried in done:
        for number, finding in enumerate(tried.findings.values()):
            (folder / f"{tried.reader.name} {number}").write_bytes(spelled(finding.input))
            (folder / f"{tried.reader.name} {number}.txt").write_text(finding.what + "\n")


if __name__ == "__main__":
    command()
