"""The gate: what a check found of a bundle is held against the files, goldens and libraries that lie here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from platform import python_version

from mlguard.core.bundle import BundleCheck, Libraries
from mlguard.core.chosen import chosen
from mlguard.core.error import GoldenError, UsageError
from mlguard.core.gate import Here, Objection, Rule, Ruling, Why, decide
from mlguard.core.outcome import Outcome
from mlguard.golden.stores import open_store
from mlguard.release.bundle import BundleFolder, Kept
from mlguard.runner.imported import installed
from mlguard.settings import Settings


@dataclass(frozen=True)
class AtGate:
    """A bundle at the gate."""

    bundle: BundleFolder
    """The bundle."""
    decision: Ruling
    """What the gate says."""
    kept: Kept | None = None
    """What a check found; None where nothing can be read."""


def ask(
    settings: Settings,
    bundle: BundleFolder,
    *,
    replaced: Kept | None = None,
    guards: Sequence[str] = (),
    declared: bool = False,
) -> AtGate:
    """Hold a bundle against this checkout. `replaced` is the check of the release whose place it is to take.

    Raises UsageError for a name in `guards` that fits no guard, RunError where something cannot be read at this moment.
    """
    try:
        kept = bundle.kept()
        files = bundle.digests()
    except GoldenError as error:
        return AtGate(bundle, Ruling((Objection(Why.DAMAGED, Outcome.CORRUPT, then=error.message),)))
    if kept is None:
        return AtGate(bundle, Ruling((Objection(Why.NO_CHECK, Outcome.MISSING),)))
    here = _here(settings, kept.check, files, None if replaced is None else replaced.check)
    rule = Rule(_named(guards, kept.check, here.others), declared)
    return AtGate(bundle, decide(kept.check, here, rule), kept)


def _here(settings: Settings, check: BundleCheck, files: dict[str, str], replaced: BundleCheck | None) -> Here:
    store = open_store(settings)
    names = {guard.name for guard in check.guards}
    held = {name: store.held(name) for name in names}
    # One that cannot be trusted has a version as well, which says nothing.
    versions = {name: one.version for name, one in held.items() if one.version is not None and one.error is None}
    others = [name for name in store.names(of_tests=False) if name not in names]
    return Here(files, versions, tuple(others), _libraries(check.environment), replaced)


def _libraries(then: Libraries) -> Libraries:
    found = {name: version for name in then.packages if (version := installed(name)) is not None}
    return Libraries(python_version(), found)


def _named(guards: Sequence[str], check: BundleCheck, others: Sequence[str]) -> tuple[str, ...]:
    known = [*(guard.name for guard in check.guards), *others]
    found: list[str] = []
    for name in guards:
        fitting = chosen(name, known)
        if not fitting:
            told = f"no guard {name!r} was checked with the bundle, and none of that name has a golden here"
            raise UsageError(told, advice="`mlguard list` names the guards", slug="gate-guard-unknown")
        found += fitting
    return tuple(found)
