"""Run a program: a Python one inside this process, where it can be followed, any other one as a process."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import re
import shlex
import signal
import subprocess
import sys
import types
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from itertools import pairwise
from pathlib import Path
from typing import TextIO

from mlguard.programs.ending import until_its_end
from mlguard.programs.error import ProgramError
from mlguard.programs.modules import own_modules, own_namespaces
from mlguard.programs.shown import importing, shown

_ERROR = re.compile(r"(error|exception|panic|fatal)\w*\b.*\S", re.IGNORECASE)

_OPERATORS = frozenset({"&&", "||", "|", ";", "&"})
_REDIRECTION = re.compile(r"\d?[<>]")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")

PYTHONS = ("python", "python3")
"""What stands for the interpreter that runs the guard."""


@dataclass(frozen=True)
class Program:
    """One call of a program."""

    called: str
    """What messages call it."""
    words: tuple[str, ...]
    """The program and its arguments."""
    root: Path
    """The project's root: a word that names a file below it is the file's path, in the copy where it runs in one."""
    isolated: bool = False
    """Whether a Python program gets a process of its own."""
    folder: Path | None = None
    """Where it runs; None for the current folder."""

    def run(self) -> str:
        """Run it to its end, and answer what it printed. Raises ProgramError, or what a Python program raised."""
        if self.words[0] in PYTHONS and not self.isolated and len(self.words) > 1:
            return self._inside()
        return self._process([sys.executable if self.words[0] in PYTHONS else self._placed(self.words[0])])

    def _inside(self) -> str:
        first, *rest = self.words[1:]
        if first == "-m" and rest:
            return self._executed(*_module(rest[0], self.root), rest[1:])
        if first.startswith("-"):
            return self._process([sys.executable])
        script = self.root / first
        if not script.is_file():
            raise ProgramError(f"`{self.called}`: there is no {first} in the project")
        return self._executed(SourceFileLoader("__main__", str(script)), None, rest)

    def _executed(
        self, loader: SourceFileLoader, spec: importlib.machinery.ModuleSpec | None, arguments: Sequence[str]
    ) -> str:
        # As Python does it: what is run as a program leaves no bytecode.
        code = loader.source_to_code(loader.get_data(loader.path), loader.path)
        module = types.ModuleType("__main__")
        file = shown(Path(loader.path))
        module.__dict__.update(__file__=str(file), __spec__=spec, __loader__=loader)
        module.__package__ = spec.parent if spec else None
        printed, said = _Captured(), _Captured()
        folder = None if spec else str(file.parent)
        try:
            with as_program(module, [str(file), *map(self._placed, arguments)], folder, self.root):
                os.chdir(self.folder or ".")
                streams = contextlib.redirect_stdout(printed), contextlib.redirect_stderr(said)
                with streams[0], streams[1], until_its_end(self.root):
                    exec(code, module.__dict__)  # noqa: S102 -- the program that is under guard.
        except SystemExit as leaving:
            if leaving.code not in (None, 0):
                raise ProgramError(f"`{self.called}` {_left(leaving.code, said.text())}") from leaving
        finally:
            repeat(sys.stdout, printed.text())
            repeat(sys.stderr, said.text())
        return printed.text()

    def _process(self, start: list[str]) -> str:
        # What stands behind `-m` is the name of a module, which a folder may have as well.
        rest = [w if before == "-m" else self._placed(w) for before, w in pairwise(self.words)]
        words = [*start, *rest]
        try:
            done = subprocess.run(  # noqa: S603 -- the program that is under guard.
                words, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, check=False
            )
        except OSError as error:
            raise ProgramError(f"`{self.called}` cannot be started: {error.strerror or error}") from None
        printed, said = (text.decode("utf-8", errors="replace") for text in (done.stdout, done.stderr))
        repeat(sys.stdout, printed)
        repeat(sys.stderr, said)
        if done.returncode:
            raise ProgramError(f"`{self.called}` {_ended(done.returncode)}: {_reason(said)}")
        return printed

    def _placed(self, word: str) -> str:
        """A word, or the path of the project's file or folder that it names."""
        place = self.root / word
        return str(shown(place)) if word and word != "." and not os.path.isabs(word) and place.exists() else word


def words_of(line: str) -> tuple[str, ...]:
    """The words of a command line. Raises ValueError where its quotes do not match."""
    return tuple(shlex.split(line))


