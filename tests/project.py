"""A tiny project of one generator, one module of guarded code and one guard, and `mlguard` run in it."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import mlguard.runner.run
from mlguard.checker import regen
from mlguard.checker.certificate import Certificate
from mlguard.checker.check import Checker, Seen
from mlguard.checker.regen import Regenerator
from mlguard.cli.main import main
from mlguard.core.options import Options
from mlguard.core.record import Record
from mlguard.discovery import Declared, GuardRef
from mlguard.golden.local import LocalStore
from mlguard.runner.order import Done, Extent
from mlguard.runner.run import Runner
from mlguard.settings import load
from mlguard.worker.job import Called, Job, Result
from mlguard.worker.pool import Workers

GENERATOR = "datasets/generators/tiny.py"
CODE = "line.py"
GUARD = "tests/guards/test_line.py"

FILES = {
    "pyproject.toml": "[tool.mlguard]\ntimeout = 60\n",
    GENERATOR: """\
import pandas as pd


def make(rng, rows=16):
    x = rng.randint(0, 60, rows) / 10
    return pd.DataFrame({"x": x, "shop": rng.choice(["a", "b"], rows), "y": 2 * x + 1 + rng.randint(-5, 6, rows) / 10})
""",
    CODE: """\
def fit(rows, ridge=0.0):
    x, y = rows["x"], rows["y"]
    slope = float(((x - x.mean()) * (y - y.mean())).sum() / (((x - x.mean()) ** 2).sum() + ridge))
    return {"slope": slope, "shift": float(y.mean() - slope * x.mean())}


def answer(model, rows):
    return (model["shift"] + model["slope"] * rows["x"]).to_numpy()


def score(y, answers):
    return {"mae": float(abs(y.to_numpy() - answers).mean()), "rows": len(y)}
""",
    GUARD: """\
import line
from mlguard import Guard


class Line(Guard):
    dataset = "tiny"
    seeds = (0, 1)

    def train(self, train):
        return line.fit(train)

    def predict(self, model, rows):
        return line.answer(model, rows)

    def evaluate(self, test, predictions):
        return line.score(test["y"], predictions)
""",
}
"""The project as it is written: a straight line through sixteen points."""


@dataclass(frozen=True)
class Ran:
    """What one command did."""

    code: int
    """Its exit code."""
    out: str
    """Standard output."""
    err: str
    """Standard error."""
    changed: tuple[str, ...]
    """Files that it wrote, changed or removed, `.mlguard` left out."""

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON document."""
        return json.loads(self.out)


