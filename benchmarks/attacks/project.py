"""The project that is attacked, in each state in which a command may meet it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.attacks.warm import Ran, Warm

GUARD, STALE, DATASET = "Line", "Gone[old]", "tiny"

TREES = ("golden", "datasets", ".mlguard")
"""What a pull request of data alone may change, and what commands write."""

_GUARDS = "tests/guards/test_line.py"

FILES = {
    "pyproject.toml": '[tool.mlguard]\ntimeout = 60\ngenerators = "generators"\n',
    "generators/tiny.py": """\
import pandas as pd


def make(rng, rows=16):
    x = rng.randint(0, 60, rows) / 10
    y = 2 * x + 1 + rng.randint(-5, 6, rows) / 10
    return {
        "rows": pd.DataFrame({"x": x, "shop": rng.choice(["a", "b"], rows), "y": y}),
        "shops": pd.DataFrame({"shop": ["a", "b"], "city": ["Ulm", "Köln"]}),
    }
""",
    "configs/old.json": "{}\n",
    "line.py": """\
import numpy as np

FACTOR = 1.0


def fit(rows):
    x, y = rows["x"], rows["y"]
    slope = FACTOR * float(((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum())
    return {"slope": slope, "shift": float(y.mean() - slope * x.mean()), "table": slope * np.arange(5000.0)}


def answer(model, rows):
    return (model["shift"] + model["slope"] * rows["x"]).to_numpy()


def score(y, answers):
    return {"mae": float(abs(y.to_numpy() - answers).mean()), "rows": len(y)}
""",
    _GUARDS: """\
import numpy as np

import line
import mlguard
from mlguard import Guard


class Line(Guard):
    dataset = "tiny"
    seeds = (0,)

    def train(self, train):
        model = line.fit(train)
        mlguard.note("curve", model["slope"] * np.arange(140.0).reshape(2, 70))
        return model

    def predict(self, model, rows):
        return line.answer(model, rows)

    def evaluate(self, test, predictions):
        return line.score(test["y"], predictions)


class Gone(Line):
    config = ["configs/old.json"]
""",
}
"""A straight line through sixteen points, with an array, a large internal and two tables beside it."""


@dataclass(frozen=True)
class Version:
    """A version of the project's code."""

    factor: str
    """What the slope is multiplied with."""
    wider: bool
    """Whether its generator draws other data."""


OLD = Version("1.0", wider=False)
NEW = Version("1.5", wider=True)


class Attacked:
    """Makes copies of one project: `plain` without a golden, `recorded`, and `failed` with a pending Record."""

    def __init__(self, warm: Warm, folder: Path) -> None:
        """Record its goldens, tables and pending Records below an empty folder."""
        self.warm, self.folder = warm, folder
        self._copies = 0
        self.plain = folder / "plain" / "project"
        write(self.plain)
        for version in (NEW, OLD):
            put(self.plain, version)
            warm.learn(self.plain)
        self.recorded = self._recorded()
        self.failed = self.copy(self.recorded)
        put(self.failed, NEW)
        self._expect(["check", GUARD], self.failed, 1)
        put(self.failed, OLD)

    def _recorded(self) -> Path:
        """Two approvals of a golden, one of a guard that is gone since, and the written dataset."""
        place = self.copy(self.plain)
        put(place, NEW)
        self._expect(["regen-golden", "--all", "--reason", "first", "--yes"], place)
        put(place, OLD)
        self._expect(["regen-golden", GUARD, "--reason", "second", "--yes"], place)
        self._expect(["make-dataset", DATASET], place)
        retire(place)
        self._expect(["check", GUARD], place)
        return place

    def _expect(self, arguments: Sequence[str], place: Path, code: int = 0) -> Ran:
        """Run a command that must end so."""
        ran = self.warm.run(arguments, place)
        if ran.code != code:
            raise RuntimeError(f"{arguments} ended with {ran.code}, not {code}:\n{ran.text}")
        return ran

    def copy(self, place: Path) -> Path:
        """A copy of a project, links and empty folders included."""
        self._copies += 1
        target = self.folder / f"copy{self._copies}" / "project"
        shutil.copytree(place, target, symlinks=True)
        return target


def write(place: Path) -> None:
    """Write the project without anything recorded."""
    for name, content in FILES.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(content, encoding="utf-8")


def put(place: Path, version: Version) -> None:
    """Let the project have this version of its code."""
    line, generator = FILES["line.py"], FILES["generators/tiny.py"]
    line = line.replace("FACTOR = 1.0", f"FACTOR = {version.factor}")
    if version.wider:
        generator = generator.replace("(0, 60, rows)", "(0, 90, rows)")
    (place / "line.py").write_text(line, encoding="utf-8")
    (place / "generators/tiny.py").write_text(generator, encoding="utf-8")


def retire(place: Path) -> None:
    """Take the second guard out of the project; its golden stays."""
    (place / _GUARDS).write_text(FILES[_GUARDS].partition("\n\nclass Gone")[0] + "\n", encoding="utf-8")


def drop(place: Path) -> None:
    """Remove a copy with what stands beside it."""
    shutil.rmtree(place.parent, ignore_errors=True)


def entries(place: Path) -> dict[str, str]:
    """Every entry below a folder by its name, as text that differs where its kind, content or target does."""
    return {name: _described(path) for name, path in below(place)}


def below(place: Path) -> Iterator[tuple[str, Path]]:
    """Every entry below a folder with its name; links are not followed."""
    for folder, folders, files in os.walk(place):
        for name in sorted((*folders, *files)):
            path = Path(folder) / name
            yield path.relative_to(place).as_posix(), path


def _described(path: Path) -> str:
    """What an entry is: `folder`, `-> target`, `other`, or the digest of a file."""
    if path.is_symlink():
        return f"-> {os.readlink(path)}"
    if path.is_dir():
        return "folder"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "other"


def reasons(place: Path) -> list[str]:
    """The reasons in the approval log of the golden, the newest first; none where there is no log that can be read."""
    try:
        document = json.loads((place / "golden" / GUARD / "record.json").read_text(encoding="utf-8"))
        return [approval["reason"] for approval in document["approvals"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []
