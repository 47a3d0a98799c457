"""Check the own guards under other minor releases of NumPy and scikit-learn: `python -m benchmarks.libraries`.

Each release gets a virtual environment of its own, so this needs a package index. A guard may `match`, or be
`environment-changed` with the package named; anything else is a false alarm, and the exit status says so.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

GOOD = ("match", "environment-changed")


@dataclass(frozen=True)
class Checked:
    """What `mlguard check` said under one release."""

    requirement: str
    """The release, as pip takes it."""
    outcomes: Counter[str]
    """Guards by outcome; empty where the release could not be installed."""
    causes: tuple[str, ...]
    """The first cause of every guard that does not match."""


def main(requirements: list[str]) -> int:
    """Check under each release, print a line each, and answer 1 where a guard raised a false alarm."""
    alarms = 0
    for requirement in requirements or list(neighbours("numpy", "scikit-learn")):
        checked = check(requirement)
        told = ", ".join(f"{n} {outcome}" for outcome, n in sorted(checked.outcomes.items())) or "no such release here"
        print(f"{requirement:28} {told}", *(f"    {cause}" for cause in checked.causes), sep="\n", flush=True)
        alarms += sum(n for outcome, n in checked.outcomes.items() if outcome not in GOOD)
    return 1 if alarms else 0


def neighbours(*packages: str) -> Iterator[str]:
    """The minor releases before and after the installed ones."""
    for package in packages:
        major, minor = (int(part) for part in re.findall(r"\d+", version(package))[:2])
        for other in (minor - 1, minor + 1):
            yield f"{package}=={major}.{other}.*"


def check(requirement: str) -> Checked:
    """Check every own guard in a fresh environment that holds this release."""
    with tempfile.TemporaryDirectory(prefix="mlguard-libraries-") as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        install = [
            str(python),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--prefer-binary",
            "--editable",
            str(ROOT),
            requirement,
        ]
        if subprocess.run(install, check=False, stderr=subprocess.DEVNULL).returncode != 0:
            return Checked(requirement, Counter(), ())
        ran = subprocess.run(
            [str(python), "-m", "mlguard", "check", "--json"], cwd=ROOT, check=False, capture_output=True, text=True
        )
    guards = json.loads(ran.stdout)["guards"]
    failed = [guard for guard in guards if guard["outcome"] != "match"]
    causes = (f"{guard['name']}: {guard['outcome']}: {_first(guard)}" for guard in failed)
    return Checked(requirement, Counter(guard["outcome"] for guard in guards), tuple(causes))


def _first(guard: dict[str, list[str]]) -> str:
    return next(iter(guard["causes"]), "no cause")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
