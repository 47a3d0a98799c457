"""This repository's own guards, and the variants of `tests/power`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.emulating import Emulating
from benchmarks.trial import Gate, Trial
from mlguard.discovery import Declared
from mlguard.settings import load
from tests.power.planting import ROOT, plant
from tests.power.variant import Variant
from tests.power.variants import VARIANTS


class Own:
    """This repository as a project under measurement; owns its workers, so use it as a context manager."""

    name = "own"

    def __init__(self) -> None:
        self.runner = Emulating(load(ROOT))
        self.guards: Mapping[str, Declared] = {guard.ref.name: guard for guard in self.runner.find().guards}
        self.trials: Sequence[Trial] = [_trial(variant) for variant in VARIANTS]

    def __enter__(self) -> Own:
        return self

    def __exit__(self, *problem: Any) -> None:
        """End the workers."""
        self.runner.__exit__(*problem)

    def gate(self, guard: str) -> Gate:
        """The first metric that the guard requires something of; at most and at least say which way is better."""
        require: Mapping[str, str] = self.guards[guard].options.require
        return next((Gate(metric, not bound.startswith("<")) for metric, bound in require.items()), Gate(None))

    def plant(self, trial: Trial, folder: Path) -> Declared:
        """The planted variant; for machines and for baselines the code as it is."""
        known = {variant.id: variant for variant in VARIANTS if variant.guard == trial.guard}
        variant = known.get(trial.name) or _unedited(next(iter(known.values())))
        return plant(variant, self.guards[trial.guard], folder)


def _trial(variant: Variant) -> Trial:
    return Trial(Own.name, variant.guard, variant.id, variant.kind, variant.stage, variant.hidden)


def _unedited(variant: Variant) -> Variant:
    """Replaces text by itself, so that the same files are copied."""
    return replace(variant, edits=tuple((file, old, old) for file, old, _ in variant.edits if old))
