"""Run a generator script with a seed, and turn what it returns into the Dataset that everybody gets."""

from __future__ import annotations

import inspect
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from mlguard.core.dataset import Dataset
from mlguard.core.error import MlguardError, RunError, UsageError, several
from mlguard.tables.codec import reread
from mlguard.tables.digest import column_digests_of
from mlguard.tables.rounding import settle_dataset
from mlguard.tables.sheet import Sheet, sheet

_EXPECTED = "expected a DataFrame, an array, a mapping of table names to these, or a mlguard.Dataset"
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
_MOST_SEED = 2**32 - 1


@dataclass(frozen=True)
class Generator:
    """A generator script that was read."""

    path: Path
    """The script; its file name is the dataset's name."""
    function: Callable[..., Any]
    """Its `make(rng, rows=…)`."""
    takes_rows: bool
    """Whether `make` has a parameter `rows`."""

    @property
    def name(self) -> str:
        """The dataset's name."""
        return self.path.stem


def load_generator(path: Path | str) -> Generator:
    """Read a generator script, from its source: no compiled copy is read or written.

    Raises UsageError where there is no such script or no usable `make` in it, RunError where reading it raised.
    """
    script = Path(path).resolve()
    function = _call(script, "reading it", _execute, script).__dict__.get("make")
    if not callable(function):
        text = f"{_shown(script)} has no function `make`; a generator is a script with `def make(rng, rows=200): …`"
        raise UsageError(text, slug="generator-make")
    return Generator(script, function, _takes_rows(script, function))


def make(path: Path | str, seed: int, rows: int | None = None) -> Dataset:
    """The Dataset of a generator script for a seed: rounded, and exactly as reading its written files gives it.

    `rows` is handed to the script; None leaves it the script's own default. Raises UsageError naming the script, what
    came and what was expected; RunError naming script and line where the script raised.
    """
    generator = load_generator(path)
    settled = settle_dataset(_returned(generator, seed, rows))
    tables = {name: reread(table, name=name) for name, table in settled.tables.items()}
    return Dataset(tables, target=settled.target, decimals=settled.decimals)


def make_checked(path: Path | str, seed: int, rows: int | None = None) -> Dataset:
    """The same, made twice. Raises RunError naming the first table and column in which the two differ."""
    first, second = make(path, seed, rows), make(path, seed, rows)
    moved = differing(first, second)
    if moved is not None:
        text = f"{_shown(Path(path))} gives different data when run twice with seed {seed}: {moved}"
        hint = "take all randomness from `rng`, and none from the clock, from sets or from NumPy's global state"
        raise RunError(f"{text}; {hint}", slug="generator-differs")
    return first


def differing(before: Dataset, after: Dataset) -> str | None:
    """Where two Datasets first differ, in words; None where they hold the same."""
    if before.target != after.target:
        return f"the target is {after.target!r}, was {before.target!r}"
    for name in sorted({*before, *after}):
        if name not in before or name not in after:
            return f"table {name!r} is {'new' if name in after else 'gone'}"
        moved = _differing_sheet(sheet(before[name], name=name), sheet(after[name], name=name))
        if moved:
            return f"table {name!r}{moved}"
    return None


def _differing_sheet(before: Sheet, after: Sheet) -> str | None:
    if (before.schema.kind, before.schema.shape) != (after.schema.kind, after.schema.shape):
        return f" has shape {after.schema.shape}, had {before.schema.shape}"
    old, new = column_digests_of(before), column_digests_of(after)
    if list(old) != list(new):
        return f" has columns {', '.join(map(str, new))}, had {', '.join(map(str, old))}"
    for position, (column, digest) in enumerate(old.items()):
        if digest != new[column]:
            return _differing_column(before, after, position)
    return None


def _differing_column(before: Sheet, after: Sheet, position: int) -> str:
    column, other = before.schema.columns[position], after.schema.columns[position]
    place = "" if column.name == "" else f", column {column.name!r}"
    if column.type != other.type:
        return f"{place} is {other.type.name}, was {column.type.name}"
    pairs = list(zip(before.cells[position], after.cells[position], strict=True))
    moved = [(row, old, new) for row, (old, new) in enumerate(pairs) if old != new]
    row, old, new = moved[0]
    unit = "row" if before.schema.kind == "table" else "element"
    return f"{place}: {len(moved)} of {len(pairs)} elements, first in {unit} {row}: {new!r}, was {old!r}"


def _execute(script: Path) -> ModuleType:
    module = ModuleType(f"_mlguard_generator_{script.stem}")
    module.__file__ = str(script)
    # Where dataclasses and typing look up the script's own names.
    sys.modules[module.__name__] = module
    code = compile(script.read_bytes(), script, "exec", dont_inherit=True)
    exec(code, module.__dict__)  # noqa: S102 -- running the script is the job.
    return module


