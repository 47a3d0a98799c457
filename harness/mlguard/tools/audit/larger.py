"""The same guard on more data than it is guarded on, unchanged and changed: what tells equivalent from missed."""

from __future__ import annotations

import ast
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from mlguard.core.error import MlguardError
from mlguard.core.finding import Finding
from mlguard.core.record import Record
from mlguard.discovery import Declared
from mlguard.report.sentence import say
from mlguard.runner.order import Change, Done, Extent
from mlguard.runner.run import Runner
from mlguard.tools.audit.judge import compared, of_error, only_answers
from mlguard.tools.audit.reach import reaches
from mlguard.tools.audit.reference import Reference, patience
from mlguard.tools.mutation import Mutant

TIMES = 10
"""How many times the generator's own rows are asked for."""

SEEDS = tuple(range(1001, 1011))
"""Data seeds that no guard is likely to use, for generators that make a fixed number of rows."""


@dataclass(frozen=True)
class Difference:
    """What a change does on more data."""

    where: str
    """Which data, in words: `10 times the rows (2000)`, `data seed 1004`."""
    finding: Finding | None
    """What moved first; None where the run raised, hung or died."""
    how: str
    """The same in a few words."""


@dataclass(frozen=True)
class More:
    """One way of asking for more data."""

    words: str
    """How messages call it."""
    change: Change
    """What the run has differently."""


@dataclass
class Larger:
    """A guard on more data; what the unchanged code answers there is computed once, when it is first needed."""

    runner: Runner
    guard: Declared
    reference: Reference
    rows: int | None
    """How many rows the generator makes unless it is asked; None where it cannot be asked."""
    _base: dict[str, Done | None] = field(default_factory=dict)
    _seconds: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def most(self) -> list[More]:
        """The data on which a change must show, or is equivalent."""
        if self.rows is not None:
            return [self.times(TIMES)]
        return [More(f"data seed {seed}", Change(seeds=(seed,))) for seed in SEEDS] if self.guard.dataset else []

    def times(self, factor: int) -> More:
        """So many times the generator's own rows."""
        rows = factor * (self.rows or 0)
        return More(f"{factor} times the rows ({rows})", Change(rows=rows))

    def difference(self, mutant: Mutant, among: list[More]) -> Difference | None:
        """The first of these data on which the changed code answers otherwise; None where it never does."""
        return next(self._differences(mutant, among), None)

    def _differences(self, mutant: Mutant, among: list[More]) -> Iterator[Difference]:
        for more in among:
            base = self.base(more)
            if base is not None:
                found = self._on(mutant, more, base)
                if found is not None:
                    yield found

    def _on(self, mutant: Mutant, more: More, base: Done) -> Difference | None:
        if not reaches(base, mutant):
            return None
        limit = patience(self._seconds[more.words])
        changed = replace(mutant.change, rows=more.change.rows, seeds=more.change.seeds)
        try:
            record = self.runner.run(self.guard, extent=Extent.MAIN, change=changed, limit=limit).record
        except MlguardError as error:
            return Difference(more.words, None, of_error(error)[1])
        finding = self._moved(base.record, record, mutant.kind)
        return Difference(more.words, finding, say(finding)) if finding is not None else None

    def _moved(self, base: Record, record: Record, kind: str) -> Finding | None:
        rules = only_answers(self.reference.rules)
        return compared(base, record, rules, kind=kind).first

    def base(self, more: More) -> Done | None:
        """The unchanged code on more data, with the lines that ran; None where it fails there."""
        # One at a time: whoever waits here needs the very answer that is being computed.
        with self._lock:
            if more.words not in self._base:
                self._base[more.words] = self._unchanged(more)
            return self._base[more.words]

    def _unchanged(self, more: More) -> Done | None:
        started = time.perf_counter()
        try:
            return self.runner.run(self.guard, extent=Extent.MAIN, change=more.change, lines=True)
        except MlguardError as error:
            of_error(error)
            return None
        finally:
            self._seconds[more.words] = time.perf_counter() - started


def default_rows(script: Path) -> int | None:
    """How many rows a generator makes unless it is asked, as its `make(rng, rows=200)` says; None where it does not."""
    for node in ast.parse(script.read_bytes()).body:
        if isinstance(node, ast.FunctionDef) and node.name == "make":
            return _default(node.args)
    return None


def _default(arguments: ast.arguments) -> int | None:
    positional = [*arguments.posonlyargs, *arguments.args]
    given = [None] * (len(positional) - len(arguments.defaults))
    pairs = [*zip(positional, [*given, *arguments.defaults], strict=True)]
    pairs += [*zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    for argument, default in pairs:
        if argument.arg == "rows" and isinstance(default, ast.Constant) and isinstance(default.value, int):
            return default.value
    return None
