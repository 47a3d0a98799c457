"""Documents of the commands that show, record and accept goldens."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from mlguard.report.documents.checks import CheckedGuard


class Audited(TypedDict):
    """The figures of an audit that are kept."""

    power: float | None
    """Share of the planted changes that were noticed, 0 to 1; null where none counted."""
    noticed: int
    """Changes that were noticed."""
    missed: int
    """Changes that alter behaviour and were not noticed."""
    interval: list[float]
    """The 95 % interval of the power."""
    equivalent: int
    """Changes that alter nothing, and are not counted."""
    invalid: int
    """Changes that cannot run, and are not counted."""
    budget: str
    """What limited the audit, in words."""
    when: str
    """When it ended, in UTC."""


class LooselyGuarded(TypedDict):
    """An answer whose limit is wide, since round-off alone moves it far."""

    name: str
    """The Observation, or the column of answers."""
    limit: float
    """How far it may move without being noticed, in its own unit."""
    share: float
    """The same per unit of spread."""
    noise: float
    """How far round-off alone moved it, per unit of spread."""
    held: bool
    """Whether the limit would be wider if `loose` allowed it."""


class TransferredGolden(TypedDict):
    """A golden that was brought over, or looked at where it is kept."""

    name: str
    """Whose it is; of a Dataset that is damaged there, its folder."""
    came: str
    """`same`, `copied`, `mended`, `differs`, `behind`, `damaged`, `absent`, `only here` or `only there`."""
    detail: str
    """Why; empty where that says it all."""


class Transfer(TypedDict):
    """What `mlguard golden` did."""

    action: str
    """`push`, `pull` or `verify`."""
    url: str
    """The address."""
    goldens: list[TransferredGolden]
    """Each golden of either side."""
    exit_code: int
    """0; 1 where goldens differ and nothing was done; 3 where one is damaged."""


class ListedGuard(TypedDict):
    """A guard or golden in the list. A golden without a guard has `name`, `dataset` and `golden` only."""

    name: str
    """The guard, or the golden."""
    dataset: str
    """Its dataset; `-` without one."""
    golden: str
    """`recorded`, `missing`, `corrupt`, `stale`, `pytest only`, or `unknown` where a module cannot be imported."""
    file: NotRequired[str]
    """The module that declares it."""
    line: NotRequired[int]
    """The line of its class."""
    config: NotRequired[str | None]
    """Its configuration file."""
    stages: NotRequired[list[str]]
    """The stages that it has."""
    pending: NotRequired[bool]
    """Whether something waits for `mlguard review`."""
    power: NotRequired[Audited | None]
    """The figures of its last audit on this machine."""
    problems: NotRequired[list[str]]
    """What is wrong with its declaration."""
    reason: NotRequired[str | None]
    """The reason of its last approval."""
    approved: NotRequired[str | None]
    """When that was, in UTC."""
    never_held: NotRequired[list[str]]
    """Contracts that did not hold when the golden was recorded."""
    loosely_guarded: NotRequired[list[LooselyGuarded]]
    """Answers with wide limits."""
    without_effect: NotRequired[list[str]]
    """Configuration keys whose change changes nothing that is observed."""
    mlguard: NotRequired[str | None]
    """The version of mlguard that recorded the golden."""
    not_asked: NotRequired[list[str]]
    """What this mlguard checks and that version did not."""


class Listing(TypedDict):
    """The list of guards."""

    guards: list[ListedGuard]
    """One entry per guard, then per golden without one."""
    broken: dict[str, str]
    """Modules that cannot be imported, each with its error."""


class Approval(TypedDict):
    """What became of one guard that was to be recorded."""

    name: str
    """The guard."""
    did: str
    """`recorded`, `unchanged`, `would change`, `declined`, `refused` or `not written`."""
    outcome: str
    """What is left after that: `match` where it was recorded."""
    usage: bool
    """Whether what failed is a mistake in the declaration."""
    exit_code: NotRequired[int]
    """What a check of this guard would exit with, where it still fails."""
    summary: NotRequired[list[str]]
    """What changes in the golden, in words."""
    files: NotRequired[list[str]]
    """The files that were written."""
    remarks: NotRequired[list[str]]
    """What to know of them."""
    problem: NotRequired[str | None]
    """Why nothing was recorded."""


class Approvals(TypedDict):
    """The answer of commands that record."""

    guards: list[Approval]
    """One entry per guard."""


class Metric(TypedDict):
    """A metric, before and after."""

    name: str
    """Its name."""
    golden: object
    """In the golden; null where it is new."""
    new: object
    """In what was seen; null where it was lost."""
    moved: bool
    """Whether it moved beyond its limit, is new or was lost."""
    better: bool | None
    """Whether the move is for the better; null where nobody knows, or nothing moved."""


class Hindrance(TypedDict):
    """A reason why something cannot be accepted."""

    kind: str
    """The kind of reason, such as `files edited`."""
    message: str
    """The sentence that the command shows."""


class Reviewed(TypedDict):
    """What a failed check saw, and what became of it."""

    name: str
    """The guard."""
    outcome: str
    """What the check found."""
    exit_code: int
    """What a check of it exits with."""
    first_moved: str | None
    """The first stage that moved."""
    metrics: list[Metric]
    """The metrics of the main run, those that moved first."""
    summary: list[str]
    """What moved, in words."""
    causes: list[str]
    """What is known of why it moved."""
    obstacles: list[Hindrance]
    """Why it cannot be accepted."""
    acceptable: bool
    """Whether it can be accepted."""
    next: str | None
    """The command to run where it cannot be accepted."""
    did: NotRequired[str]
    """`recorded`, `rejected`, `skipped`, `refused` or `not written`; only once something was decided."""
    files: NotRequired[list[str]]
    """The files that were written."""
    remarks: NotRequired[list[str]]
    """What to know of them."""
    problem: NotRequired[str | None]
    """Why nothing was written."""


class Waiting(TypedDict):
    """What waits for a decision."""

    waiting: list[Reviewed]
    """One entry per guard."""
    exit_code: int
    """What the command exits with."""


class Decided(TypedDict):
    """What was decided."""

    guards: list[Reviewed]
    """One entry per guard that was looked at."""


class Pruned(TypedDict):
    """Goldens without a guard, and what became of them."""

    stale: list[str]
    """Goldens whose guard is gone."""
    deleted: list[str]
    """Those that were deleted."""
    refused: list[str]
    """Guards that do not match, because of which nothing was deleted."""


class Moved(CheckedGuard):
    """The guard under its new name, as a check describes it, and what became of the golden."""

    moved: bool
    """Whether the golden has the new name now."""
    files: list[str]
    """The files that were written."""


class ReportedGuard(TypedDict):
    """A guard that a page shows."""

    name: str
    """The guard."""
    outcome: str
    """What came of its last check."""


class Report(TypedDict):
    """The page that was written."""

    report: str
    """Where it lies, from the project's root."""
    guards: list[ReportedGuard]
    """The guards that it shows."""


