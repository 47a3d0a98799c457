"""Links, devices and other names of a file, at each name below the trees that exists or that a command asks for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.attacks.attempt import CANARY, STEPS, VARIABLES, Attack, Plant
from benchmarks.attacks.calls import Watch
from benchmarks.attacks.project import GUARD, TREES, Attacked, below, drop, put

_HARD = "another name of a witness"


def existing(attacked: Attacked) -> Iterator[Attack]:
    """At the names of what was recorded."""
    for name, is_folder in _there(attacked.failed).items():
        yield from _at(name, is_folder=is_folder, is_damage=f"{name}/".startswith(f"golden/{GUARD}/"))


def asked(attacked: Attacked) -> Iterator[Attack]:
    """At the names of what is not there, but that commands look for or make."""
    known = _there(attacked.failed)
    found: dict[str, bool] = {}
    for step in STEPS:
        place = attacked.copy(attacked.failed)
        put(place, step.version)
        watch = Watch(place)
        watch.wait(attacked.warm.start(step.arguments, place, VARIABLES, watch.prepare))
        for point in watch.points:
            found[point.path] = found.get(point.path, False) or point.call in ("mkdir", "list", "rmdir")
        drop(place)
    for name in sorted(found.keys() - known.keys()):
        if not _is_unforeseeable(name):
            yield from _at(name, is_folder=found[name], is_damage=False)


def _there(project: Path) -> dict[str, bool]:
    """What lies below the trees, and whether it is a folder."""
    inside = {f"{tree}/{name}": path.is_dir() for tree in TREES for name, path in below(project / tree)}
    return {**dict.fromkeys(TREES, True), **inside}


def _is_unforeseeable(name: str) -> bool:
    """Whether a name has a random part, so that nobody can have planted a link there."""
    return any(len(part) >= 16 and set(part) <= set("0123456789abcdef") for part in name.replace("-", ".").split("."))


def _at(name: str, *, is_folder: bool, is_damage: bool) -> Iterator[Attack]:
    for kind, plant in (_FOLDERS if is_folder else _FILES).items():
        yield Attack(kind, name, _planted(name, plant), is_damage=is_damage and kind != _HARD)


def _planted(name: str, plant: Plant) -> Plant:
    def planted(project: Path, outside: Path) -> None:
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        plant(path, outside)

    return planted


def _link(target: Callable[[Path], Path]) -> Plant:
    """A link to what lies beside the project, given the folder of witnesses."""

    def plant(path: Path, outside: Path) -> None:
        _remove(path)
        path.symlink_to(os.path.relpath(target(outside), path.parent))

    return plant


def _same_outside(path: Path, outside: Path) -> None:
    """A link to the very content that belongs there."""
    target = outside / f"copy of {path.name}"
    if path.is_dir():
        shutil.copytree(path, target, symlinks=True)
    elif path.is_file():
        shutil.copy(path, target)
    else:
        target.write_text(CANARY)
    _link(lambda _: target)(path, outside)


def _hard(path: Path, outside: Path) -> None:
    _remove(path)
    os.link(outside / "id_rsa", path)


def _pipe(path: Path, outside: Path) -> None:
    _remove(path)
    os.mkfifo(path)


def _folder(path: Path, outside: Path) -> None:
    _remove(path)
    path.mkdir()
    (path / "inner").write_text("somebody's\n")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


_BOTH: dict[str, Plant] = {
    "link to a folder": _link(lambda outside: outside / "home"),
    "link to a file": _link(lambda outside: outside / "id_rsa"),
    "link to nothing": _link(lambda outside: outside / "not there"),
    "link to what belongs there": _same_outside,
    "pipe": _pipe,
}
_FILES = {
    **_BOTH,
    "link to a device": _link(lambda _: Path("/dev/zero")),
    _HARD: _hard,
    "folder in place of a file": _folder,
}
_FOLDERS = {**_BOTH, "link to the code": _link(lambda outside: outside.parent / "project" / "tests" / "guards")}
