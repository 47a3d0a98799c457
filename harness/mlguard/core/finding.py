"""A Finding: what comparing one Observation gave, as facts. The words are made in `report.sentence`.

To add a kind: a member of `Kind`, and its sentence in `report.sentence.SENTENCES`; facts of its own go into a class of
`Detail`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from mlguard.core.contract import Judgement
from mlguard.core.difference import Difference
from mlguard.core.outcome import Outcome
from mlguard.core.record import Role, stage_rank
from mlguard.core.requirement import Requirement
from mlguard.core.run_name import MAIN, RunName


class Kind(StrEnum):
    """What happened to an Observation."""

    SAME = "same"
    """It is the same, bit for bit or within its limit."""
    MOVED = "moved"
    """Elements moved beyond the limit, or the structure changed."""
    SYMMETRIC = "symmetric"
    """It moved, and is equal up to a symmetry."""
    TIED = "tied"
    """Labels changed where scores are tied, or a metric followed from such labels."""
    DTYPE = "dtype"
    """Only the dtype changed, which the owner allows."""
    RESTRUCTURED = "restructured"
    """Something inside the model has another dtype or shape."""
    RAISED = "raised"
    """Derived rows that were answered are not answered any more."""
    LOST = "lost"
    """It is in the golden, and was not observed."""
    NEW = "new"
    """It was observed, and is not in the golden."""
    NEW_QUESTION = "new question"
    """It answers a question that the golden's mlguard did not know."""
    CONTRACT_HOLDS = "contract holds"
    """A property that must hold does, or does not hold in the same way as in the golden."""
    CONTRACT_BROKEN = "contract broken"
    """A property that must hold does not."""
    CONTRACT_CHANGED = "contract changed"
    """A property that did not hold in the golden holds now, or fails in another way."""
    CONTRACT_INAPPLICABLE = "contract inapplicable"
    """A property that makes no sense for this guard, or none any more."""
    EFFECT_LOST = "effect lost"
    """A configuration key acted on a stage, and does not any more."""
    EFFECT_GAINED = "effect gained"
    """A configuration key acts on a stage, and did not."""
    EFFECT_SAME = "effect same"
    """A configuration key acts on a stage as before."""
    GATE_MISSED = "gate missed"
    """A metric does not pass the requirement that the owner declared."""


@dataclass(frozen=True)
class Judged:
    """How a contract was judged on both sides."""

    before: Judgement
    """In the golden."""
    after: Judgement
    """In this run."""


@dataclass(frozen=True)
class Missed:
    """A requirement that does not hold."""

    requirement: Requirement
    """What was declared."""
    seen: float | None
    """The metric; None where it was not observed as a number."""
    golden: float | None = None
    """The metric in the golden; None where it has none."""


@dataclass(frozen=True)
class Added:
    """What is new where it is a single element, such as a metric."""

    element: object
    """The element; None where it is missing."""


@dataclass(frozen=True)
class Symmetry:
    """A symmetry under which two Values are equal."""

    name: str
    """`sign`, `relabelling` or `permutation`."""


@dataclass(frozen=True)
class Question:
    """A question that the golden was not asked."""

    name: str
    """As `core.question` calls it."""


Detail = Judged | Missed | Added | Symmetry | Question


@dataclass(frozen=True)
class Carried:
    """The rows that a metric's move comes from."""

    rows: tuple[str, ...]
    """Their names."""
    total: int
    """Number of rows that there are."""


@dataclass(frozen=True)
class NotCarried:
    """A metric moved, and no answer did."""


@dataclass(frozen=True)
class InCommon:
    """What all moved rows have and few others."""

    column: str
    """The column of the table."""
    relation: str
    """`missing`, `is`, `>=` or `<=`."""
    value: object
    """What the column is compared with; None for `missing`."""
    also: int
    """Number of other rows that have it as well."""
    others: int
    """Number of other rows."""


@dataclass(frozen=True)
class SameValue:
    """A value is gone, and a new one is equal to it."""

    name: str
    """The new name."""


Hint = Carried | NotCarried | InCommon | SameValue


@dataclass(frozen=True)
class Finding:
    """What comparing one Observation gave."""

    run: RunName
    """The run that it belongs to."""
    stage: str
    """The stage that it belongs to."""
    observation: str
    """Its name."""
    role: Role
    """What it is for."""
    kind: Kind
    """What happened."""
    outcome: Outcome
    """`match` where nothing moved, or what moved is allowed."""
    gates: bool
    """Whether this Finding takes part in the outcome."""
    difference: Difference = field(default_factory=Difference)
    """What lies between the two Values; that of equal ones where no Values were compared."""
    detail: Detail | None = None
    """Facts of its own kind."""
    waiver: str = ""
    """Why it does not decide, where the owner says so."""
    hints: tuple[Hint, ...] = ()
    """What else is known of the move."""

    @property
    def rank(self) -> tuple[int, int]:
        """Its place in the order of explanation: by run, and by stage inside a run."""
        return (self.run.rank, stage_rank(self.stage))

    @property
    def label(self) -> str:
        """How messages call its Observation: `predict test.proba`, with the run in front where it is another."""
        own = f"{self.stage} {self.observation}"
        return own if self.run == MAIN else f"{self.run}: {own}"
