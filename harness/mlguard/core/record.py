"""A Record: the ordered Observations of one run and where they came from. An accepted Record is a golden."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from mlguard.core.question import QUESTIONS
from mlguard.core.run_name import MAIN, RunName
from mlguard.core.tolerance import Tolerances
from mlguard.core.value import Value

STAGES = ("dataset", "split", "features", "train", "predict", "evaluate", "contracts")
"""The stages of a guard in the order of explanation."""


class Role(StrEnum):
    """What an Observation is for."""

    GATE = "gate"
    """It decides."""
    INTERNAL = "internal"
    """It was found by looking inside, and explains."""
    EVIDENCE = "evidence"
    """It is kept and never decides."""
    PROBE = "probe"
    """It decides wherever the golden's answer is defined."""
    CONTRACT = "contract"
    """The status of a contract, judged by its values."""
    CONTRACT_VALUE = "contract value"
    """A value that a contract gave."""
    EFFECT = "effect"
    """How much a changed configuration key changes; decides when it comes or goes."""


GATE, INTERNAL, EVIDENCE, PROBE = Role.GATE, Role.INTERNAL, Role.EVIDENCE, Role.PROBE
CONTRACT, CONTRACT_VALUE, EFFECT = Role.CONTRACT, Role.CONTRACT_VALUE, Role.EFFECT

PROBES = "probes"
"""The file of the Observations of probes, whatever their role."""

STATUS = "status"
"""The column that holds the status of each probe row."""

PRIVATE = "private"
"""Stands in a golden for the digest of a file that git ignores."""

GUESS = "guess"
"""The detail of an `effect` whose changed value the code may refuse, so that it may go without a word."""

Key = tuple[RunName, str, str]
"""Run, stage and name: what identifies an Observation in its Record."""


@dataclass(frozen=True)
class Observation:
    """One named value of a run."""

    stage: str
    """One of `STAGES`."""
    name: str
    """Unique within its run and stage, such as `test.proba`."""
    value: Value
    """What was seen."""
    role: Role = GATE
    """What it is for."""
    run: RunName = MAIN
    """Which run of the guard it belongs to."""
    column: str | None = None
    """The answer column that it holds, whose noise is pooled over the runs."""
    file: str | None = None
    """The readable file that it shares with its siblings, such as `predictions`; None keeps it in the record itself."""
    detail: Mapping[str, Any] = field(default_factory=dict)
    """Plain facts that help to explain a move: the type of a raised exception, the feature values of probe rows."""
    question: str = ""
    """The question of `core.question` that it answers, where its name, role and run do not tell."""
    until: str = ""
    """The question that took the place of this form: kept for goldens that were not asked it, never in a golden."""

    @property
    def key(self) -> Key:
        """Run, stage and name."""
        return (self.run, self.stage, self.name)

    @property
    def contract(self) -> str | None:
        """The contract whose status or value it is; None for anything else."""
        if self.role is Role.CONTRACT_VALUE:
            return str(self.detail.get("contract"))
        return self.name if self.role is Role.CONTRACT else None

    @property
    def is_probe_status(self) -> bool:
        """Whether it says, row by row, whether derived rows were answered."""
        return self.role in (PROBE, EVIDENCE) and self.name.endswith(f".{STATUS}")

    @property
    def is_of_data(self) -> bool:
        """Whether it describes a table of the first Dataset, and is no note of a guard that observes by itself."""
        return (self.run, self.stage, self.file) == (MAIN, STAGES[0], STAGES[0])

    @property
    def names(self) -> tuple[str, ...]:
        """What its owner may call it in `waive`, `allow`, `loose` and `equal_up_to`.

        A metric of degenerate input is also called what the metric is: who waives one waives the other.
        """
        own = (self.name, f"{self.stage} {self.name}", self.label)
        is_metric = self.stage == "evaluate" and self.role == PROBE and not self.is_probe_status
        return (*own, self.name.partition(".")[2]) if is_metric else own

    @property
    def label(self) -> str:
        """How messages call it: `predict test.proba`, with the run in front where it is not the main one."""
        own = f"{self.stage} {self.name}"
        return own if self.run == MAIN else f"{self.run}: {own}"


@dataclass(frozen=True)
class DatasetFacts:
    """The Dataset of a run."""

    name: str
    """Name of its generator."""
    seed: int
    """The data seed of the main run."""
    digest: str = ""
    """Content digest of its tables."""
    rows: Mapping[str, int] = field(default_factory=dict)
    """Number of rows by table."""
    target: str | int | None = None
    """The column to predict, as the Dataset names it."""


