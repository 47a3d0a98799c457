"""The files of a script or module below the project's root, and what each of them is likely to be."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, count
from pathlib import Path

from mlguard.cli.scaffold.paths import Named
from mlguard.core.error import MlguardError
from mlguard.programs import FORMATS
from mlguard.tools.like.read import read_table
from mlguard.tools.like.write import dataset_name

_TRAIN, _TEST = re.compile("train|fit"), re.compile("test|valid|holdout|unseen|new|score")
_ANSWERS = re.compile("submi|predict|answer|forecast|score|result|output")
_METRICS = re.compile("metric|score|result|eval")
_CONFIGS = (".yaml", ".yml", ".toml")

_TABLES = frozenset({"train", "test", "rows"})
"""Names of tables that mean more than a name."""


@dataclass(frozen=True)
class Files:
    """What a file's code reads and writes, by paths from the project's root."""

    root: Path
    """The project's root."""
    file: Path
    """The script or module."""
    start: str
    """The folder in which it is started, where the files that it reads are found."""
    read: tuple[str, ...]
    """What it reads and does not write itself, in order."""
    written: tuple[str, ...]
    """What it writes, in order."""
    remote: tuple[str, ...]
    """Addresses that it reads or writes, and files outside of the project that it reads: nothing can stand for them."""

    @classmethod
    def of(cls, root: Path, file: Path, named: Sequence[Named]) -> Files:
        """Place the files that a module names."""
        addresses = [one.path for one in named if "://" in one.path]
        named = [one for one in named if one.path not in addresses]
        start = _start(root, file, named)
        written, _ = _placed(root, file, start, (one for one in named if one.written))
        read, outside = _placed(root, file, start, (one for one in named if not one.written))
        remote = tuple(dict.fromkeys((*addresses, *outside)))
        return cls(root, file, start, tuple(place for place in read if place not in written), written, remote)

    @property
    def shown(self) -> str:
        """The file from the project's root."""
        return self.file.relative_to(self.root).as_posix()

    @property
    def is_notebook(self) -> bool:
        """Whether it is a notebook, which is started in its own folder."""
        return self.file.suffix == ".ipynb"

    @property
    def learned_from(self) -> str | None:
        """The table after which a generator can be made: training rows before others."""
        there = [place for place in _tables(self.read) if (self.root / place).is_file()]
        return min(there, key=lambda place: not _says(_TRAIN, place), default=None)

    @property
    def config(self) -> str | None:
        """A file of settings that it reads."""
        return next((place for place in self.read if Path(place).suffix in _CONFIGS), None)

    @cached_property
    def inputs(self) -> dict[str, str]:
        """The tables that it reads: `train` and `test` where it answers rows of their own, else `rows` and others."""
        tables = _tables(self.read)
        train = next((place for place in tables if _says(_TRAIN, place)), None)
        test = next((place for place in tables if _says(_TEST, place) and place != train), None)
        main = {"rows": self.learned_from or tables[0]} if tables else {}
        if train and test and _tables(self.written):
            main = {"train": train, "test": test}
        return main | _by_name((place for place in tables if place not in main.values()), _TABLES)

    @cached_property
    def outputs(self) -> dict[str, str]:
        """What it writes: answers and metrics where it answers rows, else all of it, and what it prints."""
        tables, objects = _tables(self.written), [place for place in self.written if place.endswith(".json")]
        if "test" not in self.inputs:
            printed = {} if self.is_notebook else {"printed": "stdout"}
            return _by_name((*tables, *objects), {*printed}) | printed
        answers = min(tables, key=lambda place: not _says(_ANSWERS, place))
        metrics = min(objects, key=lambda place: not _says(_METRICS, place), default=None)
        return {"answers": answers, "metrics": metrics} if metrics else {"answers": answers}

    @cached_property
    def lacking(self) -> list[str]:
        """Columns of the training rows that the rows to answer do not have, as the target."""
        if "test" not in self.inputs:
            return []
        train, test = (_columns(self.root / self.inputs[name]) for name in ("train", "test"))
        return [name for name in train if name not in test] if test else []


def _start(root: Path, file: Path, named: Sequence[Named]) -> str:
    reads = [one.path for one in named if not one.beside and not one.written]
    here = file.parent.relative_to(root).as_posix()
    usual = (here, ".") if file.suffix == ".ipynb" else (".", here)
    return max(usual, key=lambda place: sum((root / place / path).exists() for path in reads))


def _placed(root: Path, file: Path, start: str, named: Iterable[Named]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Each once: those below the root, as paths from there, and others."""
    folders = {True: file.parent, False: root / start}
    whole = dict.fromkeys(Path(os.path.normpath(folders[one.beside] / one.path)) for one in named)
    below = tuple(place.relative_to(root).as_posix() for place in whole if place.is_relative_to(root))
    return below, tuple(str(place) for place in whole if not place.is_relative_to(root))


def _tables(places: Iterable[str]) -> list[str]:
    return [place for place in places if Path(place).suffix in FORMATS]


def _says(pattern: re.Pattern[str], place: str) -> bool:
    return pattern.search(Path(place).stem.lower()) is not None


def _by_name(places: Iterable[str], taken: Collection[str]) -> dict[str, str]:
    """Each place under a name of its own: that of its file, else with its folders, its ending, or a number."""
    named: dict[str, str] = {}
    for place in places:
        short, long = dataset_name(Path(place)), dataset_name(Path(place.replace("/", "_")))
        ending = f"{long}_{Path(place).suffix[1:]}"
        names = chain((short, long, ending), (f"{ending}_{number}" for number in count(2)))
        named[next(name for name in names if name not in taken and name not in named)] = place
    return named


def _columns(file: Path) -> list[str]:
    try:
        return [str(name) for name in read_table(file).frame.columns]
    except MlguardError:
        return []
