"""Keep with a bundle what a check found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import permutations
from math import isfinite
from pathlib import Path
from platform import python_version

from mlguard import __version__
from mlguard.checker.check import Seen
from mlguard.checker.history import head, is_committed
from mlguard.checker.since import outdated
from mlguard.core.bundle import ApprovalSeen, BundleCheck, GuardSeen, Libraries, MetricSeen
from mlguard.core.error import GoldenError, UsageError
from mlguard.core.obstacle import ObstacleKind
from mlguard.core.record import GATE, Observation, Record
from mlguard.core.run_name import MAIN
from mlguard.core.verdict import Verdict
from mlguard.release.bundle import BundleFolder
from mlguard.report.numbers import few
from mlguard.settings import Settings

_EDITED = (ObstacleKind.FILES_EDITED, ObstacleKind.FILES_GONE, ObstacleKind.CONFIGURATION_EDITED)
"""What says that code is no longer as it ran."""


@dataclass(frozen=True)
class Begun:
    """A bundle with which is kept what a check finds."""

    bundle: BundleFolder
    """The bundle."""
    files: Mapping[str, str]
    """SHA-256 of each file of it, as the check began."""


def begin(folders: Sequence[Path], settings: Settings) -> list[Begun]:
    """The bundles of these folders, without what earlier checks kept: whatever ends this one, none of it stands.

    Raises UsageError for a folder that is no bundle or has too many files, GoldenError for a link in one, and
    RunError where the disk refuses.
    """
    bundles = list({folder.resolve(): BundleFolder(folder) for folder in folders}.values())
    for bundle in bundles:
        if settings.base.resolve().is_relative_to(bundle.folder.resolve()):
            told = f"{bundle.folder} holds the project itself, and is no bundle"
            raise UsageError(told, advice="name the folder that your training writes", slug="bundle-missing")
        if not bundle.files():
            told = f"{bundle.folder} holds no file"
            raise UsageError(told, advice="train first, then check with what was written", slug="bundle-missing")
    for inner, outer in permutations(bundles, 2):
        if inner.folder.resolve().is_relative_to(outer.folder.resolve()):
            told = f"{inner.folder} lies in {outer.folder}, and what is kept with it would change that one"
            raise UsageError(told, advice="check with one of them", slug="bundle-missing")
    for bundle in bundles:
        bundle.forget()
    begun = [Begun(bundle, bundle.digests()) for bundle in bundles]
    for at_first in begun:
        at_first.bundle.require_room(BundleCheck(at_first.files, (), Libraries("")))
    return begun


def keep(begun: Sequence[Begun], settings: Settings, verdicts: Sequence[Verdict], seen: Mapping[str, Seen]) -> None:
    """Keep with bundles what came of guards; `seen` has what each was compared with, as far as it ran.

    Raises MlguardError where the disk refuses, or a bundle cannot be read or is another one than when the check began.
    """
    guards = tuple(_guard(verdict, seen.get(verdict.guard, Seen(verdict))) for verdict in verdicts)
    records = [one.done.record for one in seen.values() if one.done is not None]
    commit = head(settings.base)
    clean = None if commit is None else _is_clean(settings.base, records, [one.bundle.folder for one in begun])
    for one in begun:
        check = BundleCheck(_unchanged(one), guards, _libraries(records), commit, clean, __version__)
        one.bundle.keep(check)


def _unchanged(begun: Begun) -> Mapping[str, str]:
    """The digests of a bundle. Raises GoldenError where they are not what they were: who knows what trained it then."""
    now = begun.bundle.digests()
    other = sorted(name for name in {*begun.files, *now} if begun.files.get(name) != now.get(name))
    if other:
        told = f"{few(list(map(begun.bundle.shown, other)), 3)} became another one while the check ran"
        advice = "nothing was kept with that bundle; let nothing write there, and check it again"
        raise GoldenError(told, advice=advice, slug="bundle-changed")
    return now


def _is_clean(project: Path, records: Sequence[Record], besides: Sequence[Path]) -> bool | None:
    """Whether the commit that is checked out has all code that ran, as it ran: it may have been edited meanwhile."""
    ran = {name for record in records for name in record.provenance.sources}
    if any(one.kind in _EDITED for record in records for one in outdated(project, record, {})):
        return False
    return is_committed(project, ran, besides)


def _libraries(records: Sequence[Record]) -> Libraries:
    found: dict[str, str] = {}
    for record in records:
        found |= record.provenance.environment.get("packages") or {}
    return Libraries(python_version(), found)


def _guard(verdict: Verdict, seen: Seen) -> GuardSeen:
    approvals = () if seen.golden is None else seen.golden.approvals
    return GuardSeen(
        verdict.guard,
        str(verdict.outcome),
        verdict.compared,
        verdict.first_moved,
        seen.held.version,
        tuple(ApprovalSeen(approval.when, approval.intent) for approval in approvals),
        dict(_metrics(seen.golden, None if seen.done is None else seen.done.record)),
    )


def _metrics(golden: Record | None, record: Record | None) -> Iterator[tuple[str, MetricSeen]]:
    before, after = _of(golden), _of(record)
    for name in {**before, **after}:
        limit = 0.0
        if golden is not None and name in before and before[name].value.is_float:
            limit = float(golden.tolerances.rule(before[name]).limits(before[name].value)[0])
        yield name, MetricSeen(_number(before.get(name)), _number(after.get(name)), limit)


def _of(record: Record | None) -> dict[str, Observation]:
    """The metrics of the main run that are single numbers."""
    found = [o for o in record or () if o.run == MAIN and o.stage == "evaluate" and o.role == GATE]
    return {o.name: o for o in found if o.value.is_numeric and not o.value.shape}


def _number(metric: Observation | None) -> float | None:
    if metric is not None:
        with suppress(TypeError, ValueError, OverflowError):  # A complex number, or one that is missing.
            number = float(metric.value.element(0))  # type: ignore[arg-type]  # What it cannot take is not taken.
            return number if isfinite(number) else None
    return None
