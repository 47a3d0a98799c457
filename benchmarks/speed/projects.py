"""Projects with guards that train for as long as is wanted, and their goldens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mlguard.checker.check import Checker
from mlguard.checker.regen import Regenerator
from mlguard.golden.stores import open_store
from mlguard.runner.run import Runner
from mlguard.settings import load
from tests.project import unmeasured

SMALL, LONG = 40, 900
"""Trees of a model that trains in some hundredths of a second, and of one that takes about a second."""

EACH = 5
"""Guards of one module."""

CODE = "job.py"
"""The guarded code."""

RATE = "learning_rate=0.1"
"""What an edit of the guarded code changes."""

_GENERATOR = """\
import pandas as pd


def make(rng, rows=400):
    x = rng.randint(0, 1000, (rows, 8)) / 100
    frame = pd.DataFrame(x, columns=[f"x{number}" for number in range(8)])
    return frame.assign(y=(x[:, 0] + 2 * x[:, 1] + rng.randint(-100, 101, rows) / 50).round(6))
"""

_CODE = """\
from sklearn.ensemble import GradientBoostingRegressor

INPUTS = [f"x{{number}}" for number in range(8)]


def fit(rows):
    model = GradientBoostingRegressor(n_estimators={trees}, learning_rate=0.1, random_state=0)
    return model.fit(rows[INPUTS], rows["y"])


def answer(model, rows):
    return model.predict(rows[INPUTS])


def score(y, answers):
    return {{"mae": float(abs(y.to_numpy() - answers).mean()), "rows": len(y)}}
"""

_GUARDS = """\
import job
from mlguard import Guard
"""

_GUARD = """

class {name}(Guard):
    dataset = "rows"

    def train(self, train):
        return job.fit(train)

    def predict(self, model, rows):
        return job.answer(model, rows)

    def evaluate(self, test, predictions):
        return job.score(test["y"], predictions)
"""

PLAIN = """\
import sys
import time

sys.path[:0] = [{root!r}, {root!r} + "/datasets/generators"]
import numpy as np

import job
import rows


def work(times=1):
    for _ in range(times):
        frame = rows.make(np.random.RandomState(0))
        train, test = frame[:300], frame[300:]
        model = job.fit(train)
        job.score(test["y"], job.answer(model, test))


if __name__ == "__main__":
    started = time.perf_counter()
    work()
    print(time.perf_counter() - started)
"""
"""What the guards do in their main run, as a script by itself; it prints its seconds without the imports."""


class Guarded:
    """A project whose guards all have goldens."""

    def __init__(self, root: Path, *, guards: int, trees: int) -> None:
        """So many guards of models of so many trees, a few in each module."""
        self.root = root.resolve()
        self.names = [f"Job{number}" for number in range(guards)]
        self._write("pyproject.toml", "[tool.mlguard]\n")
        self._write("datasets/generators/rows.py", _GENERATOR)
        self._write(CODE, _CODE.format(trees=trees))
        self._write("plain.py", PLAIN.format(root=str(self.root)))
        for at in range(0, guards, EACH):
            classes = [_GUARD.format(name=name) for name in self.names[at : at + EACH]]
            self._write(f"tests/guards/test_jobs_{at}.py", _GUARDS + "".join(classes))
        self._record()

    def edit(self, old: str, new: str) -> None:
        """Replace a text of the guarded code, which must stand there once."""
        text = (self.root / CODE).read_text()
        if text.count(old) != 1:
            raise ValueError(f"{old!r} stands {text.count(old)} times in {CODE}")
        (self.root / CODE).write_text(text.replace(old, new))

    def modules(self) -> Sequence[str]:
        """The modules of guards, from the root."""
        return sorted(file.relative_to(self.root).as_posix() for file in self.root.glob("tests/guards/*.py"))

    def _write(self, name: str, text: str) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text)

    def _record(self) -> None:
        """Record one guard; the others do the same and get a copy under their name. Noise is not measured."""
        settings = load(self.root)
        with Runner(settings) as runner, unmeasured():
            first, *others = runner.find().guards
            regenerator = Regenerator(Checker(settings, runner), reason="measured")
            regenerator.accept(regenerator.prepare(first))
        store = open_store(settings)
        golden = store.load(first.ref.name)
        if golden is None:
            raise RuntimeError(f"{first.ref.name} was not recorded")
        for other in others:
            store.save(replace(golden, guard=other.ref.name))