class Project:
    """One project in a folder of its own."""

    def __init__(self, root: Path, files: Mapping[str, str] = FILES) -> None:
        """Write the project."""
        self.root = root.resolve()
        for name, content in files.items():
            self.write(name, content)

    def write(self, name: str, content: str) -> Path:
        """Write one file, and answer its path."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        return path

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that stands in a file once."""
        content = (self.root / name).read_text(encoding="utf-8")
        assert content.count(old) == 1, f"{old!r} stands {content.count(old)} times in {name}"
        self.write(name, content.replace(old, new))

    def copied(self, root: Path) -> Project:
        """The project as it lies there now, in another folder."""
        shutil.copytree(self.root, root)
        return Project(root, {})

    def elsewhere(self, root: Path, golden: str) -> Project:
        """A checkout of the project on another machine, whose goldens are kept at a URL."""
        shutil.copytree(self.root, root, ignore=shutil.ignore_patterns("golden", ".mlguard"))
        project = Project(root, {})
        project.write("pyproject.toml", f'[tool.mlguard]\ntimeout = 60\ngolden = "{golden}"\n')
        return project

    @contextlib.contextmanager
    def editing(self, name: str, old: str, new: str) -> Iterator[None]:
        """The project with one edit, for as long as the block runs."""
        before = (self.root / name).read_text(encoding="utf-8")
        self.edit(name, old, new)
        try:
            yield
        finally:
            self.write(name, before)

    @contextlib.contextmanager
    def also(self, name: str, content: str) -> Iterator[None]:
        """The project with one file more, for as long as the block runs."""
        assert not (self.root / name).exists()
        path = self.write(name, content)
        try:
            yield
        finally:
            path.unlink()

    def declared(self, name: str = "Line", file: str = GUARD, **options: Any) -> Declared:
        """A guard as discovery names it, without starting a process for that."""
        variant = name.partition("[")[2].rstrip("]") or None
        ref = GuardRef(name, name.partition("[")[0], variant, self.root / file)
        return Declared(ref, line=1, dataset="tiny", stages=(), options=Options(**options))

    @contextlib.contextmanager
    def runner(self) -> Iterator[Runner]:
        """A Runner of this project."""
        with Runner(load(self.root)) as runner:
            yield runner

    def run(self, name: str = "Line", file: str = GUARD, **how: Any) -> Done:
        """Run one guard."""
        with self.runner() as runner:
            return runner.run(self.declared(name, file), **how)

    def check(
        self, name: str = "Line", file: str = GUARD, *, quick: bool = False, fail_fast: bool = False, **options: Any
    ) -> Seen:
        """Check one guard."""
        with self.runner() as runner:
            extent = Extent.QUICK if quick else Extent.FULL
            checker = Checker(runner.settings, runner, extent=extent, fail_fast=fail_fast)
            return checker.check(self.declared(name, file, **options))

    def regen(self, name: str = "Line", file: str = GUARD, *, everything: bool = False, **options: Any) -> regen.Regen:
        """Record one guard anew, and accept what is proposed."""
        with self.runner() as runner:
            regenerator = Regenerator(Checker(runner.settings, runner), reason="a test")
            prepared = regenerator.prepare(self.declared(name, file, **options), everything=everything)
            regenerator.accept(prepared)
            return prepared

    def golden(self, name: str = "Line") -> Record:
        """The guard's golden."""
        golden = self.goldens.load(name)
        assert golden is not None
        return golden

    @property
    def goldens(self) -> LocalStore:
        """The project's goldens."""
        return LocalStore(self.root / "golden", self.root)

    def pending(self) -> list[str]:
        """The guards that have a pending Record."""
        return list(LocalStore(self.root / ".mlguard" / "pending", self.root).names())

    def files(self) -> dict[str, str]:
        """A digest of every file by its name, `.mlguard` and `.git` left out."""
        found = (p for p in sorted(self.root.rglob("*")) if p.is_file())
        named = {p.relative_to(self.root).as_posix(): p for p in found}
        return {
            name: hashlib.sha256(path.read_bytes()).hexdigest()
            for name, path in named.items()
            if name.split("/")[0] not in (".mlguard", ".git")
        }

    def command(
        self, *arguments: str, below: str = ".", answer: str = "", terminal: bool = False, **variables: str
    ) -> Ran:
        """Run `mlguard` in this process, with what is typed at its questions and environment variables.

        `terminal`: whether its input says that it is one.
        """
        before, out, err = self.files(), io.StringIO(), io.StringIO()
        (self.root / below).mkdir(parents=True, exist_ok=True)
        with pytest.MonkeyPatch.context() as patch, contextlib.chdir(self.root / below):
            for name in ("CI", "GITHUB_ACTIONS"):
                patch.delenv(name, raising=False)
            for name, value in variables.items():
                patch.setenv(name, value)
            patch.setattr(sys, "stdin", typed := io.StringIO(answer))
            patch.setattr(typed, "isatty", lambda: terminal, raising=False)
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
                main(list(arguments))
        after = self.files()
        changed = tuple(sorted(name for name in {*before, *after} if before.get(name) != after.get(name)))
        return Ran(int(ended.value.code or 0), out.getvalue(), err.getvalue(), changed)


class SharedWorkers:
    """Workers that many Runners use: closing them only says that one of them needs them no more."""

    def __init__(self, workers: Workers) -> None:
        """`workers` are closed by whoever made them."""
        self._workers = workers

    def run(self, job: Job) -> Result:
        """Run one job."""
        return self._workers.run(job)

    def scratch(self) -> AbstractContextManager[Path]:
        """A folder that goes with them."""
        return self._workers.scratch()

    def call(self, command: Sequence[str], *, folder: Path, variables: Mapping[str, str]) -> Called:
        """Run another program."""
        return self._workers.call(command, folder=folder, variables=variables)

    def close(self) -> None:
        """Leave them to the others."""


@contextlib.contextmanager
def sharing(workers: Workers) -> Iterator[None]:
    """Let every Runner of this process use these: starting a zygote costs more than all the runs of a tiny guard."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mlguard.runner.run, "Workers", lambda **_: SharedWorkers(workers))
        yield


@contextlib.contextmanager
def unmeasured() -> Iterator[None]:
    """Record goldens without the noise certificate, whose machines need an interpreter each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(regen, "measure", lambda *_, **__: Certificate())
        yield
