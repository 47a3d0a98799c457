"""Try a little of everything: hostile pull requests, faults, many writers and damaged inputs, on one project."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from benchmarks.attacks.calls import KILL, is_possible
from benchmarks.attacks.project import Attacked
from benchmarks.attacks.readers import in_memory, readers
from benchmarks.attacks.warm import Warm
from benchmarks.faults import SCENARIOS, Faults
from benchmarks.fuzz import explore
from benchmarks.fuzz import facts as of_fuzzing
from benchmarks.hostile import tried
from benchmarks.writers import facts as of_writers
from benchmarks.writers import rounds

_FAMILIES = ("existing", "listed", "claims")
_SCENARIO = next(one for one in SCENARIOS if one.name == "prune")
"""The one with the fewest calls that deletes: the others write in the same way."""


@click.command()
@click.option("--each", type=click.IntRange(1), default=2, show_default=True, help="Attacks and rounds of a kind.")
@click.option("--inputs", type=click.IntRange(1), default=320, show_default=True, help="Damaged inputs.")
def command(each: int, inputs: int) -> None:
    """Try a sample of every attack, and answer with one JSON document; exits 1 where one had an effect."""
    with tempfile.TemporaryDirectory(prefix="mlguard-attacks-") as name, in_memory() as scratch:
        attacked = Attacked(Warm(), Path(name))
        trials = Faults(attacked).trials(_SCENARIO, (KILL, "EIO"), each + 1) if is_possible() else ()
        answer = {
            "hostile": tried(attacked, _FAMILIES, each),
            "faults": [asdict(trial) for trial in trials],
            "writers": of_writers(list(rounds(attacked, each, 4))),
            "fuzz": of_fuzzing(explore(list(readers(attacked, scratch)), inputs, seed=0)),
        }
    click.echo(json.dumps(answer, indent=1))
    sys.exit(_has_effects(answer))


def _has_effects(answer: dict[str, Any]) -> bool:
    hostile = any(problems for attacks in answer["hostile"].values() for problems in attacks.values())
    found = any(one["findings"] for one in answer["fuzz"]) or any(trial["problems"] for trial in answer["faults"])
    return hostile or found or bool(answer["writers"]["problems"])


if __name__ == "__main__":
    command()
