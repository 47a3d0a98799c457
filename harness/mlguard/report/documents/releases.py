"""Documents of the commands that release what was checked."""

from __future__ import annotations

from typing import TypedDict


class Objection(TypedDict):
    """Something that speaks against a bundle, or should be looked at."""

    why: str
    """What it is, such as `file changed`, `guard failed`, `other golden`, `promise not kept`."""
    outcome: str
    """What it comes to; `match` for what is only to be looked at."""
    name: str
    """The file, guard or library; empty where it is about the bundle as a whole."""
    metric: str | None
    """The metric of the guard, where it is about one."""
    then: str | float | None
    """What the check found, or what the current release has."""
    now: str | float | None
    """What lies here, or what the bundle has; null where it is gone."""
    message: str
    """The sentence that the command shows."""


class GateMetric(TypedDict):
    """A metric of a guard."""

    golden: float | None
    """In the golden; null where it has none."""
    now: float | None
    """In the check; null where it was lost."""


class GateGuard(TypedDict):
    """A guard that was checked with the bundle."""

    name: str
    """The guard."""
    outcome: str
    """What the check found."""
    metrics: dict[str, GateMetric]
    """The metrics of its main run."""


class Gate(TypedDict):
    """What the gate says of a bundle."""

    bundle: str
    """The folder, as it was named."""
    digest: str | None
    """The digest of its `mlguard.json`, which names each other file; null where there is none that can be read."""
    outcome: str
    """The worst outcome of all objections."""
    exit_code: int
    """What the command exits with."""
    objections: list[Objection]
    """All that speaks against it, worst first."""
    look: list[Objection]
    """What should be looked at and refuses nothing."""
    guards: list[GateGuard]
    """The guards that were checked with it."""
    commit: str | None
    """The commit that was checked out then."""
    clean: bool | None
    """Whether that commit has all code that ran; null without git."""


class Released(Gate):
    """What the gate says of a bundle, and what became of it."""

    place: str
    """The place of releases, as it was named."""
    current: str | None
    """The digest of what is current there now."""
    before: str | None
    """The digest of what was current before."""
    released: bool
    """Whether this bundle is current now."""


class RestoredGolden(TypedDict):
    """A golden that was restored."""

    name: str
    """The guard."""
    files: list[str]
    """The files that changed, from the folder of goldens."""


class RolledBack(TypedDict):
    """What going back came to."""

    place: str
    """The place of releases, as it was named."""
    left: str
    """The digest of the release that was current."""
    current: str
    """The digest of the one that is."""
    bundle: str
    """The folder of its bundle."""
    commit: str | None
    """The commit with which it was checked."""
    goldens: list[RestoredGolden] | None
    """Its goldens; null where those of this checkout were left alone."""
    others: list[str]
    """Guards that have a golden here and were not checked with that release; nothing was done about them."""
    exit_code: int
    """What the command exits with: 0."""