class LoggedApproval(TypedDict):
    """An approval in the log of a golden."""

    when: str
    """When it was, in UTC."""
    by: str
    """Who accepted it; empty where the guard has no owners."""
    reason: str
    """Why."""
    intent: str
    """What it was meant to change; empty where nobody said so."""
    summary: list[str]
    """What it changed, in words."""


class DoubtOfReviewer(TypedDict):
    """Something that a reviewer should look at."""

    kind: str
    """`no intent`, `no approval`, `lost approvals`, `fewer questions`, `older mlguard`, `unreadable` or `removed`."""
    names: list[str]
    """What it is about: files, reasons, questions, versions."""
    message: str
    """The sentence that the command shows."""


class ChangedGolden(TypedDict):
    """A golden that a branch changes."""

    name: str
    """The guard."""
    how: str
    """`new`, `changed` or `removed`."""
    approvals: list[LoggedApproval]
    """Approvals that the base does not have, newest first."""
    doubts: list[DoubtOfReviewer]
    """What a reviewer should look at."""


class UnlistedFile(TypedDict):
    """A file below the folder of the goldens that no golden lists."""

    file: str
    """Its path, from the project's root."""
    tracked: bool
    """Whether git has it, or it is staged."""
    message: str
    """The sentence that the command shows."""


class Status(TypedDict):
    """The goldens that a branch changes."""

    base: str
    """The revision that the branch is to be merged into."""
    goldens: list[ChangedGolden]
    """One entry per golden."""
    files: list[UnlistedFile]
    """Files that lie among the goldens and belong to none."""
    exit_code: int
    """1 in CI where a reviewer should look at one of them, or git has one of these files; else 0."""
