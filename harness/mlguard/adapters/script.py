"""Guards of scripts that do everything in one go: read tables, train, answer, and write files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

from mlguard.core.copies import Copy
from mlguard.core.guard import Guard
from mlguard.files.content import file_digest
from mlguard.programs import FORMATS, metrics
from mlguard.programs.error import ProgramError
from mlguard.programs.overlay import changed_config, for_one_call, lay, protected
from mlguard.programs.run import PYTHONS, Program, words_of

ANSWERS, METRICS = "answers", "metrics"
PARTS = frozenset({"train", "test"})
PRINTED = "stdout"


class ScriptGuard(Guard):
    """A guard of a script without functions, which reads files, trains, answers and writes files.

    - `script` is the file, from the project's root, with arguments behind it if it takes any; or several, one after the
      other, such as `("train.py", "predict.py")`;
    - `inputs` maps tables to the files that it reads: `train` and `test` are the parts of the split, any other one a
      table of the Dataset;
    - `outputs` maps `answers`, one per row of `test`, and `metrics`, a JSON object, to the files that it writes;
    - `test_without` are columns that the file of `test` does not have, such as the target;
    - `run_from` is the folder in which it is started, the project's root unless it says otherwise.

    Every call of `predict` runs all of it on the training rows and on the rows to answer, in a copy of the project but
    for these files. What is written elsewhere in it is thrown away.

    A script that reads no `test` of its own splits its rows by itself: then `inputs` maps tables of the Dataset, and
    all `outputs` are looked at as a whole. No probe row can be put to it.
    """

    abstract = True
    script: ClassVar[str | Sequence[str]] = ""
    inputs: ClassVar[Mapping[str, str]] = {}
    outputs: ClassVar[Mapping[str, str]] = {}
    test_without: ClassVar[Sequence[str]] = ()
    run_from: ClassVar[str] = "."
    isolated: ClassVar[bool] = False
    single_rows = 2

    def __init_subclass__(cls, **rest: Any) -> None:
        super().__init_subclass__(**rest)
        if not isinstance(cls.inputs, Mapping) or not isinstance(cls.outputs, Mapping):
            return
        # Only some scripts have these methods: mlguard asks what a guard has.
        if cls.outputs and not PARTS & set(cls.inputs) and not callable(getattr(cls, "observe", None)):
            cls.observe = _observe  # type: ignore[attr-defined]
        if METRICS in cls.outputs and not callable(getattr(cls, "evaluate", None)):
            cls.evaluate = _evaluate  # type: ignore[attr-defined]

    @classmethod
    def _problems(cls) -> Iterator[str]:
        lines = cls._lines()
        if not lines or not all(isinstance(line, str) and line.strip() for line in lines):
            yield '`script` must name the file of the script, such as "run.py", or a tuple of several'
        for line in lines:
            if isinstance(line, str) and line.split()[:1] and line.split()[0] in PYTHONS:
                yield f"`script` names the file alone, without `{line.split()[0]}`: {line}"
        for name in ("inputs", "outputs"):
            mapped = getattr(cls, name)
            if not isinstance(mapped, Mapping) or not all(isinstance(x, str) for x in (*mapped, *mapped.values())):
                yield f"`{name}` must map names to files, not {mapped!r}"
            else:
                yield from (f"`{name}`: {problem}" for problem in _wrong_files(mapped))
        if isinstance(cls.test_without, str) or not all(isinstance(name, str) for name in cls.test_without):
            yield f'`test_without` must be names of columns, such as ("price",), not {cls.test_without!r}'
        if PurePosixPath(cls.run_from).is_absolute() or ".." in PurePosixPath(cls.run_from).parts:
            yield f"`run_from` must be a folder below the project's root, not {cls.run_from!r}"
        if isinstance(cls.inputs, Mapping) and isinstance(cls.outputs, Mapping):
            yield from _missing_files(cls.inputs, cls.outputs)

    def train(self, train: Any) -> Any:
        """The training rows: the script trains anew for every answer."""
        return train

    def predict(self, model: Any, rows: Any) -> Any:
        """Run the script, and read its answers, with the metrics of the same run beside them."""
        with self._ran({"train": model, "test": rows}) as (folder, _):
            return self._answers(folder)

    @contextmanager
    def _ran(self, parts: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
        """The copy of the project after a run on these tables, beside those of the Dataset, and what was printed."""
        with for_one_call(self.folder) as folder:
            with protected(self._laid(folder, parts)):
                printed = [self._program(line, folder).run() for line in self._lines()]
            yield folder, "".join(printed)

    def _program(self, line: str, folder: Path) -> Program:
        return Program(line, ("python", *words_of(line)), self._root, self.isolated, folder / self.run_from)

    @classmethod
    def _lines(cls) -> tuple[str, ...]:
        """The scripts with their arguments, in order."""
        return (cls.script,) if isinstance(cls.script, str) else tuple(cls.script)

    def _laid(self, folder: Path, parts: Mapping[str, Any]) -> Copy:
        """Copy the project, with tables in place of the inputs and without outputs."""
        from mlguard.programs.tables import write  # pandas is loaded only where a guard runs.

        config = changed_config(type(self).config, self._root, self.config_path)
        mapped = [*self.inputs.values(), *self.outputs.values()]
        # What another process writes through a link, nobody here can refuse.
        copy = lay(self._root, folder, changed=config, mapped=mapped, links=not self.isolated)
        for name, place in self.inputs.items():
            table = parts[name] if name in parts else self.data[name]
            if name == "test" and hasattr(table, "drop"):
                table = table.drop(columns=[column for column in self.test_without if column in table])
            write(table, folder / place)
        return copy

    def _answers(self, folder: Path) -> Any:
        answers = self._table(folder, self.outputs[ANSWERS])
        if METRICS in self.outputs and hasattr(answers, "attrs"):
            answers.attrs[METRICS] = metrics.written(folder / self.outputs[METRICS], self.outputs[METRICS])
            answers.attrs["of"] = _digest(answers)
        return answers

    def _table(self, folder: Path, file: str) -> Any:
        from mlguard.programs.tables import read  # As above.

        if not (folder / file).is_file():
            raise ProgramError(f"`{self._lines()[-1]}` wrote no {file}")
        return read(folder / file)


def _observe(self: ScriptGuard, data: Any, notes: Any) -> None:
    """Run the script once, and look at all that it wrote."""
    with self._ran({}) as (folder, printed):
        for name, file in self.outputs.items():
            if file == PRINTED:
                notes.note(name, metrics.told(printed), stage="evaluate")
            elif _is_metrics(name, file):
                notes.note(name, metrics.written(folder / file, file), stage="evaluate")
            else:
                notes.note(name, self._table(folder, file), stage="predict")


def _is_metrics(name: str, file: str) -> bool:
    return name == METRICS or PurePosixPath(file).suffix == ".json"


def _evaluate(self: ScriptGuard, test: Any, predictions: Any) -> Any:
    """The metrics that the script wrote beside these very answers."""
    attrs = getattr(predictions, "attrs", {})
    if attrs.get("of") != _digest(predictions):
        raise ProgramError(f"`{self._lines()[-1]}` measures only what it answered itself")
    return attrs[METRICS]


def _digest(answers: Any) -> str:
    return file_digest(answers.to_csv(index=False).encode())


def _missing_files(inputs: Mapping[str, str], outputs: Mapping[str, str]) -> Iterator[str]:
    if len(PARTS & set(inputs)) == 1:
        yield "`inputs` must name both `train` and `test`, or neither where the script splits its rows by itself"
    elif "test" in inputs and ANSWERS not in outputs:
        yield '`outputs` must say where the script writes its `answers`, such as {"answers": "submission.csv"}'
    elif not outputs:
        yield '`outputs` must say what the script writes, such as {"metrics": "scores.json"}'


def _wrong_files(mapped: Mapping[str, str]) -> Iterator[str]:
    for name, file in mapped.items():
        place = PurePosixPath(file)
        if place.is_absolute() or ".." in place.parts:
            yield f"{file} must lie below the project's root"
        elif not _is_metrics(name, file) and file != PRINTED and place.suffix not in FORMATS:
            yield f"{file} is no table that can be read; known are {', '.join(FORMATS)}"
