"""Guards of notebooks: run from top to bottom on given tables, results taken from their variables or files."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

from mlguard.adapters.rerun import ANSWERS, FEATURES, METRICS, RerunGuard
from mlguard.programs.cells import Notebook, Place
from mlguard.programs.error import ProgramError

STAGES = {FEATURES: "features", ANSWERS: "predict", METRICS: "evaluate"}
"""The stage, and the method of a guard, that a result is for."""

_OWN = ".mlguard-notebook"
"""The folder in a copy of the project for what is no part of it."""


class NotebookGuard(RerunGuard):
    """A guard of a notebook, which is run from top to bottom for every answer.

    - `notebook` is the file, from the project's root;
    - `inputs` maps tables to where the notebook has them: `train` and `test` are the parts of the split, any other one
      a table of the Dataset. A name without a dot is a variable that its cell tagged `parameters` sets, and that is set
      to the table instead; one with a dot is a file that it reads, from the project's root;
    - `outputs` maps `answers`, one per row of `test`, `metrics`, numbers by name, and `features`, what the model sees
      of `test`, to variables after the last cell, or to files, in the same way;
    - `test_without` are columns that `test` does not have, such as the target;
    - `learned` names variables that hold what training found, which show where a move begins;
    - `run_from` is the folder in which it is started, the notebook's own unless it says otherwise.

    A `config` that is no file sets variables of the cell tagged `parameters`, too. A notebook that is given no `test`
    splits its rows by itself: then `inputs` maps tables of the Dataset, and all `outputs` are looked at as a whole.
    """

    abstract = True
    notebook: ClassVar[str] = ""
    learned: ClassVar[Sequence[str]] = ()
    run_from = ""
    _kind = "notebook"

    @classmethod
    def _problems(cls) -> Iterator[str]:
        path = PurePosixPath(cls.notebook) if isinstance(cls.notebook, str) else PurePosixPath()
        if path.suffix != ".ipynb" or path.is_absolute() or ".." in path.parts:
            yield f'`notebook` must name a file of the project, such as "rents.ipynb", not {cls.notebook!r}'
        if isinstance(cls.learned, str) or not all(isinstance(name, str) for name in cls.learned):
            yield f'`learned` must be a list of variables, such as ("rate",), not {cls.learned!r}'
        elif cls.learned and isinstance(cls.inputs, Mapping) and cls._splits():
            yield "`learned` is for notebooks that are given `train` and `test`; name these variables in `outputs`"
        elif isinstance(cls.outputs, Mapping):
            for name in cls.learned:
                if cls.outputs.get(name, name) != name:
                    yield f"`learned` names `{name}`, which `outputs` has for another variable; call it otherwise"
        yield from super()._problems()

    @classmethod
    def _wrong_place(cls, name: str, place: str) -> Iterator[str]:
        if "." in place:
            yield from super()._wrong_place(name, place)
        elif not place.isidentifier():
            yield f"{place!r} is neither a variable nor, with a dot in it, a file"

    @classmethod
    def _files(cls, mapped: Mapping[str, str]) -> dict[str, str]:
        return {name: place for name, place in mapped.items() if "." in place}

    @classmethod
    def _called(cls) -> str:
        return cls.notebook

    @classmethod
    def _places(cls, root: Path) -> Iterator[tuple[str, str]]:
        """Each stage that the notebook answers, and each result of its own, with its cell."""
        notebook = Notebook.read(root, cls.notebook)
        places = {name: name for name in cls.learned}
        for name, place in cls.outputs.items():
            stage = name if cls._splits() else STAGES.get(name, name)
            if getattr(cls, stage, cls).__module__ != cls.__module__ or cls._splits():
                places[stage] = place
        for name, place in places.items():
            if (cell := notebook.giving(place)) is not None:
                yield name, f"{notebook.name}, {cell.called}"

    def train(self, train: Any) -> Any:
        """What the notebook learns of the training rows, which it is given as rows to answer, too."""
        return Learned(train, self._results(train, train, self.learned) if self.learned else {})

    def _results(self, train: Any, test: Any, wanted: Iterable[str]) -> dict[str, Any]:
        return super()._results(train.rows if isinstance(train, Learned) else train, test, wanted)

    def _run(self, folder: Path, tables: Mapping[str, Any]) -> Mapping[str, Any]:
        from mlguard.programs.kernel import run_in_kernel
        from mlguard.programs.notebook import run_inside  # What runs notebooks is loaded only where a guard runs.

        notebook = Notebook.read(self._root, self.notebook)
        places = {name: place for name, place in self.outputs.items() if "." not in place}
        places |= {name: name for name in self.learned}
        where = Place(self._root, folder, self.run_from or str(PurePosixPath(self.notebook).parent), folder / _OWN)
        if self.isolated:
            found = run_in_kernel(notebook, self._given(tables), list(places.values()), where)
        else:
            found = run_inside(notebook, self._given(tables), where)
        for place in places.values():
            if place not in found:
                raise ProgramError(f"`{self.notebook}` sets no variable `{place}`")
        return {name: found[place] for name, place in places.items()}

    def _given(self, tables: Mapping[str, Any]) -> dict[str, Any]:
        """What variables are set to. The notebook may change its tables, as those that it reads from a file."""
        own = self.config if self.config_path is None and isinstance(self.config, Mapping) else {}
        return {
            **own,
            **{place: copy.deepcopy(tables[name]) for name, place in self.inputs.items() if "." not in place},
        }


class Learned(Mapping[str, Any]):
    """What a notebook learned, by variable, and the rows of which it learned.

    In a bundle, what only the notebook itself could load is left out: it is learned anew for every answer.
    """

    def __init__(self, rows: Any, values: Mapping[str, Any]) -> None:
        self.rows, self._values = rows, dict(values)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __deepcopy__(self, memo: dict[int, Any]) -> Learned:
        return Learned(copy.deepcopy(self.rows, memo), copy.deepcopy(self._values, memo))

    def __reduce__(self) -> tuple[type[Learned], tuple[Any, dict[str, Any]]]:
        return Learned, (self.rows, {name: value for name, value in self.items() if _is_picklable(value)})


def _is_picklable(value: Any) -> bool:
    try:
        pickle.dumps(value)
    except Exception:  # Classes raise what they like.
        return False
    return True
