"""Run a generator script with a seed, and turn what it returns into the Dataset that everybody gets."""

from __future__ import annotations

import inspect
import os
import sys
import traceback
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from mlguard.core.dataset import Dataset
from mlguard.core.error import MlguardError, RunError, UsageError
from mlguard.tables.codec import decode_table, encode_sheet
from mlguard.tables.moved import differing_sheets
from mlguard.tables.returned import as_dataset
from mlguard.tables.rounding import settle_dataset
from mlguard.tables.sheet import Sheet, sheets

_MOST_SEED = 2**32 - 1


def make(path: Path | str, seed: int, rows: int | None = None) -> Dataset:
    """The Dataset of a generator script for a seed: rounded, and exactly as reading its written files gives it.

    The script runs from its source: no compiled copy is read or written. `rows` is handed to it; None leaves it the
    script's own default. Raises UsageError naming the script, what came and what was expected; RunError naming script
    and line where the script raised.
    """
    return _read_back(*_made(path, seed, rows))


def make_checked(path: Path | str, seed: int, rows: int | None = None) -> Dataset:
    """The same, made twice. Raises RunError naming the first table and column in which the two differ."""
    dataset, first = _made(path, seed, rows)
    _, second = _made(path, seed, rows)
    moved = differing_sheets(first, second)
    if moved is not None:
        text = f"{shown(Path(path))} gives different data when run twice with seed {seed}: {moved}"
        hint = "take all randomness from `rng`, and none from the clock, from sets or from NumPy's global state"
        raise RunError(f"{text}; {hint}", slug="generator-differs")
    return _read_back(dataset, first)


def _made(path: Path | str, seed: int, rows: int | None) -> tuple[Dataset, dict[str, Sheet]]:
    """What one run of a generator gave, rounded, and the same taken apart."""
    script = Path(path).resolve()
    returned = _returned(script, seed, rows)
    try:
        settled = settle_dataset(as_dataset(returned))
        return settled, sheets(settled)
    except UsageError as error:
        raise UsageError(f"{shown(script)}: {error.message}", slug=error.slug) from error


def _read_back(dataset: Dataset, taken: dict[str, Sheet]) -> Dataset:
    tables = {name: decode_table(encode_sheet(sheet), sheet.schema, file=name) for name, sheet in taken.items()}
    return Dataset(tables, target=dataset.target, decimals=dataset.decimals)


def _returned(script: Path, seed: int, rows: int | None) -> Any:
    function = _call(script, "reading it", _execute, script).__dict__.get("make")
    if not callable(function):
        text = f"{shown(script)} has no function `make`; a generator is a script with `def make(rng, rows=200): …`"
        raise UsageError(text, slug="generator-make")
    takes_rows = _takes_rows(script, function)
    if not 0 <= seed <= _MOST_SEED:
        raise UsageError(f"seed {seed} is not from 0 to {_MOST_SEED}, which is what NumPy takes", slug="seed")
    if rows is not None and not takes_rows:
        text = f"{shown(script)} makes a fixed number of rows: its make has no parameter `rows`"
        raise UsageError(f"{text}; leave --rows out, or add the parameter", slug="generator-rows")
    arguments = {} if rows is None else {"rows": rows}
    return _call(script, "make", function, np.random.RandomState(seed), **arguments)


def _execute(script: Path) -> ModuleType:
    module = ModuleType(f"_mlguard_generator_{script.stem}")
    module.__file__ = str(script)
    try:  # Through the loader of modules, so that a text that stands in for the file is what runs.
        source = SourceFileLoader(module.__name__, str(script)).get_data(str(script))
    except OSError as error:
        raise UsageError(f"{shown(script)} cannot be read: {error.strerror}", slug="generator-unreadable") from error
    # Where dataclasses and typing look up the script's own names.
    sys.modules[module.__name__] = module
    code = compile(source, script, "exec", dont_inherit=True)
    exec(code, module.__dict__)  # noqa: S102 -- running the script is the job.
    return module


def _takes_rows(script: Path, function: Callable[..., Any]) -> bool:
    """Whether `make` has a parameter `rows`."""
    parameters = list(inspect.signature(function).parameters.values())
    free = [p for p in parameters[1:] if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    if not parameters or parameters[0].kind is inspect.Parameter.KEYWORD_ONLY or free:
        text = f"{shown(script)}: make{inspect.signature(function)} cannot be called as make(rng) or make(rng, rows=…)"
        raise UsageError(f"{text}; declare it as make(rng, rows=200)", slug="generator-make")
    return any(p.name == "rows" or p.kind is p.VAR_KEYWORD for p in parameters)


def _call(script: Path, doing: str, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call into a script; what it raises becomes a RunError with the script's own lines."""
    try:
        return function(*args, **kwargs)
    except MlguardError:
        raise
    except (Exception, SystemExit) as error:
        raise _raised(script, doing, error) from error


def _raised(script: Path, doing: str, error: BaseException) -> RunError:
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(script)]
    line = own[-1].lineno if own else getattr(error, "lineno", None)
    place = f"{shown(script)}, line {line}" if line else shown(script)
    what = f"{type(error).__name__}: {error}".removesuffix(": ")
    for frame in own:
        frame.filename = shown(script)
    frames = "".join(traceback.format_list(own)).rstrip()
    return RunError(f"{place}: {doing} raised {what}", slug="generator-raised", traceback=frames or None)


def shown(script: Path) -> str:
    """A script or folder as messages name it: from the working directory where it lies below."""
    path = script.resolve()
    return path.relative_to(Path.cwd()).as_posix() if path.is_relative_to(Path.cwd()) else os.fspath(path)
