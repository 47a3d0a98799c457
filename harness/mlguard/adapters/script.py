"""Guards of scripts that do everything in one go: read tables, train, answer, and write files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from mlguard.adapters.rerun import RerunGuard
from mlguard.programs import metrics
from mlguard.programs.error import ProgramError
from mlguard.programs.run import PYTHONS, Program, shell_syntax, words_of

PRINTED = "stdout"
"""The place of an output that is printed."""


class ScriptGuard(RerunGuard):
    """A guard of a script without functions, which reads files, trains, answers and writes files.

    - `script` is the file, from the project's root, with arguments behind it if it takes any; or several, one after the
      other, such as `("train.py", "predict.py")`;
    - `inputs` maps tables to the files that it reads: `train` and `test` are the parts of the split, any other one a
      table of the Dataset;
    - `outputs` maps `answers`, one per row of `test`, `metrics`, a JSON object, and `features`, what the model sees of
      `test`, to the files that it writes;
    - `test_without` are columns that the file of `test` does not have, such as the target;
    - `run_from` is the folder in which it is started, the project's root unless it says otherwise.

    Every call of `predict` runs all of it on the training rows and on the rows to answer, in a copy of the project but
    for these files. What is written elsewhere in it is thrown away.

    A script that reads no `test` of its own splits its rows by itself: then `inputs` maps tables of the Dataset, and
    all `outputs` are looked at as a whole, `stdout` being what is printed. No probe row can be put to it.
    """

    abstract = True
    script: ClassVar[str | Sequence[str]] = ""
    _kind = "script"

    @classmethod
    def _problems(cls) -> Iterator[str]:
        lines = cls._lines()
        if not lines or not all(isinstance(line, str) and line.strip() for line in lines):
            yield '`script` must name the file of the script, such as "run.py", or a tuple of several'
        for line in lines:
            if isinstance(line, str) and line.split()[:1] and line.split()[0] in PYTHONS:
                yield f"`script` names the file alone, without `{line.split()[0]}`: {line}"
            elif isinstance(line, str):
                yield from (f"`script` {told}" for told in shell_syntax(line))
        yield from super()._problems()

    @classmethod
    def _lines(cls) -> tuple[str, ...]:
        """The scripts with their arguments, in order."""
        return (cls.script,) if isinstance(cls.script, str) else tuple(cls.script)

    @classmethod
    def _called(cls) -> str:
        return cls._lines()[-1]

    def _run(self, folder: Path, tables: Mapping[str, Any]) -> Mapping[str, Any]:
        printed = "".join(self._program(line, folder).run() for line in self._lines())
        if not printed.strip() and {*self.outputs.values()} == {PRINTED}:
            raise ProgramError(
                f"`{self._called()}` printed nothing, so that there is nothing to compare; "
                "name what it writes in `outputs`"
            )
        return {name: metrics.told(printed) for name, place in self.outputs.items() if place == PRINTED}

    def _program(self, line: str, folder: Path) -> Program:
        return Program(line, ("python", *words_of(line)), self._root, self.isolated, folder / self.run_from)

    @classmethod
    def _is_measure(cls, name: str, place: str) -> bool:
        return place == PRINTED or super()._is_measure(name, place)

    @classmethod
    def _files(cls, mapped: Mapping[str, str]) -> dict[str, str]:
        return {name: place for name, place in mapped.items() if place != PRINTED}
