"""Whether a run that is still under way has moved already; asked in the worker, between its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlguard.core.compare import compare
from mlguard.core.record import Observation, Record
from mlguard.core.rules import Rules
from mlguard.runner.bundle import BUNDLE
from mlguard.runner.parts import ASKED


@dataclass(frozen=True)
class FirstMove:
    """Ends a run as soon as something is not as in a golden."""

    golden: Record
    """What it is compared with."""
    rules: Rules
    """How its guard wants to be compared."""

    def __call__(self, record: Record, new: Sequence[Observation]) -> bool:
        """Whether something moved among the new ones of what was observed so far; excuses that need a run count not."""
        # The bundle is loaded later, in a process of its own.
        golden = self.golden.with_observations(tuple(o for o in self.golden if not o.name.startswith(BUNDLE)))
        unseen = {o.run for o in golden} - {o.run for o in new}
        asked = {f"{o.run}/{part}" for o in new for part in (o.stage, o.file)}
        left_out = golden.left_out | unseen | ({*ASKED} - asked)
        return bool(compare(golden, record, self.rules, left_out=left_out).moves())
