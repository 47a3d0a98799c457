"""A tiny real project: a generator, a guarded module, a guard, and the commands that users run in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from mlguard.report.carried import from_json

SETTINGS = """
[tool.mlguard]
guards = ["tests/guards"]
[tool.pytest.ini_options]
testpaths = ["tests"]
addopts = ["-p", "no:cacheprovider"]
"""

GENERATOR = """
import pandas as pd

def make(rng, rows=24):
    size = rng.uniform(1, 9, rows).round(2)
    return pd.DataFrame({"size": size, "age": rng.randint(0, 40, rows), "price": (3 * size + 20).round(2)})
"""

SHOP = """
def train(rows):
    size, price = rows["size"], rows["price"]
    slope = float(((size - size.mean()) * (price - price.mean())).sum() / ((size - size.mean()) ** 2).sum())
    return {"slope": slope, "offset": float(price.mean() - slope * size.mean())}


def predict(model, rows):
    return (model["slope"] * rows["size"] + model["offset"]).to_numpy()


def evaluate(test, predictions):
    return {"mean": float(predictions.mean())}
"""

GUARD = """
import shop
from mlguard import Guard


class Prices(Guard):
    dataset = "prices"
    target = "price"
    seeds = (0,)

    def train(self, train):
        return shop.train(train)

    def predict(self, model, rows):
        return shop.predict(model, rows)

    def evaluate(self, test, predictions):
        return shop.evaluate(test, predictions)
"""

AUTOLOAD = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"

BUG = ('model["slope"] *', 'model["slope"] * 1.01 *')
"""What a careless refactor does to `predict`."""


@dataclass(frozen=True)
class Ran:
    """One command."""

    code: int
    out: str
    """Standard output and error."""


@dataclass(frozen=True)
class Real:
    """A project on disk."""

    root: Path

    def write(self, name: str, text: str) -> None:
        """Write one file."""
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        """Change one file; the old text must be there."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text, old
        self.write(name, text.replace(old, new))

    def pytest(
        self, *args: str, plugins: tuple[str, ...] | None = (), python: tuple[str, ...] = (), **variables: str
    ) -> Ran:
        """Run pytest with our plugin and those that are named, or with all that are installed where `plugins` is None.

        `python` are options of the interpreter.
        """
        if plugins is None:
            return self._run([sys.executable, *python, "-m", "pytest", *args], {AUTOLOAD: "", **variables})
        named = [word for name in ("mlguard.pytest_plugin", *plugins) for word in ("-p", name)]
        return self._run([sys.executable, *python, "-m", "pytest", *named, *args], variables)

    def mlguard(self, *args: str, **variables: str) -> Ran:
        """Run a command of ours."""
        return self._run([sys.executable, "-m", "mlguard", *args], variables)

    def golden(self) -> dict[str, bytes]:
        """Every file of the goldens."""
        found = (self.root / "golden").rglob("*")
        return {file.relative_to(self.root).as_posix(): file.read_bytes() for file in found if file.is_file()}

    def outcome(self) -> tuple[str, str | None]:
        """Outcome and first moved stage, as the last session left them."""
        (file,) = (self.root / ".mlguard/run").glob("*/Prices.json")
        verdict = from_json(json.loads(file.read_text())["verdict"])
        return str(verdict.outcome), verdict.first_moved

    def copy(self, folder: Path) -> Real:
        """The same project elsewhere."""
        shutil.copytree(self.root, folder, ignore=shutil.ignore_patterns("__pycache__"))
        return Real(folder)

    def _run(self, told: list[str], variables: dict[str, str]) -> Ran:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COV_", "COVERAGE_")) and k != "CI"}
        environment = {**kept, AUTOLOAD: "1", **variables}
        ran = subprocess.run(told, cwd=self.root, env=environment, capture_output=True, text=True, timeout=300)
        return Ran(ran.returncode, ran.stdout + ran.stderr)


def build(root: Path) -> Real:
    """Write the project; nothing is recorded yet."""
    project = Real(root)
    project.write("pyproject.toml", SETTINGS)
    project.write("datasets/generators/prices.py", GENERATOR)
    project.write("shop.py", SHOP)
    project.write("tests/guards/test_prices.py", GUARD)
    return project
