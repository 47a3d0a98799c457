"""Check each variant once, in workers that share one import of the libraries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mlguard.checker.check import Checker, Seen
from mlguard.core.compare import compare
from mlguard.core.outcome import Outcome
from mlguard.core.record import Record
from mlguard.core.verdict import Verdict
from mlguard.golden.stores import open_store
from mlguard.runner.order import Extent
from mlguard.runner.run import Runner
from mlguard.settings import load
from tests.power.planting import ROOT, plant
from tests.power.variant import Variant


class Checked(dict[Variant, Seen]):
    """What `mlguard check` gives for each variant; checked when it is first needed."""

    def __init__(self, runner: Runner, folder: Path) -> None:
        super().__init__()
        self.runner, self.folder = runner, folder
        self.guards = {guard.ref.name: guard for guard in runner.find().guards}
        self._unedited: dict[str, Record] = {}

    def __missing__(self, variant: Variant) -> Seen:
        place = self.folder / str(len(self))
        guard = plant(variant, self.guards[variant.guard], place)
        settings = load(place)
        runner = self.runner.elsewhere(settings)
        for extent in _needed(variant):
            self[variant] = Checker(settings, runner, extent=extent).check(guard)
            if self[variant].verdict.outcome is not Outcome.MATCH:
                break
        return self[variant]

    def verdict(self, variant: Variant) -> Verdict:
        """The Verdict on one variant."""
        return self[variant].verdict

    def moves_bits(self, variant: Variant) -> bool:
        """Whether a variant moves any bit of what decides, against the unedited code on this machine.

        The golden would answer for the machine that recorded it, on which the unedited code has other bits.
        """
        done = self[variant].done
        assert done is not None
        findings = compare(self._unedited_record(variant.guard), done.record).findings
        return any(not finding.difference.exact for finding in findings if finding.gates)

    def _unedited_record(self, guard: str) -> Record:
        if guard not in self._unedited:
            golden = open_store(self.runner.settings).load(guard)
            self._unedited[guard] = self.runner.run(self.guards[guard].as_in(golden)).record
        return self._unedited[guard]


def _needed(variant: Variant) -> tuple[Extent, ...]:
    """How much of a guard to run, the least first: a shift that is caught needs no more.

    What other runs would add changes neither outcome nor stage. What steps of a pipeline make of the rows is looked at
    beside the probes.
    """
    if variant.kind != "shift":
        return (Extent.FULL,)
    if variant.hidden:
        return Extent.QUICK, Extent.FULL
    return (Extent.QUICK if variant.stage == "features" else Extent.MAIN,)


@pytest.fixture(scope="session")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checked]:
    """What `mlguard check` gives for each variant, shared by the whole room."""
    with Runner(load(ROOT)) as runner:
        yield Checked(runner, tmp_path_factory.mktemp("power"))