@dataclass(frozen=True)
class ConfigurationFacts:
    """The effective configuration of a run."""

    values: Mapping[str, Any]
    """Its values by dotted key."""
    source: str | None = None
    """Its file; None for a mapping."""
    beside: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The values of other files that it names and that move no result, such as the settings of a log, by file."""


@dataclass(frozen=True)
class Provenance:
    """Where a Record came from."""

    dataset: DatasetFacts | None = None
    """The Dataset; None for a guard without one."""
    configuration: ConfigurationFacts | None = None
    """The configuration; None for a guard without one."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Content digests of the project's own files that ran, or that its code read, by path below the root."""
    environment: Mapping[str, Any] = field(default_factory=dict)
    """`python`, `packages`, the machine (CPU, BLAS and its kernel, SIMD level, threads, OS), `hash_seed`, and where
    there are any: the `image` of a container, digests of lock files (`locks`)."""

    @property
    def data_digest(self) -> str:
        """Content digest of the Dataset; empty without one."""
        return self.dataset.digest if self.dataset else ""

    @property
    def configuration_values(self) -> Mapping[str, Any]:
        """The values of the configuration; none without one, or where somebody wrote other facts into a golden."""
        values = self.configuration.values if self.configuration else None
        return values if isinstance(values, Mapping) else {}

    @property
    def values_beside(self) -> Mapping[str, Mapping[str, Any]]:
        """The values of files that the configuration names, by file."""
        return self.configuration.beside if self.configuration else {}


def same_libraries(one: Provenance, other: Provenance) -> bool:
    """Whether two runs had the same minor version of Python, and of each distribution that both imported."""
    old, new = (provenance.environment.get("packages") or {} for provenance in (one, other))
    python, python_now = (str(provenance.environment.get("python")).split(".")[:2] for provenance in (one, other))
    return python == python_now and all(old[name] == new[name] for name in old.keys() & new.keys())


@dataclass(frozen=True)
class Approval:
    """One accepted change of a golden."""

    when: str
    """UTC time, ISO 8601."""
    commit: str | None
    """The commit that was checked out; None without git or before the first commit."""
    reason: str
    """Why the owner accepted it."""
    summary: tuple[str, ...] = ()
    """What moved, in words: `auc 0.9369 -> 0.9342`, `3 of 85 rows moved`."""
    intent: str = ""
    """What was meant to change, and did: `preserving`, `changing: auc up 0.01`; empty where nobody said."""
    by: str = ""
    """Who accepted it, where the guard has owners: `ana@example.com`, `bob@example.com, as a reviewer`."""


def newest_first(approvals: Iterable[Approval]) -> tuple[Approval, ...]:
    """Approvals of several logs as one, each once."""
    return tuple(sorted(dict.fromkeys(approvals), key=lambda approval: approval.when, reverse=True))


@dataclass(frozen=True)
class Record:
    """The ordered Observations of one run, with provenance; a golden also carries tolerances and approvals."""

    guard: str
    """Name of the guard, with its variant: `Churn`, `Churn[model_cat]`."""
    observations: tuple[Observation, ...]
    """In the order in which they were made."""
    provenance: Provenance = field(default_factory=Provenance)
    """Where it came from."""
    tolerances: Tolerances = field(default_factory=Tolerances)
    """The rules for comparing with this Record, with their evidence."""
    approvals: tuple[Approval, ...] = ()
    """Newest first; empty for a Record that nobody accepted."""
    left_out: frozenset[str] = frozenset()
    """Runs (`seed 1`), stages of runs (`main/contracts`) and files of runs (`main/probes`) not run, on purpose."""
    remarks: tuple[str, ...] = ()
    """Lines that the run wants said: a default split, a dropped secondary run, a contract that cannot apply."""
    power: Mapping[str, Any] = field(default_factory=dict)
    """What the guard's last audit before the approval found: share noticed, interval, counts, budget, date."""
    asked: Mapping[str, int] = field(default_factory=lambda: QUESTIONS)
    """The questions that it was asked, each with its version."""
    mlguard: str = ""
    """The version of mlguard that asked them."""
    older: tuple[Observation, ...] = ()
    """Observations in a form that another has replaced, for goldens of that time; a golden has none."""

    @classmethod
    def of(cls, guard: str, observations: Iterable[Observation], **facts: Any) -> Record:
        """A Record of what a run kept, with older forms apart."""
        kept = list(observations)
        now, older = (tuple(o for o in kept if bool(o.until) is old) for old in (False, True))
        return cls(guard, now, older=older, **facts)

    def __iter__(self) -> Iterator[Observation]:
        return iter(self.observations)

    def by_key(self) -> dict[Key, Observation]:
        """The Observations by run, stage and name."""
        return {observation.key: observation for observation in self.observations}

    def adding(self, observations: Iterable[Observation]) -> Record:
        """The same Record with more Observations, those in older forms apart."""
        more = Record.of(self.guard, observations)
        return replace(self, observations=(*self.observations, *more.observations), older=(*self.older, *more.older))

    def with_observations(self, observations: tuple[Observation, ...]) -> Record:
        """The same Record holding other Observations."""
        return replace(self, observations=observations)


def stage_rank(stage: str) -> int:
    """Position of a stage in the order of explanation."""
    return STAGES.index(stage) if stage in STAGES else len(STAGES)
