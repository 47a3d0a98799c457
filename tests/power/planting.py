"""Copy one guard of this repository with a variant's edits applied, so that its golden can be held against it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from mlguard.discovery import Declared
from tests.power.variant import Variant

ROOT = Path(__file__).resolve().parents[2]


def plant(variant: Variant, guard: Declared, folder: Path) -> Declared:
    """The project around one guard, copied to a folder and edited; answers where the guard is there."""
    module = guard.ref.file.relative_to(ROOT)
    examples = {Path(file).parent for file, _, _ in variant.edits}
    for place in {module, Path("examples/__init__.py"), *examples, *_generator(guard), *_golden(guard)}:
        _copy(ROOT / place, folder / place)
    (folder / "pyproject.toml").write_text(f'[tool.mlguard]\nguards = ["{module.as_posix()}"]\n', encoding="utf-8")
    for file, old, new in variant.edits:
        (folder / file).write_text(_edited(folder / file, old, new), encoding="utf-8")
    return replace(guard, ref=replace(guard.ref, file=folder / module))


def _edited(file: Path, old: str, new: str) -> str:
    """The file's new text; an edit of nothing makes a new file."""
    if not old:
        assert not file.exists(), f"{file} is there already"
        return new
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{text.count(old)} places for {old!r} in {file}"
    return text.replace(old, new)


def _generator(guard: Declared) -> set[Path]:
    return {Path("datasets/generators") / f"{guard.dataset}.py"}


def _golden(guard: Declared) -> set[Path]:
    return {Path("golden") / guard.ref.class_name, Path("golden/_datasets") / str(guard.dataset)}


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)
