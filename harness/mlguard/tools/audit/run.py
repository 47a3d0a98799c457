"""Audit one guard: establish the reference, plant changes until the budget is spent, and sum up."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from mlguard.core.error import MlguardError
from mlguard.core.power import Audit, Planted
from mlguard.discovery import Declared
from mlguard.runner.run import Runner
from mlguard.tools.audit.larger import Larger, default_rows
from mlguard.tools.audit.plan import possible
from mlguard.tools.audit.reference import establish
from mlguard.tools.audit.trial import Trials
from mlguard.tools.mutation import Mutant, sample


@dataclass(frozen=True)
class Budget:
    """What ends an audit of one guard."""

    seconds: float | None = None
    """No change is planted after so many seconds; None where time does not count."""
    changes: int | None = None
    """How many changes are planted at most; None where all of them are."""
    seed: int = 0
    """Which changes are drawn where not all are planted."""
    jobs: int = 1
    """How many are tried at once."""

    def __str__(self) -> str:
        limits = [f"{self.seconds:g} s"] if self.seconds is not None else []
        limits += [f"{self.changes} changes"] if self.changes is not None else []
        return ", ".join(limits) or "every change"


@dataclass(frozen=True)
class Watch:
    """How an audit tells what it is doing."""

    begun: Callable[[int], None] = lambda number: None
    """Called once it is known how many changes there are to plant."""
    done: Callable[[Planted], None] = lambda planted: None
    """Called for each change that was tried to its end."""


def audit(runner: Runner, guard: Declared, budget: Budget, watch: Watch = Watch()) -> Audit:
    """Plant behaviour changes into one guard and say which of them it notices.

    An interrupt ends it early: what is known by then is the answer. Raises UsageError for a guard that does not hold
    unchanged or cannot fail, and what running it raises.
    """
    started = time.monotonic()
    trials = trials_of(runner, guard)
    changes = possible(runner.settings, guard, trials.reference.clean)
    drawn = sample(changes, budget.changes, seed=budget.seed)
    watch.begun(len(drawn))
    planting = _Planting(trials, watch)
    planting.plant(_until(drawn, budget, started), budget.jobs)
    return Audit(
        guard.ref.name,
        tuple(planting.planted),
        possible=len(changes),
        budget=str(budget),
        when=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        seconds=time.monotonic() - started,
        interrupted=planting.interrupted,
    )


def trials_of(runner: Runner, guard: Declared, *, rows: int | None = None) -> Trials:
    """A guard that is ready for changes, on the generator's own number of rows or another. Raises as `audit` does."""
    reference = establish(runner, guard, rows=rows)
    guard = guard.as_in(reference.record)
    return Trials(runner, guard, reference, Larger(runner, guard, reference, own_rows(runner, guard)))


@dataclass
class _Planting:
    """Changes that are being planted, several at a time."""

    trials: Trials
    watch: Watch
    planted: list[Planted] = field(default_factory=list)
    interrupted: bool = False

    def plant(self, mutants: Iterator[Mutant], jobs: int) -> None:
        """Try each change to its end, so that those which take long count as much as those which do not."""
        import joblib  # Loaded only where guards run.

        # Threads only wait: each trial runs in worker processes of its own.
        parallel = joblib.Parallel(jobs, backend="threading", return_as="generator_unordered", pre_dispatch=jobs)
        with warnings.catch_warnings():
            # What was begun and is given up by an interrupt: nobody needs to be told.
            warnings.filterwarnings("ignore", message=".*have been cancelled", category=UserWarning)
            self._collect(parallel(joblib.delayed(self.trials.plant)(mutant) for mutant in mutants))

    def _collect(self, outcomes: Iterable[Planted]) -> None:
        try:
            for planted in outcomes:
                self.planted.append(planted)
                self.watch.done(planted)
        except KeyboardInterrupt:
            self.interrupted = True


def _until(mutants: Sequence[Mutant], budget: Budget, started: float) -> Iterator[Mutant]:
    """The changes as long as there is time to begin another."""
    for mutant in mutants:
        if budget.seconds is not None and time.monotonic() - started >= budget.seconds:
            return
        yield mutant


def own_rows(runner: Runner, guard: Declared) -> int | None:
    """How many rows the guard's generator makes unless it is asked; None where it cannot be asked."""
    if guard.dataset is None:
        return None
    try:
        return default_rows(runner.generator(guard))
    except MlguardError:
        return None  # A dataset of stored tables alone.
