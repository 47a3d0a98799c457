"""The gate of a release: whether what a check found of a bundle holds for what lies here. Words are in `report.gate`.

To add an objection: a member of `Why`, where it is raised, and its sentence in `report.gate`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from mlguard.core.bundle import BundleCheck, GuardSeen, Libraries, MetricSeen
from mlguard.core.intent import Wanted, parse_intent
from mlguard.core.outcome import Outcome, worst


class Why(StrEnum):
    """What speaks against a bundle, or should be looked at."""

    NO_CHECK = "no check"
    """Nothing was kept with it."""
    DAMAGED = "damaged"
    """What was kept cannot be read."""
    ADDED = "file added"
    REMOVED = "file removed"
    CHANGED = "file changed"
    NO_GUARD = "no guard"
    """The check ran none."""
    GUARD_LEFT_OUT = "guard left out"
    """A guard that is wanted was not selected."""
    NOTHING_COMPARED = "nothing compared"
    """A guard matched without a golden, or without a value."""
    GOLDEN_OTHER = "other golden"
    """A guard has another golden here than it was compared with."""
    GOLDEN_GONE = "golden gone"
    """A guard has no golden here."""
    FAILED = "guard failed"
    """A guard did not match."""
    LIBRARY = "other library"
    """Python or a distribution is not what the guards ran with."""
    PROMISE = "promise not kept"
    """A metric did not move by as much as an intent promised."""
    UNDECLARED = "undeclared"
    """A metric moved since the release that is replaced, and no intent names it."""
    METRIC_GONE = "metric gone"
    """A metric of the release that is replaced is measured no more, whatever was promised of it."""
    GUARD_GONE = "guard gone"
    """A guard of the release that is replaced was not checked and has no golden here, as may be meant."""
    NOT_SELECTED = "not selected"
    """A guard has a golden here and was not selected, as may be meant."""
    UNCOMMITTED = "uncommitted"
    """Code ran that no commit has."""


@dataclass(frozen=True)
class Objection:
    """One thing that speaks against a bundle; one whose outcome is `match` is only to be looked at."""

    why: Why
    """What it is."""
    outcome: Outcome
    """What it comes to."""
    name: str = ""
    """The file, guard or library."""
    metric: str = ""
    """The metric of the guard, where it is about one."""
    then: str | float | None = None
    """What the check found, or what the release had that is replaced."""
    now: str | float | None = None
    """What lies here, or what the bundle has."""
    wanted: str = ""
    """What was promised; where a guard failed, the stage that moved first."""


@dataclass(frozen=True)
class Here:
    """What lies here when the gate is asked."""

    files: Mapping[str, str]
    """SHA-256 of each file of the bundle."""
    goldens: Mapping[str, str]
    """Versions of the goldens of this checkout that guards of the check have."""
    others: tuple[str, ...]
    """Guards that have a golden here and are none of the check's."""
    libraries: Libraries
    """Python, and those distributions of the check that are installed here."""
    replaced: BundleCheck | None = None
    """The check of the release that is to be replaced."""


@dataclass(frozen=True)
class Rule:
    """What is asked of a bundle besides."""

    guards: tuple[str, ...] = ()
    """Guards that must have been selected."""
    declared: bool = False
    """Whether each metric that moved since the replaced release must be named by an intent."""

    @property
    def of_moves(self) -> Outcome:
        """What a metric that moved, or went, comes to where no intent covers that."""
        return Outcome.SHIFTED if self.declared else Outcome.MATCH


@dataclass(frozen=True)
class Ruling:
    """What the gate says."""

    objections: tuple[Objection, ...] = field(default_factory=tuple)
    """All that speaks against the bundle or should be looked at, worst first."""

    @property
    def outcome(self) -> Outcome:
        """The outcome that decides."""
        return worst([Outcome.MATCH, *(one.outcome for one in self.objections)])


def decide(check: BundleCheck, here: Here, rule: Rule = Rule()) -> Ruling:
    """Hold a check against what lies here."""
    found = [
        *_files(check.files, here.files),
        *_selection(check, here, rule),
        *(one for guard in check.guards for one in _guard(guard, here.goldens)),
        *_libraries(check.environment, here.libraries),
        *_since(check, here, rule),
        *([Objection(Why.UNCOMMITTED, Outcome.MATCH)] if check.clean is False else []),
    ]
    return Ruling(tuple(sorted(found, key=lambda one: one.outcome.rank)))


def _files(then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Objection]:
    for name in sorted({*then, *now}):
        if name not in now:
            yield Objection(Why.REMOVED, Outcome.MISSING, name)
        elif name not in then:
            yield Objection(Why.ADDED, Outcome.MISSING, name)
        elif then[name] != now[name]:
            yield Objection(Why.CHANGED, Outcome.MISSING, name)


