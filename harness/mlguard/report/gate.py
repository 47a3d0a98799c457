"""What the gate says of a bundle, and what became of a release, in words and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlguard.core.bundle import BundleCheck, GuardSeen
from mlguard.core.direction import higher_is_better
from mlguard.core.gate import Objection, Ruling, Why
from mlguard.core.outcome import Outcome
from mlguard.core.visible import one_line
from mlguard.report.documents import releases as documents
from mlguard.report.numbers import apart, counted
from mlguard.report.numbers import shown as spelled

SHOWN = 10
"""Lines of one kind that are shown."""

DIGITS = 12
"""Hexadecimal digits of a digest that are shown."""

_MEANING = {
    Outcome.ERROR.exit_code: "guarded code did not run to its end",
    Outcome.SHIFTED.exit_code: "behaviour is not what was promised",
    Outcome.MISSING.exit_code: "nobody has checked this",
    Outcome.DATASET_CHANGED.exit_code: "behaviour holds, and the environment or the data are others",
}

_SENTENCES = {
    Why.NO_CHECK: "no check was kept with it; run `mlguard check --bundle` on it",
    Why.DAMAGED: "{then}",
    Why.ADDED: "file {name} was added after the check",
    Why.REMOVED: "file {name} was removed after the check",
    Why.CHANGED: "file {name} was changed after the check",
    Why.NO_GUARD: "its check ran no guard",
    Why.GUARD_LEFT_OUT: "guard {name} was not checked with it",
    Why.NOTHING_COMPARED: "guard {name} was compared with no golden",
    Why.GOLDEN_OTHER: "guard {name} was compared with another golden than this checkout has; check the bundle again",
    Why.GOLDEN_GONE: "guard {name} has no golden in this checkout that can be read",
    Why.LIBRARY: "{name} was {then} at the check, and is {now} here",
    Why.GUARD_GONE: "guard {name} is gone, which was checked with the current release",
    Why.NOT_SELECTED: "guard {name} has a golden here, and was not checked with this bundle",
    Why.UNCOMMITTED: "it was checked with changes that no commit has",
}


def draw(shown: str, check: BundleCheck | None, digest: str | None, decision: Ruling) -> str:
    """What the gate says of a bundle that messages call `shown`."""
    if decision.outcome is Outcome.MATCH and check is not None:
        lines = [f"{shown}: passes; {_guards(check)}{_commit(check)}", f"  digest {(digest or '')[:DIGITS]}"]
    else:
        lines = [f"{shown}: refused, {_MEANING[decision.outcome.exit_code]}"]
    lines += _lines([one for one in decision.objections if one.outcome is not Outcome.MATCH], "")
    lines += _lines([one for one in decision.objections if one.outcome is Outcome.MATCH], "look: ")
    return "\n".join(map(one_line, lines))


def as_data(shown: str, check: BundleCheck | None, digest: str | None, decision: Ruling) -> documents.Gate:
    """The same as plain data."""
    outcome = decision.outcome
    said = [(one.outcome is Outcome.MATCH, _as_data(one)) for one in decision.objections]
    return {
        "bundle": shown,
        "digest": digest,
        "outcome": str(outcome),
        "exit_code": outcome.exit_code,
        "objections": [one for is_quiet, one in said if not is_quiet],
        "look": [one for is_quiet, one in said if is_quiet],
        "guards": [] if check is None else [_guard(guard) for guard in check.guards],
        "commit": None if check is None else check.commit,
        "clean": None if check is None else check.clean,
    }


def released(place: str, digest: str, before: str | None) -> str:
    """A line on a release that is current now."""
    if before == digest:
        return one_line(f"{place}: {digest[:DIGITS]} is current already")
    return one_line(f"{place}: {digest[:DIGITS]} is current" + (f", instead of {before[:DIGITS]}" if before else ""))


def went_back(
    place: str, left: str, now: str, check: BundleCheck, goldens: dict[str, int] | None, others: Sequence[str] = ()
) -> str:
    """What going back came to; `goldens` are the numbers of files that changed, by guard, where they were restored.

    `others` have a golden here, and that release was not checked with them.
    """
    lines = [f"{place}: {now[:DIGITS]} is current again, instead of {left[:DIGITS]}"]
    for guard, files in (goldens or {}).items():
        lines.append(
            f"  golden {guard}: " + (f"restored, {counted(files, 'file')}" if files else "is that of it already")
        )
    lines += [f"  golden {guard}: left alone, that release was not checked with it" for guard in others]
    if goldens is None:
        lines.append("  goldens were left alone")
    elif check.commit is not None and check.clean is False:
        lines.append(f"  its code is commit {check.commit[:DIGITS]} with changes that no commit has")
    elif check.commit is not None:
        holds = "these guards hold" if others else "`mlguard check` holds"
        lines.append(f"  its code is that of commit {check.commit[:DIGITS]}, with which {holds}")
    return "\n".join(map(one_line, lines))


def say(one: Objection) -> str:
    """The sentence of an objection."""
    if one.why is Why.FAILED:
        return f"guard {one.name}: {_metric(one)}" if one.metric else f"guard {one.name}: {one.now}{_stage(one)}"
    if one.why is Why.PROMISE:
        return f"guard {one.name}: {_metric(one)} since the current release, and {one.wanted} was promised"
    if one.why is Why.UNDECLARED:
        way = {True: ", for the better,", False: ", for the worse,", None: ""}[_better(one)]
        return f"guard {one.name}: {_metric(one)} since the current release{way} and no intent names it"
    if one.why is Why.METRIC_GONE:
        return f"guard {one.name}: metric {one.metric} is gone, which was {spelled(one.then)} in the current release"
    there = "missing" if one.now is None else one.now
    return _SENTENCES[one.why].format(name=one.name, then=one.then, now=there)


def _stage(one: Objection) -> str:
    return f", first moved in stage {one.wanted}" if one.wanted else ""


def _metric(one: Objection) -> str:
    before, after, between = apart(one.then, one.now)
    return f"{one.metric} {before} -> {after}" + (f" ({between})" if between else "")


def _better(one: Objection) -> bool | None:
    higher = higher_is_better(one.metric)
    if higher is None or not isinstance(one.then, float | int) or not isinstance(one.now, float | int):
        return None
    return higher is (one.now > one.then)


def _lines(said: Sequence[Objection], before: str) -> Iterator[str]:
    for why in dict.fromkeys(one.why for one in said):
        own = [one for one in said if one.why is why]
        yield from (f"  {before}{say(one)}" for one in own[:SHOWN])
        if len(own) > SHOWN:
            yield f"  {before}and {len(own) - SHOWN} more of these"


def _guards(check: BundleCheck) -> str:
    compared = sum(guard.compared for guard in check.guards)
    match = "matches" if len(check.guards) == 1 else "match"
    return f"{counted(len(check.guards), 'guard')} {match}, {counted(compared, 'observation')} compared"


def _commit(check: BundleCheck) -> str:
    return "" if check.commit is None else f", at commit {check.commit[:DIGITS]}"


def _as_data(one: Objection) -> documents.Objection:
    return {
        "why": str(one.why),
        "outcome": str(one.outcome),
        "name": one.name,
        "metric": one.metric or None,
        "then": one.then,
        "now": one.now,
        "message": say(one),
    }


def _guard(guard: GuardSeen) -> documents.GateGuard:
    metrics: dict[str, documents.GateMetric] = {
        name: {"golden": metric.golden, "now": metric.now} for name, metric in guard.metrics.items()
    }
    return {"name": guard.name, "outcome": guard.outcome, "metrics": metrics}
