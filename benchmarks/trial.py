"""What is measured: a Trial is one guard with one thing done to it, which a tool should notice or let pass."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

import click
import joblib

from benchmarks.emulating import Emulating
from mlguard.discovery import Declared
from mlguard.worker.environment import Environment

SHIFT, KEEP, MACHINE = "shift", "keep", "machine"
"""Behaviour moved; a true refactor; the same code on another machine."""

ROOT = Path(__file__).resolve().parents[1]
"""This repository."""

AT_ONCE = 2
"""Trials that run at the same time."""

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Trial:
    """One guard with one thing done to it."""

    project: str
    """`own`, or the folder's name of a project from outside."""
    guard: str
    """The guard's name."""
    name: str
    """The variant's or the machine's name, unique for its guard."""
    kind: str
    """`shift`, `keep` or `machine`."""
    stage: str | None = None
    """The first stage that a shift moves, where its author declared one."""
    hidden: bool | None = None
    """Whether its author says that the main run's answers hold; None where nobody said."""
    machine: Environment = field(default_factory=Environment)
    """What it runs on; the ordinary environment but for machines."""

    @property
    def key(self) -> str:
        """A name that is unique among all trials, and safe in file names."""
        return "-".join((self.project, self.guard, self.name))


@dataclass(frozen=True)
class Gate:
    """The metric that a team would put a threshold on."""

    metric: str | None
    """Its name; None: the first one that `evaluate` gives."""
    higher: bool = True
    """Whether more is better."""


class Project(Protocol):
    """A project with guards, their goldens, and variants of their code."""

    name: str
    """`own`, or the folder's name."""
    runner: Emulating
    """Runs its guards."""

    @property
    def guards(self) -> Mapping[str, Declared]:
        """Its guards by name."""

    @property
    def trials(self) -> Sequence[Trial]:
        """Shifts and refactors of its guards."""

    def gate(self, guard: str) -> Gate:
        """The metric that decides for a team."""

    def plant(self, trial: Trial, folder: Path) -> Declared:
        """Copy what the guard needs, its golden included, to a folder and do there what the trial says."""


@contextmanager
def opened(folders: Sequence[Path], work: Path, *, own: bool = True) -> Iterator[list[Project]]:
    """This repository, then the projects from outside, with their workers."""
    from benchmarks.outside import Outside
    from benchmarks.own import Own

    with ExitStack() as stack:
        found: list[Project] = [stack.enter_context(Own())] if own else []
        yield [*found, *(stack.enter_context(Outside(folder, work)) for folder in folders)]


def outside(command: Callable[..., None]) -> Callable[..., None]:
    """The options of a command that also measures projects from outside: `folders` and `no_own`."""
    folder = click.Path(exists=True, file_okay=False, path_type=Path)
    about = "A project from outside, laid out as benchmarks/outside.py says; may be repeated."
    command = click.option("--no-own", is_flag=True, help="Only the projects from outside.")(command)
    return click.option("--project", "folders", multiple=True, type=folder, help=about)(command)


def chosen(projects: Sequence[Project], guards: Sequence[str]) -> list[tuple[str, str]]:
    """Project and name of the guards to measure: names choose among this repository's own."""
    return [(p.name, g) for p in projects for g in p.guards if p.name != "own" or not guards or g in guards]


def each(items: Sequence[T], ask: Callable[[T], R], told: Callable[[T], str], *, at_once: int = AT_ONCE) -> list[R]:
    """Ask about each item, a few at a time, and tell on standard error which one is done; answers in order."""

    def one(number: int, item: T) -> R:
        answer = ask(item)
        print(f"[{number}/{len(items)}] {told(item)}", file=sys.stderr, flush=True)
        return answer

    numbered = enumerate(items, 1)
    return list(joblib.Parallel(n_jobs=at_once, backend="threading")(joblib.delayed(one)(*n) for n in numbered))


def sampled(items: Sequence[T], size: int | None) -> list[T]:
    """At most so many items, spread evenly over all of them."""
    if size is None or size >= len(items):
        return list(items)
    return [items[i * len(items) // size] for i in range(size)]