def shell_syntax(line: str) -> Iterator[str]:
    """What is wrong with a command line, such as what only a shell would understand: the ends of sentences."""
    try:
        words = words_of(line)
    except ValueError as error:
        yield f"is no command line: {error}"
        return
    found = [word for word in words if word in _OPERATORS or _REDIRECTION.match(word)]
    if words[:1] == ("cd",) or (words and _ASSIGNMENT.match(words[0])):
        found.insert(0, words[0])
    if found:
        yield f"says `{found[0]}` to a shell, and none reads it; write it as: sh -c '…'"


class _Kept(io.BytesIO):
    """Bytes that outlive whatever is wrapped around them."""

    def close(self) -> None:
        """Nothing: a program may wrap its standard output anew, and the wrapper closes what it wraps."""


class _Captured(io.TextIOWrapper):
    """A standard stream that keeps what is written to it; programs may take its `buffer`, or reconfigure it."""

    def __init__(self) -> None:
        self._kept = _Kept()
        super().__init__(self._kept, encoding="utf-8", write_through=True)

    def text(self) -> str:
        """Everything so far."""
        return self._kept.getvalue().decode("utf-8", errors="replace")


def repeat(stream: TextIO | None, text: str) -> None:
    """What a program said goes where the guarded code's own output goes, which messages show where a run fails."""
    if stream is not None and text:
        stream.write(text)


def _module(name: str, root: Path) -> tuple[SourceFileLoader, importlib.machinery.ModuleSpec]:
    """Where a module lies that is run as a program; looking for it imports the packages above, for nobody to keep."""
    before = {*sys.modules}
    try:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            spec = importlib.util.find_spec(f"{name}.__main__")
    finally:
        for own in {*_own(root)} - before:
            del sys.modules[own]
    if spec is None or not isinstance(spec.loader, SourceFileLoader):
        raise ProgramError(f"`python -m {name}`: there is no such module")
    return spec.loader, spec


@contextlib.contextmanager
def as_program(module: types.ModuleType, arguments: list[str], folder: str | None, root: Path) -> Iterator[None]:
    """What a program finds in a process of its own: its arguments, its folder first on the path, no module of ours.

    Modules of the project that it loads are gone when it ends, so that none keeps a state for the next program.
    Libraries stay loaded, but for those in whose place the program's folder has a module of the same name.
    """
    numpy = sys.modules.get("numpy")
    saved = sys.argv, sys.path[:], dict(os.environ), os.getcwd(), sys.modules["__main__"], sys.dont_write_bytecode
    before = {name: sys.modules.pop(name) for name in dict.fromkeys([*_own(root), *_in_the_way(folder)])}
    sys.argv, sys.modules["__main__"], sys.dont_write_bytecode = arguments, module, True
    sys.path[:0] = [folder] if folder else []
    # Python keeps what it knows of `../src` under that name, which means another folder from now on.
    for name in [name for name in sys.path_importer_cache if not os.path.isabs(name)]:
        del sys.path_importer_cache[name]
    try:
        with importing(), warnings.catch_warnings(), numpy.errstate() if numpy else contextlib.nullcontext():
            yield
    finally:
        for name in _own(root):
            del sys.modules[name]
        sys.modules.update(before)
        sys.argv, sys.path[:], environment, place, sys.modules["__main__"], sys.dont_write_bytecode = saved
        os.chdir(place)
        os.environ.clear()
        os.environ.update(environment)


def _own(root: Path) -> list[str]:
    """Names of the project's loaded modules, but for the program itself."""
    return [name for name in (*own_modules(root), *own_namespaces(root)) if name != "__main__"]


def _in_the_way(folder: str | None) -> list[str]:
    """Names of loaded modules of others, for which the program's folder has modules, which a new process would find."""
    if folder is None or not os.path.isdir(folder):
        return []
    with os.scandir(folder) as entries:
        found = {entry.name.removesuffix(".py") for entry in entries if _is_module(entry)}
    found -= {*sys.stdlib_module_names, "mlguard"}
    return [name for name in list(sys.modules) if name.partition(".")[0] in found and name != "__main__"]


def _is_module(entry: os.DirEntry[str]) -> bool:
    return entry.name.endswith(".py") or (entry.is_dir() and os.path.isfile(os.path.join(entry.path, "__init__.py")))


def _reason(said: str) -> str:
    """The last line that names an error, as some interpreters say more behind it; else the last line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if _ERROR.search(line)]
    return (errors or lines or ["it said nothing"])[-1]


def _left(code: object, said: str) -> str:
    """How a program ended that left by itself: with a number, or with words that stand for 1."""
    status, words = (code, _reason(said)) if isinstance(code, int) else (1, str(code))
    return f"ended with exit status {status}: {words}"


def _ended(status: int) -> str:
    if status > 0:
        return f"ended with exit status {status}"
    try:
        return f"was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"was ended by signal {-status}"
