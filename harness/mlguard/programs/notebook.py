"""Run a notebook inside this process through IPython, from top to bottom and from nothing, where it can be followed."""

from __future__ import annotations

import atexit
import builtins
import functools
import os
import subprocess
import sys
import warnings
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

from mlguard.programs.cells import Cell, Notebook, Place, without
from mlguard.programs.ending import until_its_end
from mlguard.programs.error import ProgramError
from mlguard.programs.run import as_program, repeat

_PROMPTS = ("ps1", "ps2", "ps3")


def run_inside(notebook: Notebook, given: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """Run all cells, and answer the notebook's variables; `given` are set in place of its parameters.

    Raises what a cell raises, with the cell's name beside it.
    """
    parameters = notebook.parameters(given)
    module, root = ModuleType("__main__"), place.root
    with as_program(module, [str(notebook.path)], str(place.copy / place.start), root):
        os.chdir(place.copy / place.start)
        with _shell(module, place.own) as shell, until_its_end(root):
            for cell in notebook.cells:
                if cell is parameters:
                    module.__dict__.update(given)
                _run_cell(shell, notebook, cell, given if cell is parameters else ())
    return dict(module.__dict__)


def _run_cell(shell: Any, notebook: Notebook, cell: Cell, given: Collection[str]) -> None:
    shell.compile.file = cell.file
    result = shell.run_cell(without(_text(cell), given), store_history=True)
    error = result.error_before_exec or result.error_in_exec
    if error is None or cell.may_raise:
        return
    place = f"{notebook.name}, {cell.called}"
    if isinstance(error, SystemExit):
        raise ProgramError(f"{place}, left with exit status {error.code or 0}") from error
    is_its_own = isinstance(error, SyntaxError) and error.filename == cell.file
    line = error.lineno if is_its_own else _line(error.__traceback__, cell)
    error.add_note(f"in {place}{f', line {line}' if line else ''}")
    raise error


def _text(cell: Cell) -> str:
    """The text of a cell, or what this run has in its place, as for a file of the project."""
    try:
        return SourceFileLoader("__main__", cell.file).get_data(cell.file).decode()
    except OSError:
        return cell.code


def _line(traceback: TracebackType | None, cell: Cell) -> int | None:
    """The line of the cell in which something was raised."""
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == cell.file:
            return traceback.tb_lineno
        traceback = traceback.tb_next
    return None


@contextmanager
def _shell(module: ModuleType, own: Path) -> Iterator[Any]:
    """An IPython of its own that nothing of it outlives: no history, no profile of the user's, no figure."""
    known, prompts = set(vars(builtins)), {name: getattr(sys, name) for name in _PROMPTS if hasattr(sys, name)}
    os.environ["IPYTHONDIR"] = str(own)
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    warnings.filterwarnings("ignore", "To exit: use")  # Said to somebody who sits before it.
    shell = _shells().instance(user_module=module, user_ns=module.__dict__)
    try:
        yield shell
    finally:
        _shells().clear_instance()
        atexit.unregister(shell.atexit_operations)
        for name in set(vars(builtins)) - known:
            delattr(builtins, name)
        for name in _PROMPTS:
            vars(sys).pop(name, None)
        vars(sys).update(prompts)
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close("all")


@functools.cache
def _shells() -> Any:
    """The class of our shells."""
    from IPython.core.compilerop import CachingCompiler
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    # Half of IPython has types.
    compiling: Any = CachingCompiler
    running: Any = InteractiveShell

    class Compiler(compiling):  # type: ignore[misc]
        """Calls code by the name of its cell."""

        file = ""

        def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
            return self.file

    class Shell(running):  # type: ignore[misc]
        """Shows no traceback: what a cell raises is told once."""

        def __init__(self, **facts: Any) -> None:
            config = Config()
            config.HistoryManager.enabled = False
            super().__init__(config=config, compiler_class=Compiler, **facts)

        def system(self, command: str) -> None:
            """Run a command line of the notebook, without the terminal that IPython would make for it."""
            shell = ["sh", "-c", self.var_expand(command, depth=1)]
            done = subprocess.run(  # noqa: S603 -- what the notebook says to a shell.
                shell, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
            repeat(sys.stdout, done.stdout.decode("utf-8", errors="replace"))
            self.user_ns["_exit_code"] = done.returncode

        def ask_exit(self) -> None:
            """What `exit` and `quit` do."""
            raise SystemExit

        def enable_gui(self, gui: Any = None) -> None: ...

        def showtraceback(self, *told: Any, **facts: Any) -> None: ...

        def showsyntaxerror(self, *told: Any, **facts: Any) -> None: ...

    return Shell
