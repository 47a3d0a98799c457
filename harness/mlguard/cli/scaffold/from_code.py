"""A first guard of code that exists, made from its source alone: nothing of it is run."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from mlguard.cli.scaffold.as_functions import functions_of, guard_of_functions, is_importable
from mlguard.cli.scaffold.as_script import guard_of_script
from mlguard.cli.scaffold.files import Files
from mlguard.cli.scaffold.paths import Named, files_named
from mlguard.core.error import MlguardError, UsageError
from mlguard.programs.cells import Notebook
from mlguard.programs.error import ProgramError
from mlguard.tools.like.write import dataset_name, likeness


@dataclass(frozen=True)
class FirstGuard:
    """The guard of a module or script, and what it needs."""

    module: str
    """The file name of the test module that declares it."""
    text: str
    """The test module."""
    generator: tuple[str, str] | None
    """The name and text of a generator after the table that the code reads; None where no table was found."""
    notes: tuple[str, ...]
    """What its owner has to do or to know."""


def first_guard(root: Path, file: Path) -> FirstGuard:
    """A guard of a file below the root: of its functions where it trains and predicts by such, else of the script.

    Raises UsageError where it cannot be read or parsed.
    """
    _refuse_unspellable(file)
    tree, named = _looked_at(root, file)
    files = Files.of(root, file, named)
    generator, notes = _generator(files)
    dataset = generator[0] if generator else dataset_name(file)
    functions = functions_of(tree)
    if {"train", "predict"} <= set(functions) and is_importable(root, file):
        text, more = guard_of_functions(root, file, functions, dataset)
    else:
        text, more = guard_of_script(files, dataset)
        notes = notes if files.inputs else []  # A script that reads no table needs no dataset.
    return FirstGuard(f"test_{dataset_name(file)}.py", text, generator, (*notes, *more))


def _refuse_unspellable(file: Path) -> None:
    try:
        str(file).encode()
    except UnicodeEncodeError as error:
        raise UsageError(
            f"{str(file)!a} is no UTF-8 text, so no guard can name it: rename it", slug="init-from"
        ) from error


def _looked_at(root: Path, file: Path) -> tuple[ast.Module, list[Named]]:
    """The source of a file, and the files that it names."""
    try:
        tree = ast.parse(_source(root, file))
        return tree, files_named(tree)
    except ProgramError as error:
        raise UsageError(str(error), slug="init-from") from error
    except SyntaxError as error:
        line = f", line {error.lineno}" if error.lineno else ""
        raise UsageError(f"{file}{line}: {error.msg}", slug="init-from") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} cannot be read: {error}", slug="init-from") from error
    except (RecursionError, MemoryError) as error:  # What Python's parser raises then, however much memory there is.
        raise UsageError(f"{file} cannot be read: its expressions are nested too deeply", slug="init-from") from error


def _source(root: Path, file: Path) -> str | bytes:
    """The text of a module; of a notebook, that of its cells."""
    if file.suffix != ".ipynb":
        return file.read_bytes()
    return "\n".join(cell.code for cell in Notebook.read(root, file.relative_to(root).as_posix()).cells)


def _generator(files: Files) -> tuple[tuple[str, str] | None, list[str]]:
    """The generator after the first table that the code reads, training rows before others."""
    table = files.learned_from
    if table is None:
        return None, ["write the generator of the dataset: no table was found that the code reads"]
    try:
        name, text, notes = likeness(files.root / table)
    except MlguardError as error:
        return None, [f"write the generator of the dataset: {error.message}"]
    return (name, text), [f"{table}: {note}" for note in notes]
