"""A project from outside the repository, put under guard in one style and with default settings.

The folder holds `model.py` (`split_data`, `train_from_data`, `predict_from_data`, `evaluate_from_data`, `save_model`,
`load_model`, `CONFIG`), `data.py` (`load(seed)`) and `project.py`, whose `P` names the target, the main metric and the
variants; `spec.py` beside the folder says what such a `P` is, and how a variant of it is written to a folder.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.emulating import Emulating
from benchmarks.trial import Gate, Trial
from mlguard.checker.check import Checker
from mlguard.checker.regen import Regenerator
from mlguard.discovery import Declared
from mlguard.settings import load

GUARD = '''"""The project under guard."""

import model as subject

from mlguard import Guard


class {guard}(Guard):
    dataset = "{dataset}"
    config = dict(subject.CONFIG)

    def split(self, data):
        return subject.split_data(self.config, data.rows)

    def train(self, train):
        return subject.train_from_data(self.config, train)

    def predict(self, model, rows):
        return subject.predict_from_data(model, rows)

    def evaluate(self, test, predictions):
        return subject.evaluate_from_data(test["{target}"], predictions)

    def save(self, model, folder):
        subject.save_model(model, folder / "model.bin")

    def load(self, folder):
        return subject.load_model(folder / "model.bin")
'''

GENERATOR = '''"""Tables as the project's own loader makes them."""

from data import load


def make(rng):
    return load(seed=int(rng.randint(2**31 - 1)))
'''


class Outside:
    """One project from outside; records its golden first, and owns its workers: use it as a context manager."""

    def __init__(self, folder: Path, work: Path) -> None:
        """`work` takes the project's files as its owner would have them."""
        self.name = folder.resolve().name
        self.subject = _declared(folder.resolve())
        self.base = work / "projects" / self.name
        self._write(None, self.base)
        self.runner = Emulating(load(self.base))
        self.guards: Mapping[str, Declared] = {guard.ref.name: guard for guard in self.runner.find().guards}
        (guard,) = self.guards
        self.trials: Sequence[Trial] = [Trial(self.name, guard, v.id, v.kind) for v in self.subject.variants]
        self._record(self.guards[guard])

    def __enter__(self) -> Outside:
        return self

    def __exit__(self, *problem: Any) -> None:
        """End the workers."""
        self.runner.__exit__(*problem)

    def gate(self, guard: str) -> Gate:
        """The metric that the project calls its main one."""
        return Gate(self.subject.main_metric, self.subject.higher_is_better)

    def plant(self, trial: Trial, folder: Path) -> Declared:
        """The variant's files and the golden of the unedited project."""
        known = {variant.id: variant for variant in self.subject.variants}
        self._write(known.get(trial.name), folder)
        shutil.copytree(self.base / "golden", folder / "golden")
        guard = self.guards[trial.guard]
        return replace(guard, ref=replace(guard.ref, file=folder / guard.ref.file.relative_to(self.base)))

    def _write(self, variant: Any, folder: Path) -> None:
        self.subject.materialise(variant, folder)
        texts = {
            "pyproject.toml": "[tool.mlguard]\n",
            f"datasets/generators/{self.name}.py": GENERATOR,
            f"tests/guards/test_{self.name}.py": GUARD.format(
                guard=self.name.capitalize(), dataset=self.name, target=self.subject.target
            ),
        }
        for place, text in texts.items():
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            (folder / place).write_text(text, encoding="utf-8")

    def _record(self, guard: Declared) -> None:
        """The first golden, as `regen-golden` writes it."""
        checker = Checker(self.runner.settings, self.runner)
        told = Regenerator(checker, reason="first golden", progress=lambda text: print(text, file=sys.stderr))
        regen = told.prepare(guard)
        if regen.refused is not None:
            sys.exit(f"{self.name}: no golden could be recorded: {regen.refused.problem}")
        told.accept(regen)


def _declared(folder: Path) -> Any:
    """What `project.py` calls `P`."""
    sys.path.insert(0, str(folder.parent))
    try:
        spec = importlib.util.spec_from_file_location(f"project_{folder.name}", folder / "project.py")
        if spec is None or spec.loader is None:
            sys.exit(f"{folder} has no project.py; give a folder that holds a project and its variants")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(folder.parent))
    return module.P
