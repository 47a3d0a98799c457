"""Guards of command lines: programs in any language that train, predict and evaluate on files."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from mlguard.configuration import as_text
from mlguard.core.guard import Guard
from mlguard.programs import FORMATS, metrics
from mlguard.programs.bundle import Bundle
from mlguard.programs.overlay import changed_config, for_one_call, lay
from mlguard.programs.run import Program, shell_syntax, words_of

PLACES: Mapping[str, tuple[str, ...]] = {
    "train": ("train", "data", "bundle", "config"),
    "predict": ("bundle", "rows", "answers", "config"),
    "evaluate": ("test", "answers", "metrics", "config"),
}
"""What a command line may name in braces, by method."""

NEEDED: Mapping[str, tuple[str, ...]] = {
    "train": ("bundle",),
    "predict": ("bundle", "rows", "answers"),
    "evaluate": ("test", "answers"),
}
"""What it must name: without it, the program would not depend on what it is given, or leave nothing."""

_PLACE = re.compile(r"\{(\w*)(\.\w+)?\}")


class CommandGuard(Guard):
    """A guard whose `train`, `predict` and `evaluate` are command lines; all else is as with any Guard.

    - `train` is given `{train}`, the training rows, or `{data}`, a folder with all tables of the Dataset, and writes
      what prediction needs into the folder `{bundle}`;
    - `predict` is given `{bundle}` and `{rows}`, and writes one answer per row to `{answers}`;
    - `evaluate` is given `{test}` and `{answers}`, and writes a JSON object of numbers to `{metrics}`, or prints it.

    `{config}` is the file of the configuration. Tables are CSV; `{rows.jsonl}`, `{rows.parquet}` and `{answers.npy}`
    are tables of other formats. A word that names a file of the project is passed as its path. `python` runs inside
    the guard's worker, in a fresh `__main__`; with `isolated = True`, and for all other programs, in a process.
    """

    abstract = True
    isolated: ClassVar[bool] = False

    def __init_subclass__(cls, **rest: Any) -> None:
        super().__init_subclass__(**rest)
        for method in PLACES:
            line = getattr(cls, method, None)  # Its own, or that of a class beside this one.
            if isinstance(line, list | tuple) and all(isinstance(word, str) for word in line):
                line = shlex.join(line)
            if isinstance(line, str):
                setattr(cls, method, Command(method, line))

    @classmethod
    def _problems(cls) -> Iterator[str]:
        for method in PLACES:
            command = getattr(cls, method, None)
            if isinstance(command, Command):
                yield from command.problems()
                if "config" in command.places and cls.config is None:
                    yield f"`{method}` names {{config}}, and the guard has no `config`"

    def save(self, model: Bundle, folder: Path) -> None:
        """Write the files that training left."""
        model.write(folder)

    def load(self, folder: Path) -> Bundle:
        """The files that training left."""
        return Bundle.read(folder)


class Command:
    """A method of a guard that runs a command line."""

    def __init__(self, method: str, line: str) -> None:
        self.method, self.line = method, line
        self.placed: list[tuple[str, str]] = _PLACE.findall(line)
        self.places = list(dict.fromkeys(name for name, _ in self.placed))

    def __get__(self, guard: CommandGuard | None, owner: type) -> Any:
        return self if guard is None else partial(self, guard)

    def __call__(self, guard: CommandGuard, *given: Any) -> Any:
        """Run the program on what the method is given."""
        with for_one_call(guard.folder) as folder:
            return _METHODS[self.method](Call(self, guard, folder), *given)

    def problems(self) -> Iterator[str]:
        """What is wrong with the command line."""
        known, named = PLACES[self.method], self.places
        yield from (f"`{self.method}` {told}" for told in (*shell_syntax(self.line), *self._several()))
        for name in named:
            if name not in known:
                near = get_close_matches(name, known, n=1)
                hint = f"; did you mean {{{near[0]}}}?" if near else ""
                yield f"`{self.method}` names {{{name}}}; known are {_braced(known)}{hint}"
        for name, ending in self.placed:
            if ending and ending not in FORMATS:
                yield f"`{self.method}` names {{{name}{ending}}}; tables may be {', '.join(FORMATS)}"
        missing = [name for name in NEEDED[self.method] if name not in named]
        if missing:
            yield f"`{self.method}` does not name {_braced(missing)}"
        if self.method == "train" and not {"train", "data"} & set(named):
            yield "`train` names neither {train} nor {data}, so that it would not depend on its rows"

    def _several(self) -> Iterator[str]:
        """That a list holds command lines: then the first of them stands where the program's name does."""
        first = re.match(r"'(\S+ [^']+)'", self.line)
        if first and shutil.which(first[1]) is None:
            told = "a list holds the words of one command line; write several as: sh -c '… && …'"
            yield f"begins with a program called `{first[1]}`; {told}"


