"""Run a notebook in a Jupyter kernel of its own, a fresh process, through nbclient."""

from __future__ import annotations

import os
import pickle
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mlguard.programs.cells import Cell, Notebook, Place, as_file, needed, without
from mlguard.programs.error import ProgramError

_FOLDERS = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
"""Where IPython and Jupyter keep what is their own."""

_SET = "globals().update(__import__('pickle').loads(open({file!r}, 'rb').read()))"
_LEAVE = """\
def _leave(names, file):
    import pickle
    left = {}
    for name in names:
        if name in globals():
            try:
                left[name] = pickle.dumps(globals()[name])
            except Exception as error:
                left[name] = str(error)
    with open(file, "wb") as opened:
        pickle.dump(left, opened)
_leave(%r, %r)
"""
"""The cells before the parameters and behind the last: what goes in, and what comes out."""

_COLOURS = re.compile(r"\x1b\[[\d;]*m")
_LINE = re.compile(r"^Cell In\[\d+\],? line (\d+)|^File .*:(\d+)", re.MULTILINE)


def run_in_kernel(notebook: Notebook, given: Mapping[str, Any], wanted: Sequence[str], place: Place) -> dict[str, Any]:
    """Run all cells, and answer these of the notebook's variables; `given` are set in place of its parameters.

    Raises ProgramError with the cell and what it raised.
    """
    parameters = notebook.parameters(given)
    place.own.mkdir(exist_ok=True)
    into, out = place.own / "given", place.own / "left"
    into.write_bytes(pickle.dumps(dict(given)))
    texts: list[tuple[str, Cell | None]] = []
    for cell in notebook.cells:
        texts += [(_SET.format(file=str(into)), None)] if cell is parameters else []
        texts += [(without(cell.code, given) if cell is parameters else cell.code, cell)]
    texts += [(_LEAVE % (list(wanted), str(out)), None)]
    with _keeping(place.own):
        _execute(notebook, texts, place)
    return {name: _loaded(name, value, notebook) for name, value in pickle.loads(out.read_bytes()).items()}  # noqa: S301 -- from a process of ours.


@contextmanager
def _keeping(own: Path) -> Iterator[None]:
    """Jupyter reads and writes nothing of the user's: no kernel, no configuration, no history."""
    before = {name: os.environ.get(name) for name in _FOLDERS}
    os.environ.update(dict.fromkeys(_FOLDERS, str(own)))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            os.environ.update({name: value} if value is not None else {})


def _execute(notebook: Notebook, texts: Sequence[tuple[str, Cell | None]], place: Place) -> None:
    try:
        import ipykernel  # noqa: F401 -- nbclient starts it, and would say less where it is missing.
        from jupyter_client.manager import AsyncKernelManager
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError, DeadKernelError
    except ImportError as error:
        raise needed(error) from error
    run = as_file(texts)
    manager = AsyncKernelManager(connection_file=str(place.own / "kernel.json"))
    client = NotebookClient(
        run,
        manager,
        timeout=None,
        resources={"metadata": {"path": str(place.copy / place.start)}},
        extra_arguments=["--log-level=ERROR"],  # Its only warning is of other users of this machine, and no news.
    )
    client.owns_km = True  # Its kernel ends with it, whatever happens.
    try:
        client.execute(env=dict(os.environ))
    except DeadKernelError:
        raise ProgramError(f"`{notebook.name}` ended its kernel") from None
    except CellExecutionError as error:
        cell, line = _raising(run, texts)
        raise ProgramError(f"{notebook.name}, {cell}{line}: {error.ename}: {error.evalue}") from None


def _raising(run: Any, texts: Sequence[tuple[str, Cell | None]]) -> tuple[str, str]:
    """The cell that raised, and its line as the kernel tells it."""
    for code, (_, cell) in zip(run.cells, texts, strict=True):
        for output in code.outputs:
            if output.output_type == "error" and cell is not None and not cell.may_raise:
                found = _LINE.search(_COLOURS.sub("", "\n".join(output.traceback)))
                return cell.called, f", line {found[1] or found[2]}" if found else ""
    return "its variables", ""


def _loaded(name: str, value: bytes | str, notebook: Notebook) -> Any:
    try:
        return pickle.loads(value)  # type: ignore[arg-type]  # noqa: S301 -- as above; text is told below.
    except Exception as error:  # Classes raise what they like.
        told = value if isinstance(value, str) else error
        raise ProgramError(f"`{name}` of {notebook.name} cannot leave its kernel: {told}") from None
