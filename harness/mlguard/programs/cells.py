"""The code cells of a notebook, as they stand in its file."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from mlguard.core.error import UsageError
from mlguard.programs.error import ProgramError

PARAMETERS = "parameters"
"""The tag of the cell whose assignments are replaced, as papermill has it."""

_SKIPPED, _MAY_RAISE = "skip-execution", "raises-exception"
"""Tags of cells that are not run, and of those whose errors are meant, as nbclient has them."""

_FILE = re.compile(r"(.+\.ipynb), cell (\d+)")
_TIMED = re.compile(r"%%time[ \t]*\n")
_LONGEST = 60


@dataclass(frozen=True)
class Cell:
    """One code cell."""

    number: int
    """Which of the cells with code it is, from 1: its number after a run from top to bottom."""
    file: str
    """What its code calls its file; no such file exists."""
    code: str
    """Its text as Python, line by line: magics are calls."""
    called: str
    """What messages call it, with its tag or its first line."""
    tags: frozenset[str]
    """Its tags."""

    @property
    def may_raise(self) -> bool:
        """Whether an error in it is meant."""
        return _MAY_RAISE in self.tags


@dataclass(frozen=True)
class Place:
    """Where a notebook is run."""

    root: Path
    """The project's root."""
    copy: Path
    """A copy of the project."""
    start: str
    """The folder in which it is started, from the root."""
    own: Path
    """A folder for what IPython and Jupyter keep."""


@dataclass(frozen=True)
class Notebook:
    """A notebook of Python."""

    name: str
    """Its file from the project's root, which messages name."""
    path: Path
    """Its file."""
    cells: tuple[Cell, ...]
    """What is run, in order."""

    @classmethod
    def read(cls, root: Path, name: str) -> Notebook:
        """Raises ProgramError where there is no such notebook, or nobody could run it as it was run."""
        path = root / name
        content = _content(path, name)
        _check_language(content.metadata, name)
        raw = [cell for cell in content.cells if cell.cell_type == "code" and cell.source.strip()]
        cells = [_cell(path, name, number, one) for number, one in enumerate(raw, start=1)]
        counted = [(cell, one.execution_count) for cell, one in zip(cells, raw, strict=True)]
        _check_order([(cell, count) for cell, count in counted if count is not None or _SKIPPED not in cell.tags], name)
        return cls(name, path, tuple(cell for cell in cells if _SKIPPED not in cell.tags))

    def giving(self, place: str) -> Cell | None:
        """The last cell that sets a variable, or a part of it, or that names a file; None where none does."""
        is_it = _names if "." in place else _sets
        wanted = PurePosixPath(place).name
        return next((cell for cell in reversed(self.cells) if is_it(cell.code, wanted)), None)

    def parameters(self, given: Collection[str]) -> Cell | None:
        """The cell whose assignments of these variables are replaced; None where none are given.

        Raises ProgramError where no cell is tagged so, or it does not assign one of them by itself.
        """
        if not given:
            return None
        tagged = next((cell for cell in self.cells if PARAMETERS in cell.tags), None)
        if tagged is None:
            raise ProgramError(f"no cell of {self.name} is tagged `{PARAMETERS}`, where {_listed(given)} would be set")
        own = {name for _, names in _assignments(tagged.code) if names <= set(given) for name in names}
        if not own.issuperset(given):
            unset = _listed([name for name in given if name not in own])
            raise ProgramError(f"{self.name}, {tagged.called}, does not set {unset} by itself")
        return tagged


def without(code: str, given: Collection[str]) -> str:
    """The code without its assignments of these variables, line by line as it was."""
    lines = code.encode().splitlines(keepends=True)
    for node, names in reversed(list(_assignments(code))):
        if names <= set(given):
            first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
            head, tail = lines[first][: node.col_offset], lines[last][node.end_col_offset :]
            lines[first : last + 1] = (head + b"pass" + b" \\\n" * (last - first) + tail).splitlines(keepends=True)
    return b"".join(lines).decode()


def source_of(file: Path) -> str:
    """The text of a module of the project, or of a cell, which is called as a file beside its notebook would be."""
    cell = _FILE.fullmatch(str(file))
    if cell is None:
        with tokenize.open(file) as module:  # In the encoding that it declares, without a mark of the byte order.
            return module.read()
    path, number = Path(cell[1]), int(cell[2])
    return next(one.code for one in Notebook.read(path.parent, path.name).cells if one.number == number)


def as_file(texts: Iterable[tuple[str, Cell | None]]) -> Any:
    """A notebook as nbformat has it: of code, with the tags of the cells that it comes from."""
    import nbformat

    v4: Any = nbformat.v4
    tags = ((text, sorted(cell.tags) if cell else []) for text, cell in texts)
    return v4.new_notebook(cells=[v4.new_code_cell(text, metadata={"tags": own}) for text, own in tags])


def needed(error: ImportError) -> UsageError:
    """What to say where a library is missing with which notebooks are run."""
    return UsageError(
        f"notebooks need {error.name}, which is not installed",
        advice="run `pip install 'pytest-mlguard[notebook]'`",
        slug="notebook-missing",
    )