class Call:
    """One call of a command line, with the files that it names."""

    def __init__(self, command: Command, guard: CommandGuard, folder: Path) -> None:
        self.command, self.guard, self.folder = command, guard, folder
        self.endings = {name: ending or ".csv" for name, ending in command.placed}

    def file(self, name: str) -> Path:
        """Where a table lies that the command line names."""
        return self.folder / f"{name}{self.endings.get(name, '.csv')}"

    def run(self, **places: Path) -> str:
        """Run the program with these files and folders; answers what it printed."""
        places["config"] = self._config() if "config" in self.endings else self.folder
        line = words_of(self.command.line)
        words = tuple(_PLACE.sub(lambda found: str(places[found[1]]), word) for word in line)
        return Program(self.command.line, words, self.guard._root, self.guard.isolated, self._place()).run()

    def _place(self) -> Path | None:
        """A folder with the configuration of this run in its place, for a program that knows where that lies."""
        root = self.guard._root
        config = changed_config(type(self.guard).config, root, self.guard.config_path)
        if not config or "config" in self.endings:
            return None
        place = self.folder / "project"
        lay(root, place, changed=config)
        return place

    def _config(self) -> Path:
        if self.guard.config_path is not None:
            return Path(self.guard.config_path)
        place = self.folder / "config.json"
        place.write_text(as_text(self.guard.config, ".json"), encoding="utf-8")
        return place


def _train(call: Call, train: Any) -> Bundle:
    from mlguard.programs.tables import write  # pandas is loaded only where a guard runs.

    bundle = call.folder / "bundle"
    bundle.mkdir()
    places = {"bundle": bundle, "train": call.file("train"), "data": call.folder / "data"}
    if "train" in call.endings:
        write(train, places["train"])
    for name, table in call.guard.data.items() if "data" in call.endings else ():
        write(table, places["data"] / f"{name}.csv")
    call.run(**places)
    return Bundle.read(bundle)


def _predict(call: Call, model: Bundle, rows: Any) -> Any:
    from mlguard.programs.tables import read, write  # As above.

    places = {"bundle": call.folder / "bundle", "rows": call.file("rows"), "answers": call.file("answers")}
    model.write(places["bundle"])
    write(rows, places["rows"])
    call.run(**places)
    return read(places["answers"])


def _evaluate(call: Call, test: Any, predictions: Any) -> Any:
    from mlguard.programs.tables import write  # As above.

    places = {"test": call.file("test"), "answers": call.file("answers"), "metrics": call.folder / "metrics.json"}
    write(test, places["test"])
    write(predictions, places["answers"])
    told = call.run(**places)
    if "metrics" in call.endings:
        return metrics.written(places["metrics"], "{metrics}")
    return metrics.printed(told, call.command.line)


_METHODS: Mapping[str, Callable[..., Any]] = {"train": _train, "predict": _predict, "evaluate": _evaluate}


def _braced(names: Any) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
