"""What the commands of a user say of a project after a fault, and what of it `git add` would publish."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.attacks.project import DATASET, GUARD, NEW, OLD, STALE, TREES, Attacked, drop, entries, put


@dataclass(frozen=True)
class Seen:
    """What is said of a project."""

    old: str
    """The outcome of a check with the code of before."""
    new: str
    """The outcome of a check with the edited code."""
    stale: str
    """The state of the golden whose guard is gone; empty where there is none."""
    written: str
    """Whether the written dataset is whole, and of which seed."""

    def differs(self, other: Seen) -> str:
        """Where it differs from another one, in words."""
        pairs = ((name, getattr(self, name), getattr(other, name)) for name in ("old", "new", "stale", "written"))
        return ", ".join(
            f"{name} is {found!r} in place of {wanted!r}" for name, found, wanted in pairs if found != wanted
        )


class Look:
    """Looks at copies of a project; what is known of equal files is not looked at again."""

    def __init__(self, attacked: Attacked) -> None:
        self._attacked = attacked
        self._seen: dict[str, Seen] = {}

    def at(self, place: Path) -> Seen:
        """What is said of a project as it lies there."""
        counting = {name: told for name, told in entries(place).items() if counts(name)}
        key = json.dumps(counting, sort_keys=True)
        if key not in self._seen:
            copy = self._attacked.copy(place)
            self._seen[key] = self._look(copy)
            drop(copy)
        return self._seen[key]

    def at_clone(self, place: Path) -> Seen:
        """What is said of a checkout of what `git add golden datasets` takes."""
        copy, clone = self._attacked.copy(place), self._attacked.copy(self._attacked.plain)
        _git(copy, "init", "-q")
        for tree in ("golden", "datasets"):
            if (copy / tree).exists():
                _git(copy, "add", tree)
        _git(copy, "checkout-index", "-a", f"--prefix={clone}/")
        found = self.at(clone)
        drop(copy)
        drop(clone)
        return found

    def _look(self, copy: Path) -> Seen:
        outcomes = []
        for version in (OLD, NEW):
            put(copy, version)
            outcomes.append(self._told(copy, ["check", GUARD], lambda answer: answer["outcome"]))
        stale = self._told(copy, ["list"], _stale)
        written = self._told(copy, ["make-dataset", DATASET, "--verify"], _written)
        return Seen(*outcomes, stale, written)

    def _told(self, copy: Path, words: list[str], about: Callable[[Any], str]) -> str:
        ran = self._attacked.warm.run([*words, "--json"], copy)
        try:
            return str(about(json.loads(ran.out)))
        except (ValueError, KeyError):
            return f"exit {ran.code}"


def counts(name: str) -> bool:
    """Whether a file may change what commands say; locks and what this machine knows do not."""
    return name.split("/")[0] in TREES and not name.startswith((".mlguard/known", ".mlguard/locks"))


def _stale(answer: Any) -> str:
    return {one["name"]: one["golden"] for one in answer["guards"]}.get(STALE, "")


def _written(answer: Any) -> str:
    one = answer["datasets"][0]
    return f"{one['state']} {one.get('seed')}"


def _git(place: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(place), *words], check=True, capture_output=True)
