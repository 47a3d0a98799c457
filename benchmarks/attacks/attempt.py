"""One hostile pull request: what it plants, the commands that then run, and what they did wrong.

Files outside of the project are witnesses: none may change, appear, go, or be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.attacks.project import DATASET, GUARD, NEW, OLD, TREES, Attacked, Version, below, drop, entries, put
from benchmarks.attacks.warm import GIB, NOISE, Ran

CANARY = "c4nary of a private file"
"""What every witness holds."""

CODES = (0, 1, 2, 3, 4, 5)
"""Exit codes that the documentation knows."""

SECONDS = 10
"""Processor time that a command may take; the memory that it may take is a gigabyte."""

VARIABLES = {NOISE: "1e-12"}
"""What the certificates of all commands measure."""

Plant = Callable[[Path, Path], None]
"""Plants something, given the project and the folder of witnesses beside it."""


@dataclass(frozen=True)
class Attack:
    """One thing that a pull request may hold."""

    kind: str
    """What is planted, without the place."""
    about: str
    """The file or folder below the project that it is about."""
    plant: Plant
    """Plants it."""
    detail: str = ""
    """What tells it from others of its kind and place."""
    is_damage: bool = False
    """Whether the guard's golden is no golden afterwards, so that `check` may not pass."""

    @property
    def name(self) -> str:
        """Unique among all attacks."""
        return f"{self.kind}: {self.about} {self.detail}".strip()


@dataclass(frozen=True)
class Step:
    """One command that is run after the other."""

    arguments: tuple[str, ...]
    """Its words."""
    trees: tuple[str, ...]
    """Beginnings of the names that it reads or writes."""
    version: Version = OLD
    """The version of the code at that time."""


_GOLDENS = ("golden", ".mlguard")

STEPS = (
    Step(("check", GUARD, "--json"), _GOLDENS),
    Step(("list",), TREES),
    Step(("make-dataset", DATASET, "--verify"), ("datasets",)),
    Step(("check", GUARD), _GOLDENS, NEW),
    Step(("make-dataset", DATASET, "--seed", "1"), ("datasets",)),
    Step(("calibrate", GUARD, "--reason", "noise", "--yes"), _GOLDENS),
    Step(("prune", "--yes"), _GOLDENS),
    Step(("regen-golden", GUARD, "--reason", "new", "--yes"), _GOLDENS, NEW),
    Step(("check", GUARD, "--json"), _GOLDENS, NEW),
)
"""Everything that reads or writes what the pull request changed; the first one alone meets only what was planted."""


def attempt(attacked: Attacked, attack: Attack) -> list[str]:
    """What went wrong where the attack was tried; nothing where all held."""
    project = attacked.copy(attacked.failed)
    outside = _witnesses(project.parent / "outside")
    try:
        attack.plant(project, outside)
        return list(dict.fromkeys(_attempted(attacked, attack, project, outside)))
    finally:
        drop(project)


def _witnesses(outside: Path) -> Path:
    (outside / "home" / "deep").mkdir(parents=True)
    for name in ("id_rsa", "home/rows.csv", "home/record.json", "home/manifest.json", "home/deep/id"):
        (outside / name).write_text(CANARY)
    return outside


def _attempted(attacked: Attacked, attack: Attack, project: Path, outside: Path) -> Iterator[str]:
    for step in (step for step in STEPS if attack.about.startswith(step.trees)):
        put(project, step.version)
        before, code = entries(outside), _rest(project)
        ran = attacked.warm.run(step.arguments, project, VARIABLES)
        told = step.arguments[0]
        yield from (f"{told}: {problem}" for problem in wrong(ran))
        yield from (f"{told}: {problem}" for problem in _touched("outside", before, entries(outside)))
        yield from (f"{told}: {problem}" for problem in _touched("of the project", code, _rest(project)))
        yield from (f"{told}: {name} was brought into the project" for name in _brought(project))
        if CANARY in ran.text:
            yield f"{told}: shows what a file outside holds"
        if attack.is_damage and step is STEPS[0] and ran.code == 0:
            yield f"{told}: passes with a damaged golden"
        if ran.hung:
            return


def wrong(ran: Ran) -> Iterator[str]:
    """What no command may do, whatever it meets."""
    if ran.hung:
        yield "never ends"
    elif ran.code not in CODES:
        yield f"ends with {ran.code}"
    if "Traceback" in ran.text or "defect in mlguard" in ran.text:
        yield f"traceback: {_raised(ran.text)}"
    if ran.cpu > SECONDS:
        yield f"takes {ran.cpu:.0f} s"
    if ran.memory > GIB:
        yield f"takes {ran.memory / GIB:.1f} GB"


def _raised(text: str) -> str:
    """The exception of a traceback, and its innermost line."""
    lines = [line.strip() for line in text.splitlines()]
    places = [line.split("/mlguard/")[-1] for line in lines if line.startswith("File ")]
    errors = [line for line in lines if line.partition(":")[0].endswith(("Error", "Exception", "Interrupt"))]
    return " at ".join([*errors[-1:], *places[-1:]])


def _touched(where: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    for how, names in (
        ("deletes", before.keys() - after.keys()),
        ("writes", after.keys() - before.keys()),
        ("changes", {name for name in before.keys() & after.keys() if before[name] != after[name]}),
    ):
        if names:
            yield f"{how} {len(names)} {where}, as {min(names)}"


def _rest(project: Path) -> dict[str, str]:
    """What of the project a pull request of data leaves alone."""
    return {name: described for name, described in entries(project).items() if name.split("/")[0] not in TREES}


def _brought(project: Path) -> Iterator[str]:
    """Files of the project that hold what only a witness held; another name of one is not a copy."""
    for name, path in below(project):
        if not path.is_symlink() and path.is_file() and path.stat().st_nlink == 1:
            with path.open("rb") as file:
                if CANARY.encode() in file.read(1 << 16):
                    yield name