def _takes_rows(script: Path, function: Callable[..., Any]) -> bool:
    parameters = list(inspect.signature(function).parameters.values())
    named = {p.name: p for p in parameters}
    free = [p for p in parameters[1:] if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    if not parameters or parameters[0].kind is inspect.Parameter.KEYWORD_ONLY or free:
        text = f"{_shown(script)}: make{inspect.signature(function)} cannot be called as make(rng) or make(rng, rows=…)"
        raise UsageError(f"{text}; declare it as make(rng, rows=200)", slug="generator-make")
    return "rows" in named or any(p.kind is p.VAR_KEYWORD for p in parameters)


def _returned(generator: Generator, seed: int, rows: int | None) -> Dataset:
    script, arguments = generator.path, {}
    if not 0 <= seed <= _MOST_SEED:
        raise UsageError(f"seed {seed} is not from 0 to {_MOST_SEED}, which is what NumPy takes", slug="seed")
    if rows is not None:
        if not generator.takes_rows:
            text = f"{_shown(script)} makes a fixed number of rows: its make has no parameter `rows`"
            raise UsageError(f"{text}; leave --rows out, or add the parameter", slug="generator-rows")
        arguments["rows"] = rows
    rng = np.random.RandomState(seed)
    return _dataset(script, _call(script, "make", generator.function, rng, **arguments))


def _dataset(script: Path, returned: Any) -> Dataset:
    """What a generator returned as a Dataset; every problem with it at once."""
    if not isinstance(returned, Dataset | Mapping | pd.DataFrame | np.ndarray):
        came = "nothing (None)" if returned is None else f"a {_named(returned)}"
        raise UsageError(f"{_shown(script)}: make returned {came}; {_EXPECTED}", slug="generator-returned")
    dataset = returned if isinstance(returned, Dataset) else Dataset(returned)
    problems = [*_name_problems(dataset), *_table_problems(dataset), *_target_problems(dataset)]
    if problems:
        raise several([f"{_shown(script)}: make returned {problem}" for problem in problems], slug="generator-returned")
    return dataset


def _name_problems(dataset: Dataset) -> list[str]:
    if not dataset.tables:
        return [f"no tables; {_EXPECTED}"]
    bad = [
        n for n in dataset if not (isinstance(n, str) and n.isidentifier() and n.isascii()) or n.lower() in _RESERVED
    ]
    found = [f"a table named {name!r}; names are ASCII Python identifiers, and files of that name" for name in bad]
    folded = [str(name).lower() for name in dataset]
    twice = [name for name in dataset if folded.count(str(name).lower()) > 1]
    return found + ([f"tables whose names differ only in case: {', '.join(twice)}"] if twice else [])


def _table_problems(dataset: Dataset) -> list[str]:
    found = []
    for name, table in dataset.items():
        if not isinstance(table, pd.DataFrame | np.ndarray):
            hint = "; use .to_frame()" if isinstance(table, pd.Series) else ""
            found.append(f"a {_named(table)} as table {name!r}; expected a DataFrame or an array{hint}")
        elif not table.size:
            found.append(f"an empty table {name!r} of shape {table.shape}; expected at least one row and one column")
    return found


def _target_problems(dataset: Dataset) -> list[str]:
    target = dataset.target
    if target is None or target in dataset.tables:
        return []
    frames = [table for table in dataset.tables.values() if isinstance(table, pd.DataFrame)]
    columns = sorted({str(column) for frame in frames for column in frame.columns})
    if any(target in frame.columns for frame in frames):
        return []
    return [f"the target {target!r}, which is no column; there are: {', '.join(columns) or 'none'}"]


def _call(script: Path, doing: str, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call into a script; what it raises becomes a RunError with the script's own lines."""
    try:
        return function(*args, **kwargs)
    except MlguardError:
        raise
    except OSError as error:
        if function is not _execute or error.filename != str(script):
            raise _raised(script, doing, error) from error
        text = f"{_shown(script)} cannot be read: {error.strerror}"
        raise UsageError(text, slug="generator-unreadable") from error
    except (Exception, SystemExit) as error:
        raise _raised(script, doing, error) from error


def _raised(script: Path, doing: str, error: BaseException) -> RunError:
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(script)]
    line = own[-1].lineno if own else getattr(error, "lineno", None)
    place = f"{_shown(script)}, line {line}" if line else _shown(script)
    what = "".join(traceback.format_exception_only(error)).strip()
    frames = "".join(traceback.format_list(own)).rstrip()
    return RunError("\n".join(filter(None, [f"{place}: {doing} raised {what}", frames])), slug="generator-raised")


def _shown(script: Path) -> str:
    """The script as messages name it: from the working directory where it lies below."""
    path = script.resolve()
    return path.relative_to(Path.cwd()).as_posix() if path.is_relative_to(Path.cwd()) else os.fspath(path)


def _named(value: object) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