def _content(path: Path, name: str) -> Any:
    try:
        import IPython.core.inputtransformer2  # noqa: F401 -- which makes Python of the cells below.
        import nbformat
    except ImportError as error:
        raise needed(error) from error
    if not path.is_file():
        raise ProgramError(f"there is no {name} in the project")
    reads: Any = nbformat.reads
    try:
        content = reads(path.read_text(encoding="utf-8"), as_version=4)
        texts = [cell.source for cell in content.cells if cell.cell_type == "code"]
        if not all(isinstance(text, str) for text in texts):
            raise ValueError("the source of a cell is no text")
        return content
    except Exception as error:  # nbformat and its parsers have no common class of errors.
        raise ProgramError(f"{name} is no notebook: {(str(error).splitlines() or [''])[0]}") from error


def _check_language(metadata: Any, name: str) -> None:
    language = metadata.get("language_info", {}).get("name") or metadata.get("kernelspec", {}).get("language")
    if language not in (None, "python"):
        raise ProgramError(f"{name} is a notebook of {language}; only those of Python can be run")


def _check_order(counted: Sequence[tuple[Cell, int | None]], name: str) -> None:
    """Refuse what a file shows that nobody could get by running its cells from top to bottom."""
    if all(count is None for _, count in counted):
        return
    for expected, (cell, count) in enumerate(counted, start=1):
        if count != expected:
            told = "was not run" if count is None else f"was run as number {count}"
            raise ProgramError(
                f"{name} was saved after a run that was not from top to bottom: {cell.called} {told}, not as "
                f"{expected}; restart its kernel and run all cells, or clear all outputs, and save it"
            )


def _cell(path: Path, name: str, number: int, raw: Any) -> Cell:
    tags = frozenset(raw.metadata.get("tags", ()))
    first = next(line for line in raw.source.splitlines() if line.strip()).strip()
    shown = ", ".join(sorted(tags)) or (first if len(first) <= _LONGEST else f"{first[:_LONGEST]}…")
    return Cell(number, f"{path}, cell {number}", _python(raw.source), f"cell {number} (`{shown}`)", tags)


def _python(source: str) -> str:
    """A cell's text as Python. `%%time` only measures, and would hide its lines; empty ones before it would be lost."""
    from IPython.core.inputtransformer2 import TransformerManager

    body = source.lstrip("\n")
    timed = _TIMED.match(body)
    body = body[timed.end() :] if timed else body
    python: Any = TransformerManager
    return "#\n" * (source.count("\n") - body.count("\n")) + str(python().transform_cell(body))


def _assignments(code: str) -> Iterator[tuple[ast.stmt, set[str]]]:
    """The assignments of variables alone that are no part of another statement, with what each sets."""
    try:
        statements = ast.parse(code).body
    except SyntaxError:
        return  # Told when the cell runs.
    for node in statements:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            parts = [part for one in targets for part in ast.walk(one) if not isinstance(part, ast.expr_context)]
            if all(isinstance(part, ast.Name | ast.Tuple | ast.List) for part in parts):
                yield node, {part.id for part in parts if isinstance(part, ast.Name)}


def _sets(code: str, variable: str) -> bool:
    """Whether a cell gives a variable, an attribute or an item of it a value, outside of functions and classes."""
    return any(variable in _roots(target) for node in _outside_functions(code) for target in _targets(node))


def _names(code: str, file: str) -> bool:
    """Whether a cell has a text that ends with the name of a file."""
    return any(
        isinstance(node, ast.Constant) and str(node.value).replace("\\", "/").rpartition("/")[2] == file
        for node in _outside_functions(code)
    )


def _outside_functions(code: str) -> Iterator[ast.AST]:
    """The parts of a cell, without the bodies of functions and classes, whose variables are their own."""
    try:
        waiting: list[ast.AST] = [ast.parse(code)]
    except SyntaxError:
        return  # Told when the cell runs.
    while waiting:
        node = waiting.pop()
        yield node
        if (text := _run_by_magic(node)) is not None:
            yield from _outside_functions(_python(text))
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def _run_by_magic(node: ast.AST) -> str | None:
    """The code that a magic runs among the notebook's variables, as `%time` and `%%capture` do; None for all else."""
    match node:
        case ast.Call(
            func=ast.Attribute(attr="run_cell_magic" | "run_line_magic"),
            args=[ast.Constant(value="capture" | "prun" | "time"), *_, ast.Constant(value=str(text))],
        ):
            return text
    return None


def _targets(node: ast.AST) -> Iterator[ast.AST]:
    """What a statement gives a value."""
    if isinstance(node, ast.Assign):
        yield from node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr | ast.For | ast.AsyncFor):
        yield node.target
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield node.optional_vars


def _roots(target: ast.AST) -> Iterator[str]:
    """The variables of a target: `a` and `b` of `a[0], b.size`."""
    if isinstance(target, ast.Tuple | ast.List):
        for part in target.elts:
            yield from _roots(part)
    elif isinstance(target, ast.Starred | ast.Attribute | ast.Subscript):
        yield from _roots(target.value)
    elif isinstance(target, ast.Name):
        yield target.id


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
