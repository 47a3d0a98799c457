"""The Datasets of one run: made by the guard's generator or read from given tables, and changed where that is asked."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from mlguard.core.dataset import Dataset
from mlguard.core.error import MlguardError, UsageError
from mlguard.core.guard import Guard
from mlguard.runner.order import Change, Extent, Order
from mlguard.tables.folder import read_dataset
from mlguard.tables.generate import make, make_checked, shown


def datasets(order: Order, guard: type[Guard], name: str) -> tuple[Dataset, dict[int, Dataset]]:
    """The Dataset of the first seed and those of the others, which the main run alone has no use for.

    Raises UsageError where there is no generator or it cannot make the rows asked for, RunError where it raised.
    """
    if guard.dataset is None:
        return Dataset({}), {}
    if order.tables is not None:
        return _changed(read_dataset(order.tables), order.change), _other_seeds_if_any(order, guard, name)
    script = find_generator(guard.dataset, order.generators, name)
    # That a script gives the same twice is looked at once, by the run that sees everything.
    make_first = make_checked if order.extent.asks else make
    first = make_first(script, seeds(order, guard)[0], order.change.rows)
    return _changed(first, order.change), _other_seeds(order, guard, script)


def seeds(order: Order, guard: type[Guard]) -> tuple[int, ...]:
    """The data seeds of this run, the first one first."""
    return tuple(order.change.seeds or guard.seeds)


def find_generator(name: str, folders: tuple[Path, ...], guard: str) -> Path:
    """The generator script of a dataset; the project's, whose folder is the first, wins over a built-in one."""
    for folder in folders:
        if (folder / f"{name}.py").is_file():
            return folder / f"{name}.py"
    known = sorted({script.stem for folder in folders for script in folder.glob("*.py") if script.stem != "__init__"})
    near = get_close_matches(name, known, n=1)
    raise UsageError(
        f"guard {guard}: there is no generator {name}.py in {shown(folders[0])}, and none of that name is built in",
        advice=f"did you mean {near[0]}?" if near else "write one",
        slug="generator-unknown",
    )


def _other_seeds(order: Order, guard: type[Guard], script: Path) -> dict[int, Dataset]:
    others = () if order.extent is Extent.MAIN else seeds(order, guard)[1:]
    return {seed: _changed(make(script, seed, order.change.rows), order.change) for seed in others}


def _other_seeds_if_any(order: Order, guard: type[Guard], name: str) -> dict[int, Dataset]:
    """The other seeds' data beside stored tables: they say which columns have gaps, and so which probes decide."""
    try:
        return _other_seeds(order, guard, find_generator(str(guard.dataset), order.generators, name))
    except MlguardError:
        return {}  # What is wrong with the generator was said when the guard ran on its data.


def _changed(data: Dataset, change: Change) -> Dataset:
    return data if change.data is None else change.data(data)
