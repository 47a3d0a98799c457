"""Rules: what a guard declares about its comparison, beside the Tolerances of its golden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from mlguard.core.options import Options
from mlguard.core.record import Observation
from mlguard.core.requirement import Requirement, parse_requirements


@dataclass(frozen=True)
class Rules:
    """What a guard declares about its comparison, beside the golden's Tolerances."""

    requirements: tuple[Requirement, ...] = ()
    """Absolute gates on metrics."""
    gate_internals: bool = False
    """Whether what was found by looking inside decides, too."""
    require_contracts: bool = False
    """Whether a contract that does not hold is red even where it never held."""
    allow: Mapping[str, str] = field(default_factory=dict)
    """Observations whose dtype may change, with the reason."""
    waive: Mapping[str, str] = field(default_factory=dict)
    """Observations and probes that do not decide, with the reason."""
    symmetries: Mapping[str, str] = field(default_factory=dict)
    """Observations that may be equal up to `sign`, `relabelling` or `permutation`."""
    thresholds: Mapping[str, float] = field(default_factory=dict)
    """Declared thresholds, by the column that they are for; that of every score under the empty name."""
    key: tuple[str, ...] = ()
    """The columns that identify an answer where there are several per row."""

    @classmethod
    def of(cls, options: Options) -> Rules:
        """How a guard wants to be compared."""
        return cls(
            requirements=parse_requirements(options.require),
            gate_internals=options.internals == "gate",
            require_contracts=options.require_contracts,
            allow=options.allow,
            waive=options.waive,
            symmetries=options.equal_up_to,
            thresholds=options.thresholds,
            key=(options.key,) if isinstance(options.key, str) else tuple(options.key or ()),
        )

    def waived(self, observation: Observation, row: str | None = None) -> bool:
        """Whether an Observation, or one probe row of it, is waived."""
        return self._reason(self.waive, observation, row) is not None

    def waiver(self, observation: Observation) -> str:
        """The reason why an Observation does not decide; empty where it does."""
        return self._reason(self.waive, observation) or ""

    def dtype_allowed(self, observation: Observation) -> bool:
        """Whether the owner allows this Observation's dtype to change."""
        return self._reason(self.allow, observation) is not None

    def equal_up_to(self, observation: Observation) -> str | None:
        """The symmetry that the owner declared for this Observation."""
        return self._reason(self.symmetries, observation)

    @staticmethod
    def _reason(reasons: Mapping[str, str], observation: Observation, row: str | None = None) -> str | None:
        """The reason given for a name of this Observation; names with brackets stand for themselves."""
        known = (*observation.names, row) if row else observation.names
        return next((r for glob, r in reasons.items() if any(n == glob or fnmatchcase(n, glob) for n in known)), None)
