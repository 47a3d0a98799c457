"""What a page is made of: Verdicts, and the Records that they came from where they are at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from mlguard.core.alike import with_alike
from mlguard.core.dataset import Dataset
from mlguard.core.record import Record
from mlguard.core.requirement import Requirement
from mlguard.core.tolerance import Tolerances
from mlguard.core.verdict import Verdict


@dataclass(frozen=True)
class Shown:
    """What a page shows of one guard."""

    verdict: Verdict
    """What came of it."""
    golden: Record | None = None
    """The golden that it was compared with; None where there is none, or another one by now."""
    record: Record | None = None
    """What the run saw; None where it failed, or where nothing was kept of it."""
    data: Dataset | None = None
    """The tables of the run; None where they are not at hand."""
    requirements: Sequence[Requirement] = ()
    """The gates that its owner declared, which tell whether a metric is better when it is higher."""
    remarks: Sequence[str] = ()
    """What is said of it beside the Verdict, such as what was edited since."""
    generators: str = ""
    """The folder of the project's generators, from its root."""

    @cached_property
    def tolerances(self) -> Tolerances:
        """The rules by which both Records were compared."""
        if self.golden is None:
            return Tolerances()
        return with_alike(self.golden, self.record).tolerances if self.record else self.golden.tolerances
