"""What guards share whose program does everything in one go: each answer runs it anew on given tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

import joblib

from mlguard.core.copies import Copy
from mlguard.core.dataset import column_of
from mlguard.core.guard import Guard
from mlguard.core.options import wrong_maps
from mlguard.programs import FORMATS, metrics
from mlguard.programs.error import ProgramError
from mlguard.programs.overlay import changed_config, for_one_call, lay, protected

ANSWERS, METRICS, FEATURES = "answers", "metrics", "features"
PARTS = frozenset({"train", "test"})

_MEASURED = "measured"
"""The folder of a run in which the metrics of its answers lie."""

_LARGE = "large"
"""The folder of a run in which copies of the project's large files lie."""


class RerunGuard(Guard):
    """A guard of a program that reads tables, trains, answers and leaves results, all in one go.

    Every call of `predict` runs all of it on the training rows and on the rows to answer, in a copy of the project but
    for its inputs and outputs. What is written elsewhere in it is thrown away.

    A program that reads no `test` of its own splits its rows by itself: then `inputs` maps tables of the Dataset, and
    all `outputs` are looked at as a whole. No probe row can be put to it.
    """

    abstract = True
    inputs: ClassVar[Mapping[str, str]] = {}
    outputs: ClassVar[Mapping[str, str]] = {}
    test_without: ClassVar[Sequence[str]] = ()
    run_from: ClassVar[str] = "."
    isolated: ClassVar[bool] = False
    single_rows = 2
    _kind: ClassVar[str] = "program"
    """What messages call it, and the attribute that names it."""

    def __init_subclass__(cls, **rest: Any) -> None:
        super().__init_subclass__(**rest)
        if not isinstance(cls.inputs, Mapping) or not isinstance(cls.outputs, Mapping):
            return
        # Only some programs have these methods: mlguard asks what a guard has.
        if cls._splits() and not callable(getattr(cls, "observe", None)):
            cls.observe = _observe  # type: ignore[attr-defined]
        for name, (method, function) in _OPTIONAL.items():
            if name in cls.outputs and not callable(getattr(cls, method, None)):
                setattr(cls, method, function)

    @classmethod
    def _splits(cls) -> bool:
        """Whether the program splits its rows by itself; what names neither a program nor outputs is a base."""
        return bool(cls.outputs or getattr(cls, cls._kind, None)) and not PARTS & set(cls.inputs)

    @classmethod
    def _problems(cls) -> Iterator[str]:
        for name in ("inputs", "outputs"):
            wrong = list(wrong_maps(cls, name, to="files"))
            yield from wrong
            pairs = () if wrong else getattr(cls, name).items()
            yield from (f"`{name}`: {told}" for one in pairs for told in cls._wrong_place(*one))
        if isinstance(cls.test_without, str) or not all(isinstance(name, str) for name in cls.test_without):
            yield f'`test_without` must be names of columns, such as ("price",), not {cls.test_without!r}'
        if PurePosixPath(cls.run_from).is_absolute() or ".." in PurePosixPath(cls.run_from).parts:
            yield f"`run_from` must be a folder below the project's root, not {cls.run_from!r}"
        if isinstance(cls.inputs, Mapping) and isinstance(cls.outputs, Mapping):
            yield from cls._missing_places()

    @classmethod
    def _missing_places(cls) -> Iterator[str]:
        if len(PARTS & set(cls.inputs)) == 1:
            neither = f"neither where the {cls._kind} splits its rows by itself"
            yield f"`inputs` must name both `train` and `test`, or {neither}"
        elif "test" in cls.inputs and ANSWERS not in cls.outputs:
            example = '{"answers": "submission.csv"}'
            yield f"`outputs` must say where the {cls._kind} writes its `answers`, such as {example}"
        elif not cls.outputs:
            yield f'`outputs` must say what the {cls._kind} writes, such as {{"metrics": "scores.json"}}'

    @classmethod
    def _wrong_place(cls, name: str, place: str) -> Iterator[str]:
        """What is wrong with the place of an input or output."""
        path = PurePosixPath(place)
        if path.is_absolute() or ".." in path.parts:
            yield f"{place} must lie below the project's root"
        elif not cls._is_measure(name, place) and path.suffix not in FORMATS:
            yield f"{place} is no table that can be read; known are {', '.join(FORMATS)}"

    @classmethod
    def _is_measure(cls, name: str, place: str) -> bool:
        """Whether an output is metrics, and no table."""
        return name == METRICS or PurePosixPath(place).suffix == ".json"

    @classmethod
    def _files(cls, mapped: Mapping[str, str]) -> dict[str, str]:
        """The inputs or outputs that are files."""
        return dict(mapped)

    @classmethod
    def _called(cls) -> str:
        """What messages call the program."""
        raise NotImplementedError

    def _run(self, folder: Path, tables: Mapping[str, Any]) -> Mapping[str, Any]:
        """Run the program in a copy of the project; answers what it left in no file, by name."""
        raise NotImplementedError

    def train(self, train: Any) -> Any:
        """The training rows: the program trains anew for every answer."""
        return train

    def predict(self, model: Any, rows: Any) -> Any:
        """Run the program, and take its answers; the metrics of the same run are kept for `evaluate`."""
        found = self._results(model, rows, [name for name in (ANSWERS, METRICS) if name in self.outputs])
        if METRICS in found:
            self._keep(rows, found[ANSWERS], found[METRICS])
        return found[ANSWERS]

    def _results(self, train: Any, test: Any, wanted: Iterable[str]) -> dict[str, Any]:
        """Run the program on these rows, and take results by name."""
        if self.test_without and hasattr(test, "drop"):
            columns = (column_of(test.columns, name) for name in self.test_without)
            test = test.drop(columns=[column for column in columns if column is not None])
        parts = {"train": train, "test": test}
        tables = {name: parts[name] if name in PARTS else self.data[name] for name in self.inputs}
        with for_one_call(self.folder) as folder:
            with protected(self._laid(folder, tables)):
                found = self._run(folder, tables)
            return {name: found[name] if name in found else self._read(name, folder) for name in wanted}

    def _laid(self, folder: Path, tables: Mapping[str, Any]) -> Copy:
        """Copy the project, with tables in place of the inputs and without outputs."""
        from mlguard.programs.tables import write  # pandas is loaded only where a guard runs.

        config = changed_config(type(self).config, self._root, self.config_path)
        inputs, outputs = self._files(self.inputs), self._files(self.outputs)
        # What another process writes through a link, nobody here can refuse.
        mapped = [*inputs.values(), *outputs.values()]
        large = None if self.isolated else self.folder / _LARGE
        copy = lay(self._root, folder, changed=config, mapped=mapped, links=not self.isolated, large=large)
        for name, place in inputs.items():
            write(tables[name], folder / place)
        return copy

    def _read(self, name: str, folder: Path) -> Any:
        from mlguard.programs.tables import read  # As above.

        place = self.outputs[name]
        if self._is_measure(name, place):
            return metrics.written(folder / place, place)
        if not (folder / place).is_file():
            raise ProgramError(f"`{self._called()}` wrote no {place}")
        return read(folder / place)

    def _keep(self, rows: Any, answers: Any, measured: Any) -> None:
        place = self._measured(rows, answers)
        place.parent.mkdir(exist_ok=True)
        joblib.dump(measured, place)

    def _measured(self, rows: Any, answers: Any) -> Path:
        """Where the metrics of these answers to these rows lie."""
        from mlguard.programs.tables import digest  # As above.

        return self.folder / _MEASURED / digest(rows, answers)


def _observe(self: RerunGuard, data: Any, notes: Any) -> None:
    """Run the program once, and look at all that it left."""
    for name, value in self._results(None, None, self.outputs).items():
        measured = self._is_measure(name, self.outputs[name])
        notes.note(name, value, stage="evaluate" if measured else "predict")


def _evaluate(self: RerunGuard, test: Any, predictions: Any) -> Any:
    """The metrics that the program left beside these very answers to these very rows."""
    place = self._measured(test, predictions)
    if not place.is_file():
        raise ProgramError(f"`{self._called()}` measures only what it answered itself")
    return joblib.load(place)


def _features(self: RerunGuard, model: Any, rows: Any) -> Any:
    """What the program's model sees of these rows."""
    return self._results(model, rows, [FEATURES])[FEATURES]


_OPTIONAL = {METRICS: ("evaluate", _evaluate), FEATURES: ("features", _features)}
"""Methods that a guard has where its program leaves such a result."""
