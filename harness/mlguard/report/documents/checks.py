"""Documents of `mlguard check` and `mlguard watch`."""

from __future__ import annotations

from typing import TypedDict


class Element(TypedDict):
    """An element that moved."""

    place: str
    """The row's name, or the index."""
    golden: object
    """The element in the golden; null where it was missing. Infinities and NaN are spelled as text."""
    new: object
    """The element in this run."""


class Finding(TypedDict):
    """A finding: what comparing one Observation gave."""

    run: str
    """The run that it belongs to: `main`, `seed 1`, `config model.C`, `refit` and others."""
    stage: str
    """The stage inside that run."""
    observation: str
    """The name of the Observation."""
    outcome: str
    """`match` where nothing moved, or what moved is allowed."""
    kind: str
    """What happened, such as `same`, `moved`, `lost`, `contract broken`."""
    message: str
    """The sentence that a report shows."""
    role: str
    """What the Observation is for: `gate`, `probe`, `contract`, `contract value`, `effect`, `internal`, `evidence`."""
    gates: bool
    """Whether the finding counts for the outcome."""
    exact: bool
    """Whether all bits are equal."""
    beyond_noise: bool
    """Whether it moved by more than the measured noise and within its limit."""
    tie: bool
    """Whether labels changed only where scores are tied."""
    max_abs: float | str | None
    """The largest move, in the unit of the value; null where nothing was compared as numbers."""
    max_scaled: float | str | None
    """The largest move per unit of spread."""
    limit: float | str | None
    """The limit of the element that moved furthest past its own."""
    signed: float | str | None
    """The mean move with its sign."""
    moved: int
    """Number of elements that moved beyond their limit."""
    total: int
    """Number of elements that were compared."""
    worst: list[Element]
    """The elements that moved most, five at most."""
    rows: list[str]
    """Names of the rows that moved."""
    told: list[str]
    """What else is known of the move: what the moved rows have in common, which rows carry a metric."""


class CheckedGuard(TypedDict):
    """A guard that was checked."""

    name: str
    """The guard, with its variant: `Churn[model_cat]`."""
    outcome: str
    """One word, such as `match` or `shifted`."""
    unchanged_since: str | None
    """When it last matched, where `--changed` skipped it; null where it ran."""
    exit_code: int
    """What a check of this guard alone would exit with."""
    first_moved: str | None
    """The first stage that moved."""
    first_run: str
    """The run in which it first moved."""
    findings: list[Finding]
    """One per Observation, in the golden's order; those without a golden last."""
    places: dict[str, str]
    """Where results come from, by stage or by their own name, such as the cell of a notebook; empty for functions."""
    causes: list[str]
    """What is known of why it moved, most telling first."""
    changed: list[str]
    """What changed since the golden and can have moved it: `code`, `configuration`, `data`, `files`, `environment`."""
    remarks: list[str]
    """Lines that change no outcome."""
    problem: str | None
    """What went wrong where nothing could be compared."""
    traceback: str | None
    """The frames of your code, where it raised."""
    slug: str | None
    """The word that [messages](messages.md) explains, for `problem`."""
    stage: str | None
    """The stage that was running when your code raised, hung or died."""
    usage: bool
    """Whether `problem` is a mistake in the declaration, which exits with 2."""
    commit: str | None
    """Where something moved: the commit with which the golden was accepted, if the repository has it."""
    file: str | None
    """The module that declares the guard."""
    compared: int
    """Number of Observations that decide and were compared."""
    seconds: float
    """How long it took."""
    costs: dict[str, float]
    """Seconds of each part of the run."""


class Check(TypedDict):
    """The answer of a check."""

    schema: int
    """Number of this form; it grows when a reader would have to change."""
    outcome: str
    """The worst outcome of all guards."""
    exit_code: int
    """What the command exits with."""
    guards: list[CheckedGuard]
    """One entry per guard; also one per golden without a guard, and per module that cannot be imported."""
    not_run: list[str]
    """Guards that did not begin, since another one had failed under `--fail-fast`."""


class Round(Check):
    """The answer of one round of watching."""

    saved: list[str]
    """The files that began the round; none in the first."""


class Seen(TypedDict):
    """An Observation that a golden would hold."""

    run: str
    """Its run."""
    stage: str
    """Its stage."""
    name: str
    """Its name."""
    role: str
    """What it is for, as in a finding."""
    dtype: str
    """Its type."""
    shape: list[int]
    """Its shape; empty for a single value."""


class TriedGuard(TypedDict):
    """A guard that was tried."""

    name: str
    """The guard."""
    observations: list[Seen]
    """What a golden would hold."""
    contracts: dict[str, bool | None]
    """Whether each contract holds, by its name; null where it does not apply."""
    unreached: dict[str, list[int]]
    """Lines that no test row reaches, by file."""
    without_effect: list[str]
    """Configuration keys whose change changes nothing that is observed."""
    remarks: list[str]
    """Lines that change no outcome."""


class Trial(TypedDict):
    """The answer of a trial."""

    guards: list[TriedGuard | CheckedGuard]
    """One entry per guard; one that could not be run is described as by a check."""
    exit_code: int
    """3, since nothing was compared, or worse."""
