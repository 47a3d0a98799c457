"""Small projects that run in this process, so that many commits can be compared in the time of one guard run."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

from mlguard.core.difference import Difference
from mlguard.core.error import RunError
from mlguard.core.finding import Finding, Kind
from mlguard.core.outcome import Outcome
from mlguard.core.record import GATE
from mlguard.core.run_name import MAIN
from mlguard.core.verdict import Verdict
from mlguard.report.edits import Proof
from mlguard.tools.diff.finder import Finder
from mlguard.tools.diff.part import Part
from mlguard.tools.edits import Edit, Edits

Files = Mapping[str, str | bytes | None]
"""Contents by path; None where a file is gone."""


class Small:
    """A project before and after a commit, and what `main(4.0)` of its module `a` gives: a number, or several by name.

    It stands in for a Swap: what differs from before is what moved.
    """

    def __init__(self, before: Files, after: Files) -> None:
        """`after` names the files that differ."""
        names = {**before, **after}
        self.old = {name: _bytes(before.get(name)) for name in names}
        self.new = {name: _bytes(after.get(name, before.get(name))) for name in names}
        edited = [name for name in names if self.old[name] != self.new[name]]
        self.edits = Edits.between({n: self.old[n] for n in edited}, {n: self.new[n] for n in edited}, _dotted)
        self.gave = _run(self.old)

    def proof(self) -> Proof | None:
        """What is said of the commit; None where nothing moved."""
        found, raised = (), None
        try:
            found = self._moves(_run(self.new))
        except Exception as error:
            raised = repr(error)
        if not (found or raised):
            return None
        outcome = Outcome.ERROR if raised else Outcome.SHIFTED
        verdict = Verdict("Small", outcome, findings=found, traceback=raised)
        stands_in: Any = self
        compared: Any = None
        return Finder(stands_in, compared, verdict, lambda told: None).find()

    def run(self, undone: Collection[Edit], part: Part, compared: object) -> tuple[Finding, ...]:
        try:
            return self._moves(_run({**self.new, **self.edits.without(undone)}))
        except Exception as error:
            raise RunError("it does not run", slug="guarded-code-raised") from error

    def again(self, part: Part, compared: object) -> tuple[Finding, ...]:
        return ()

    def shown(self, file: str) -> str:
        return file

    def _moves(self, gave: Mapping[str, object]) -> tuple[Finding, ...]:
        names = [name for name in {**self.gave, **gave} if repr(self.gave.get(name)) != repr(gave.get(name))]
        return tuple(_moved(name, repr(gave.get(name))) for name in names)


def _moved(name: str, now: str) -> Finding:
    rows = Difference(rows=(now,))
    return Finding(MAIN, "predict", name, GATE, Kind.MOVED, Outcome.SHIFTED, gates=True, difference=rows)


def _bytes(content: str | bytes | None) -> bytes | None:
    return content.encode() if isinstance(content, str) else content


def _dotted(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def _run(files: Mapping[str, bytes | None]) -> dict[str, object]:
    with TemporaryDirectory() as folder, _imports_from(Path(folder)):
        for name, content in files.items():
            if content is not None:
                Path(name).parent.mkdir(parents=True, exist_ok=True)
                Path(name).write_bytes(content)
        gave = importlib.import_module("a").main(4.0)
        return gave if isinstance(gave, dict) else {"y": gave}


@contextlib.contextmanager
def _imports_from(folder: Path) -> Iterator[None]:
    """The folder in front of the import path and as the working folder; what was imported from it is forgotten."""
    before, path, modules = Path.cwd(), list(sys.path), set(sys.modules)
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        os.chdir(before)
        sys.path[:] = path
        for name in set(sys.modules) - modules:
            if _lies_in(sys.modules[name], folder):
                del sys.modules[name]


def _lies_in(module: ModuleType, folder: Path) -> bool:
    places = [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
    return any(Path(place).is_relative_to(folder) for place in places if place)
