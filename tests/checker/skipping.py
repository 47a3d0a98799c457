"""Random projects, random edits, and whether what may be skipped would have given the same.

A program of random looks at its project stands for a guard. What it says, without anybody listening, is the truth:
where an edit changes that, the program may not be skipped.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from mlguard.checker import unchanged
from mlguard.checker.unchanged import Unchanged
from mlguard.core.error import UsageError
from mlguard.settings import load
from tests.worker.heard import heard, said

GUARD = "Guard"

NAMES = (
    "line.py",
    "shop/__init__.py",
    "shop/model.py",
    "shop/extra/deep.py",
    "colorsys.py",
    "shop.py",
    "fast.py",
    "conftest.py",
    "tests/guards/test_shop.py",
    "tests/guards/conftest.py",
    "datasets/generators/shop.py",
    "data/a.csv",
    "data/b.csv",
    "data/more/c.csv",
    "config.yaml",
    ".env",
    "link",
    "data/link",
    "pyproject.toml",
    "pytest.ini",
    "notes.txt",
    "golden/Guard/record.json",
    "golden/Guard/data/x.npy",
    "golden/Other/record.json",
)
"""Files that a project may have; anything may lie in the place of each."""

FOLDERS = ("", "data", "data/more", "shop", "shop/extra", "golden", "tests", "datasets", "line", "fast", "other")
"""Folders that it may have."""

PLACES = (*NAMES, *FOLDERS[1:])

LOOKS = (
    "import {module}; said.append(getattr({module}, 'RATE', 0))",
    "import importlib; said.append(vars(importlib.import_module('{module}')).get('RATE'))",
    "from importlib import util; said.append(util.find_spec('{module}').origin)",
    "import runpy; said.append(runpy.run_path('{name}').get('RATE'))",
    "said.append(open('{name}', 'rb').read())",
    "import pathlib; said.append(pathlib.Path('{name}').read_bytes())",
    "import os; said.append(os.read(os.open('{name}', os.O_RDONLY), 1000))",
    "import os; said.append(os.read(os.open('{leaf}', os.O_RDONLY, dir_fd=os.open('{folder}', os.O_RDONLY)), 1000))",
    "import os; said.append(os.path.exists('{name}'))",
    "import os; said.append((os.path.isfile('{name}'), os.path.isdir('{folder}'), os.path.islink('{name}')))",
    "import pathlib; said.append((pathlib.Path('{name}').exists(), pathlib.Path('{folder}').is_dir()))",
    "import os; said.append(os.path.realpath('{name}'))",
    "import os; said.append(os.readlink('{name}'))",
    "import os; said.append(os.path.getsize('{name}'))",
    "import os; said.append(os.path.getmtime('{name}'))",
    "import pathlib; said.append(pathlib.Path('{name}').stat().st_mode)",
    "import pathlib; said.append(pathlib.Path('{name}').lstat().st_mtime_ns)",
    "import os; said.append(os.stat('{leaf}', dir_fd=os.open('{folder}', os.O_RDONLY)).st_size)",
    "import os; f = open('{name}', 'rb'); said.append((os.fstat(f.fileno()).st_mtime_ns, f.read()))",
    "import os; said.append(os.access('{name}', os.X_OK))",
    "import os; said.append(sorted(os.listdir('{folder}' or '.')))",
    "import os; said.append(sorted(os.listdir(os.open('{folder}' or '.', os.O_RDONLY))))",
    "import os; said.append(sorted((e.name, e.is_dir(), e.is_symlink()) for e in os.scandir('{folder}' or '.')))",
    "import os; said.append(sorted((e.name, e.stat().st_size) for e in os.scandir('{folder}')))",
    "import os; said.append(sorted(map(str, os.walk('{folder}'))))",
    "import os; said.append(sorted(map(str, os.fwalk('{folder}', follow_symlinks=False)))[:0])",
    "import glob; said.append(sorted(glob.glob('{folder}/*')))",
    "import glob; said.append(sorted(glob.glob('{folder}/*/*.csv')))",
    "import pathlib; said.append(sorted(map(str, pathlib.Path('{folder}').rglob('*.py'))))",
    "import pathlib; said.append(sorted(map(str, pathlib.Path('{folder}').iterdir())))",
    "import filecmp; said.append(filecmp.cmp('{name}', '{other}', shallow=True))",
    "import shutil, tempfile; said.append(open(shutil.copy2('{name}', tempfile.mkdtemp()), 'rb').read())",
    "import linecache; said.append(linecache.getlines('{name}'))",
    "import tokenize; said.append(tokenize.open('{name}').read())",
    "import configparser; c = configparser.ConfigParser(); said.append(c.read('{name}'))",
    "from importlib import resources; said.append(resources.files('shop').joinpath('model.py').read_text())",
    "import pkgutil; said.append([m.name for m in pkgutil.iter_modules(['{folder}' or '.'])])",
    "import threading; t = threading.Thread(target=lambda: said.append(open('{name}').read())); t.start(); t.join()",
)
"""What a program may do; each look stands alone, and an error of one is part of what the program says."""


@dataclass
class Count:
    """What came of a number of edits."""

    edits: int = 0
    """Edits that were made."""
    moved: int = 0
    """Those that changed what the program says, or what it is compared with."""
    skipped: int = 0
    """Those after which the program may be skipped."""
    wrong: int = 0
    """Those of them that changed something: there must be none."""
    doubted: int = 0
    """Those before which the program was in doubt, so that it would run each time."""


class Trial:
    """One random project with one random program, which is edited again and again."""

    def __init__(self, root: Path, seed: int) -> None:
        """Write the project below `root`."""
        self.root, self.random, self.count = root.resolve(), random.Random(seed), Count()
        self.edits: list[str] = []
        for name in self.random.sample(NAMES, 14):
            if not (self.root / name).is_dir():
                self._put(name)
        self._put("pyproject.toml")
        # No listing counts this name, which mlguard adds by itself.
        (self.root / ".mlguard").mkdir()
        self.program = "\n".join(_guarded(self._look()) for _ in range(self.random.randint(2, 9)))
        self.truth = self._truth()
        self._run()

    def go_on(self, edits: int) -> Count:
        """Make some edits; after each, skip the program or run it. Raises AssertionError where a skip is wrong."""
        for _ in range(edits):
            self.edits.append(self._edit())
            self.count.edits += 1
            self.count.doubted += self.in_doubt
            kept = self._kept()
            truth = self._truth()
            moved, skipped = truth != self.truth, kept.standings([GUARD])[GUARD].when is not None
            self.count.moved += moved
            self.count.skipped += skipped
            self.count.wrong += moved and skipped
            assert not (moved and skipped), (
                f"{self.edits[-3:]} changed what this says:\n{self.program}\n{self.truth}\n{truth}"
            )
            self.truth = truth
            if not skipped:
                self._run()
        return self.count

    def _run(self) -> None:
        """Run the program as a guard that matches is run: somebody listens, and what it depends on is kept."""
        kept = self._kept()
        against = kept.golden(GUARD)
        told, depends = heard(self.program, self.root)
        assert told == self.truth[0], f"listening changed what this says:\n{self.program}\n{told}\n{self.truth[0]}"
        self.in_doubt = bool(depends.doubts)
        kept.keep(GUARD, depends, against, dated=False)

    def _truth(self) -> tuple[str, Mapping[str, object], str]:
        """What the program says, its golden, and the settings."""
        golden = self.root / "golden" / GUARD
        files = {str(p): p.is_symlink() or (p.read_bytes() if p.is_file() else None) for p in golden.rglob("*")}
        settings = repr(load(self.root))
        return said(self.program, self.root), files, settings

    def _kept(self) -> Unchanged:
        try:
            settings = load(self.root)
        except (UsageError, RuntimeError):  # No command does anything before the settings are mended.
            for name in ("pytest.ini", "tests", "datasets"):
                _remove(self.root / name)
            self._put("pyproject.toml")
            settings = load(self.root)
        return Unchanged(settings, {})

    def _look(self) -> str:
        name = self.random.choice([*NAMES, *NAMES, *FOLDERS[1:]])
        folder = self.random.choice([os.path.dirname(name), self.random.choice(FOLDERS)])
        modules = ("line", "shop", "shop.model", "shop.extra.deep", "colorsys", "fast", "none")
        look = self.random.choice(LOOKS)
        return look.format(
            name=name, leaf=os.path.basename(name), folder=folder, other=self.random.choice(NAMES),
            module=self.random.choice(modules),
        )  # fmt: skip

    def _edit(self) -> str:
        """Change something, and answer what."""
        name = self.random.choice(PLACES)
        place = self.root / name
        kind = self.random.choice(
            ("put", "put", "append", "same size", "touch", "rights", "gone", "move", "link", "folder")
        )
        try:
            self._apply(kind, name, place)
        except OSError as error:
            return f"{kind} {name} (refused: {error})"
        return f"{kind} {name}"

    def _apply(self, kind: str, name: str, place: Path) -> None:
        if kind == "put":
            self._put(name)
        elif kind == "append" and place.is_file():
            place.write_text(place.read_text() + "# more\n")
        elif kind == "same size" and place.is_file():
            before = place.stat()
            place.write_text("".join(self.random.sample(text := place.read_text(), len(text))))
            os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))
        elif kind == "touch" and place.exists():
            os.utime(place, ns=(seconds := self.random.randrange(10**18), seconds))
        elif kind == "rights" and place.exists():
            place.chmod(self.random.choice((0o755, 0o700, 0o644, 0o600)))
        elif kind == "gone":
            _remove(place)
        elif kind == "move" and os.path.lexists(place):
            target = self.root / self.random.choice(PLACES)
            _remove(target)
            place.rename(target)
        elif kind == "link":
            _remove(place)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(self.root / self.random.choice(PLACES))
        elif kind == "folder" and not os.path.lexists(place):
            place.mkdir(parents=True)

    def _put(self, name: str) -> None:
        place = self.root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        if name == "pyproject.toml":
            _remove(place)
            place.write_text(f"[tool.mlguard]\ntimeout = {self.random.randint(1, 3)}\n")
        elif name == "pytest.ini":
            place.write_text(self.random.choice(("[pytest]\npythonpath = data\n", "[pytest]\n")))
        else:
            place.write_text(f"RATE = {self.random.randint(0, 9)}\n")


@contextmanager
def standing_still() -> Iterator[None]:
    """The machine and mlguard stay what they are while the block runs, so that nobody looks at them each time."""
    machine, stamps = tuple(unchanged._machine()), tuple(unchanged._stamps(Path(unchanged.__file__).parents[1]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unchanged, "_machine", lambda: machine)
        patch.setattr(unchanged, "_stamps", lambda _: stamps)
        yield


def _guarded(look: str) -> str:
    """One look, whose error is said too."""
    lines = "\n".join(f"    {line}" for line in look.split("; ", 1))
    return f"said = said or []\ntry:\n{lines}\nexcept BaseException as error:\n    said.append(repr(error))"


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def trials(folder: Path, *, edits: int, each: int, seed: int) -> Iterator[Count]:
    """So many edits in projects of `each`, one after the other."""
    with standing_still():
        for number in range(-(-edits // each)):
            root = folder / str(number)
            root.mkdir()
            yield Trial(root, seed + number).go_on(min(each, edits - number * each))
            shutil.rmtree(root)
