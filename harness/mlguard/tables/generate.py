"""Run a generator script with a seed, and turn what it returns into the Dataset that everybody gets."""

from __future__ import annotations

import inspect
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from mlguard.core.dataset import Dataset
from mlguard.core.error import MlguardError, RunError, UsageError
from mlguard.tables.codec import reread
from mlguard.tables.moved import differing_sheets
from mlguard.tables.returned import as_dataset
from mlguard.tables.rounding import settle_dataset
from mlguard.tables.sheet import Sheet, sheet

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
        text = f"{shown(script)} has no function `make`; a generator is a script with `def make(rng, rows=200): …`"
        raise UsageError(text, slug="generator-make")
    return Generator(script, function, _takes_rows(script, function))


def make(path: Path | str, seed: int, rows: int | None = None) -> Dataset:
    """The Dataset of a generator script for a seed: rounded, and exactly as reading its written files gives it.

    `rows` is handed to the script; None leaves it the script's own default. Raises UsageError naming the script, what
    came and what was expected; RunError naming script and line where the script raised.
    """
    return _read_back(_made(path, seed, rows))


def make_checked(path: Path | str, seed: int, rows: int | None = None) -> Dataset:
    """The same, made twice. Raises RunError naming the first table and column in which the two differ."""
    first, second = _made(path, seed, rows), _made(path, seed, rows)
    moved = differing_sheets(first.sheets, second.sheets)
    if moved is not None:
        text = f"{shown(Path(path))} gives different data when run twice with seed {seed}: {moved}"
        hint = "take all randomness from `rng`, and none from the clock, from sets or from NumPy's global state"
        raise RunError(f"{text}; {hint}", slug="generator-differs")
    return _read_back(first)


@dataclass(frozen=True)
class _Made:
    """What one run of a generator gave, rounded and taken apart."""

    dataset: Dataset
    sheets: dict[str, Sheet]


def _made(path: Path | str, seed: int, rows: int | None) -> _Made:
    generator = load_generator(path)
    returned = _returned(generator, seed, rows)
    try:
        settled = settle_dataset(as_dataset(returned))
        return _Made(settled, {name: sheet(table, name=name) for name, table in settled.tables.items()})
    except UsageError as error:
        raise UsageError(f"{shown(generator.path)}: {error.message}", slug=error.slug) from error


def _read_back(made: _Made) -> Dataset:
    tables = {name: reread(taken, name=name) for name, taken in made.sheets.items()}
    return Dataset(tables, target=made.dataset.target, decimals=made.dataset.decimals)


def _execute(script: Path) -> ModuleType:
    module = ModuleType(f"_mlguard_generator_{script.stem}")
    module.__file__ = str(script)
    # Where dataclasses and typing look up the script's own names.
    sys.modules[module.__name__] = module
    # Through the loader of modules, so that a text that stands in for the file is what runs.
    source = SourceFileLoader(module.__name__, str(script)).get_data(str(script))
    code = compile(source, script, "exec", dont_inherit=True)
    exec(code, module.__dict__)  # noqa: S102 -- running the script is the job.
    return module


def _takes_rows(script: Path, function: Callable[..., Any]) -> bool:
    parameters = list(inspect.signature(function).parameters.values())
    named = {p.name: p for p in parameters}
    free = [p for p in parameters[1:] if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    if not parameters or parameters[0].kind is inspect.Parameter.KEYWORD_ONLY or free:
        text = f"{shown(script)}: make{inspect.signature(function)} cannot be called as make(rng) or make(rng, rows=…)"
        raise UsageError(f"{text}; declare it as make(rng, rows=200)", slug="generator-make")
    return "rows" in named or any(p.kind is p.VAR_KEYWORD for p in parameters)


def _returned(generator: Generator, seed: int, rows: int | None) -> Any:
    script, arguments = generator.path, {}
    if not 0 <= seed <= _MOST_SEED:
        raise UsageError(f"seed {seed} is not from 0 to {_MOST_SEED}, which is what NumPy takes", slug="seed")
    if rows is not None:
        if not generator.takes_rows:
            text = f"{shown(script)} makes a fixed number of rows: its make has no parameter `rows`"
            raise UsageError(f"{text}; leave --rows out, or add the parameter", slug="generator-rows")
        arguments["rows"] = rows
    rng = np.random.RandomState(seed)
    return _call(script, "make", generator.function, rng, **arguments)


def _call(script: Path, doing: str, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call into a script; what it raises becomes a RunError with the script's own lines."""
    try:
        return function(*args, **kwargs)
    except MlguardError:
        raise
    except OSError as error:
        if function is not _execute or error.filename != str(script):
            raise _raised(script, doing, error) from error
        text = f"{shown(script)} cannot be read: {error.strerror}"
        raise UsageError(text, slug="generator-unreadable") from error
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