def _selection(check: BundleCheck, here: Here, rule: Rule) -> Iterator[Objection]:
    if not check.guards:
        yield Objection(Why.NO_GUARD, Outcome.MISSING)
    for name in rule.guards:
        if check.guard(name) is None:
            yield Objection(Why.GUARD_LEFT_OUT, Outcome.MISSING, name)
    yield from (Objection(Why.NOT_SELECTED, Outcome.MATCH, name) for name in here.others if name not in rule.guards)


def _guard(guard: GuardSeen, goldens: Mapping[str, str]) -> Iterator[Objection]:
    outcome = Outcome(guard.outcome)
    if outcome is not Outcome.MATCH:
        yield Objection(Why.FAILED, outcome, guard.name, now=guard.outcome, wanted=guard.first_moved or "")
        for name, metric in guard.metrics.items():
            if metric.has_moved:
                yield Objection(Why.FAILED, outcome, guard.name, name, metric.golden, metric.now)
    elif guard.golden is None or not guard.compared:
        yield Objection(Why.NOTHING_COMPARED, Outcome.MISSING, guard.name)
    elif guard.name not in goldens:
        yield Objection(Why.GOLDEN_GONE, Outcome.MISSING, guard.name)
    elif goldens[guard.name] != guard.golden:
        yield Objection(Why.GOLDEN_OTHER, Outcome.MISSING, guard.name, then=guard.golden, now=goldens[guard.name])


def _libraries(then: Libraries, now: Libraries) -> Iterator[Objection]:
    # As a check has it: the patch level of Python counts for nothing.
    if then.python.split(".")[:2] != now.python.split(".")[:2]:
        yield Objection(Why.LIBRARY, Outcome.ENVIRONMENT_CHANGED, "Python", then=then.python, now=now.python)
    for name, version in sorted(then.packages.items()):
        if now.packages.get(name) != version:
            there = now.packages.get(name)
            yield Objection(Why.LIBRARY, Outcome.ENVIRONMENT_CHANGED, name, then=version, now=there)


def _since(check: BundleCheck, here: Here, rule: Rule) -> Iterator[Objection]:
    """What moved since the release that is replaced, what was promised of it, and what is measured no more."""
    for before in () if here.replaced is None else here.replaced.guards:
        guard = check.guard(before.name)
        if guard is not None:
            wanted = _wanted([one.intent for one in guard.approvals if one not in before.approvals])
            both = {name: (then, guard.metrics[name]) for name, then in before.metrics.items() if name in guard.metrics}
            yield from _promised(guard.name, wanted, both)
            yield from _undeclared(guard.name, wanted, both, rule)
            for name in sorted(before.metrics.keys() - both.keys()):
                yield Objection(Why.METRIC_GONE, rule.of_moves, guard.name, name, before.metrics[name].now)
        elif before.name not in here.others:  # One with a golden is said to be not selected.
            yield Objection(Why.GUARD_GONE, Outcome.MATCH, before.name)


Pairs = Mapping[str, tuple[MetricSeen, MetricSeen]]
"""A metric in the release that is replaced, and in the bundle."""


def _wanted(intents: Sequence[str]) -> dict[str, list[Wanted]]:
    """What approvals since then meant to change, by metric."""
    found: dict[str, list[Wanted]] = {}
    for text in filter(None, intents):
        for metric, wanted in parse_intent(text).metrics.items():
            found.setdefault(metric, []).append(wanted)
    return found


def _promised(guard: str, wanted: Mapping[str, Sequence[Wanted]], both: Pairs) -> Iterator[Objection]:
    for metric, promises in wanted.items():
        # A metric that was meant to rise and then to fall was promised nothing over all.
        if metric in both and len({one.way for one in promises}) == 1:
            whole = Wanted(promises[0].way, sum(one.by for one in promises))
            before, now = both[metric]
            if not whole.is_met(before.move(now)):
                yield Objection(Why.PROMISE, Outcome.SHIFTED, guard, metric, before.now, now.now, str(whole))


def _undeclared(guard: str, wanted: Mapping[str, Sequence[Wanted]], both: Pairs, rule: Rule) -> Iterator[Objection]:
    for metric, (before, now) in both.items():
        if metric not in wanted and _has_moved(before, now):
            yield Objection(Why.UNDECLARED, rule.of_moves, guard, metric, before.now, now.now)


def _has_moved(before: MetricSeen, now: MetricSeen) -> bool:
    move = before.move(now)
    # Each of the two may lie as far from its golden as its limit allows.
    return (before.now is not now.now) if move is None else abs(move) > before.limit + now.limit
