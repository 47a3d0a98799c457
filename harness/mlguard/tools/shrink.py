"""The fewest rows of a guard's dataset on which an audit finds as much power as on all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from mlguard.core.error import MlguardError, UsageError
from mlguard.core.power import Fate, Power, Shrunk
from mlguard.discovery import Declared
from mlguard.runner.run import Runner
from mlguard.tools.audit.plan import possible
from mlguard.tools.audit.run import own_rows, trials_of
from mlguard.tools.mutation import Mutant, sample

T = TypeVar("T")

FINE = 0.1
"""Share of the rows below which a closer look is not worth its runs."""


def shrink(
    runner: Runner, guard: Declared, *, changes: int, seed: int, jobs: int, progress: Callable[[str], None]
) -> Shrunk:
    """Halve the rows while the power holds, then close in on the fewest; the same changes are planted each time.

    Raises UsageError for a guard whose generator cannot be asked for rows, and as `audit` does.
    """
    own = own_rows(runner, guard)
    if own is None:
        raise UsageError(
            f"guard {guard.ref.name}: its generator does not say `make(rng, rows=…)` with a number, so its dataset "
            "cannot be made smaller; add the parameter",
            slug="shrink-rows",
        )
    counted, power = _counted(runner, guard, changes=changes, seed=seed, jobs=jobs)
    progress(f"{own} rows: {power.noticed} of {len(counted)}")
    steps: list[tuple[int, Power | None]] = [(own, power)]
    enough, too_few = own, 0
    while enough - too_few > max(1, FINE * enough):
        # By halves until the first number that is too small, and between the two from then on.
        rows = (enough + too_few) // 2
        found = _power(runner, guard, counted, rows, jobs)
        progress(f"{rows} rows: {'too few to run' if found is None else f'{found.noticed} of {len(counted)}'}")
        steps.append((rows, found))
        if found is not None and found.noticed >= power.noticed:
            enough = rows
        else:
            too_few = rows
    return Shrunk(guard.ref.name, str(guard.dataset), enough, own, tuple(steps))


def _counted(runner: Runner, guard: Declared, *, changes: int, seed: int, jobs: int) -> tuple[list[Mutant], Power]:
    """The changes that count, and the power over them on the generator's own rows."""
    trials = trials_of(runner, guard)
    drawn = sample(possible(runner.settings, guard, trials.reference.clean), changes, seed=seed)
    fates = [planted.fate for planted in _at_once(trials.plant, drawn, jobs)]
    counted = [m for m, fate in zip(drawn, fates, strict=True) if fate in (Fate.NOTICED, Fate.MISSED)]
    return counted, Power(fates.count(Fate.NOTICED), fates.count(Fate.MISSED))


def _power(runner: Runner, guard: Declared, counted: list[Mutant], rows: int, jobs: int) -> Power | None:
    """The power over the same changes on other rows; None where the guard does not run or hold there."""
    try:
        trials = trials_of(runner, guard, rows=rows)
    except MlguardError as error:
        if not error.blames_code:
            raise
        return None
    noticed = [settled is not None for settled, _ in _at_once(trials.settled, counted, jobs)]
    return Power(sum(noticed), len(noticed) - sum(noticed))


def _at_once(work: Callable[[Mutant], T], mutants: Sequence[Mutant], jobs: int) -> list[T]:
    import joblib  # Loaded only where guards run.

    # Threads only wait: each run has a worker process of its own.
    done: list[T] = joblib.Parallel(jobs, backend="threading")(joblib.delayed(work)(mutant) for mutant in mutants)
    return done
