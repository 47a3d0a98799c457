"""The sentence of each kind of Finding."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest

from mlguard.core.contract import DIFFERS, SAME, Judgement
from mlguard.core.difference import Difference
from mlguard.core.finding import (
    Added,
    Carried,
    Finding,
    Hint,
    InCommon,
    Judged,
    Kind,
    Missed,
    NotCarried,
    Question,
    SameValue,
    Symmetry,
)
from mlguard.core.notes import IDENTITY
from mlguard.core.run_name import Config
from mlguard.core.structure import Altered, Change, NotAnswered, OtherRows, Reordered, Repeated, Unnamed
from mlguard.report.numbers import counted, few, pair, shown

GOLDEN = "the golden"
"""What a Record is called with which a check compares."""

NAMED = 5
"""Rows that a metric's line names."""


def say(finding: Finding, against: str = GOLDEN) -> str:
    """A Finding in one sentence; `against` is what the Record is called with which it was compared."""
    return SENTENCES[finding.kind](finding, against)


def noun(finding: Finding) -> str:
    """What the names of a Value stand for: the facts of a table of the Dataset have a line for each column."""
    is_of_table = finding.stage == "dataset" and finding.observation.endswith((".schema", ".content"))
    return "column" if is_of_table else "row"


def of_table(finding: Finding) -> str | None:
    """How large a table of the Dataset is now, or which of its columns hold something else, as half a sentence.

    None for any other Finding: these are no numbers of which a size, a mean or a digest says something.
    """
    moved = finding.difference
    if finding.stage != "dataset" or not moved.moved or moved.structure or is_single(moved):
        return None
    if finding.observation.endswith(".shape"):
        in_order = sorted(moved.worst, key=lambda one: one.place)
        return ", ".join(f"{_AXES.get(one.place, f'axis {one.place}:')} {one.golden} -> {one.new}" for one in in_order)
    if finding.observation.endswith(".content"):
        return f"{moved.moved} of {counted(moved.total, 'column')} changed ({_some(moved.rows)})"
    return None


_AXES = {"0": "rows", "1": "columns"}


def in_words(moved: Difference, named: str = "row") -> str:
    """A difference as half a sentence; `named` is what has a name in it."""
    if moved.structure and not moved.dtype_only:
        columns = [change for change in moved.structure if named == "column" and isinstance(change, OtherRows)]
        return "; ".join(change_in_words(change, named) for change in columns or moved.structure)
    dtype = f"; {change_in_words(moved.structure[0])}" if moved.structure else ""
    if is_single(moved):
        limit = "" if moved.limit is None else f", limit {moved.limit:.3g}"
        return f"{pair(moved.worst[0].golden, moved.worst[0].new)}{limit}{dtype}"
    became = _became(moved)
    if moved.moved and moved.max_abs == 0.0:  # Nothing that can be subtracted moved.
        return f"{moved.moved} of {moved.total} moved{became}{dtype}"
    size = "" if moved.max_abs is None else f", at most {moved.max_abs:.3g}"
    limit = "" if moved.limit is None else f" (limit {moved.limit:.3g})"
    if moved.structure and not moved.moved:
        agree = "values agree" if moved.total != 1 else "value agrees"
        apart = f"{size} apart{limit}" if moved.max_abs else ""
        return f"{change_in_words(moved.structure[0])}; all {moved.total} {agree}{apart}"
    return f"{moved.moved} of {moved.total} moved{size}{limit}{became}{dtype}"


def is_single(moved: Difference) -> bool:
    """Whether a value of its own moved, such as a metric, so that both sides of it say it all."""
    return moved.total == 1 and len(moved.worst) == 1 and not moved.worst[0].place


def change_in_words(change: Change, named: str = "row") -> str:
    """A difference in structure as half a sentence."""
    match change:
        case Altered(what, golden, new):
            return f"{what} {golden} -> {new}"
        case OtherRows(gone, added):
            sides = (("gone", gone), ("added", added))
            return ", ".join(f"{counted(len(rows), named)} {word} ({_some(rows)})" for word, rows in sides if rows)
        case Reordered(position, golden, new):
            return f"{named}s in another order, first at position {position}: {named} {golden} -> {named} {new}"
        case Repeated(golden, new):
            return f"the same rows, {golden} times -> {new} times in all"
        case Unnamed(lost):
            return "rows lost their names" if lost else "rows gained names"
        case NotAnswered():
            return "it is gone"


def hint_in_words(hint: Hint) -> str:
    """What is known of a move beside its size."""
    match hint:
        case NotCarried():
            return "no answer moved: it is computed in another way, or from other rows"
        case SameValue(name):
            return f"`{name}` is new and has its value: was it renamed?"
        case Carried(rows, total):
            return f"carried by {len(rows)} of {total} test rows: {few(rows, NAMED)}"
        case InCommon(also=also, others=others):
            return f"in common: {condition(hint)} (so {'is' if also == 1 else 'are'} {also} of the {others} others)"


def condition(common: InCommon) -> str:
    """What rows have in common, as a condition on a column."""
    if common.relation == "missing":
        return f"`{common.column}` is missing"
    value = f"{common.value:.6g}" if isinstance(common.value, float) and common.relation != "is" else common.value
    return f"`{common.column}` {common.relation} {value if common.relation != 'is' else repr(value)}"


def _same(finding: Finding, against: str) -> str:
    moved = finding.difference
    if moved.exact:
        return f"{finding.label} is the same, bit for bit"
    if moved.beyond_noise:
        return f"larger than the measured noise, within the minimum tolerance: {finding.label}, {in_words(moved)}"
    size, limit = moved.max_abs or 0.0, moved.limit or 0.0
    return f"{finding.label} holds within its tolerance: at most {size:.3g}, limit {limit:.3g}"


def _moved(finding: Finding, against: str) -> str:
    moved = finding.difference
    if moved.close and not moved.exact:
        return f"{finding.label}: moved in the last digits, by at most {moved.max_abs or 0.0:.3g}"
    if finding.observation.endswith(IDENTITY):
        return _identity(finding)
    return f"{finding.label}: {of_table(finding) or in_words(moved, noun(finding))}"


def _identity(finding: Finding) -> str:
    """The first task that is another among those from which a seed is drawn."""
    part, moved = finding.observation.removesuffix(IDENTITY), finding.difference.worst[0]
    tasks = zip_longest(str(moved.golden).splitlines(), str(moved.new).splitlines(), fillvalue="")
    what = next(pair(before, now) for before, now in tasks if before != now)
    return f"{finding.stage}: the seed of `{part}` changed, because the task's identity changed: {what}"


def _symmetric(finding: Finding, against: str) -> str:
    assert isinstance(finding.detail, Symmetry)  # noqa: S101 -- Its kind says so.
    return f"{_moved(finding, against)}; equal up to {finding.detail.name}"


def _tied(finding: Finding, against: str) -> str:
    if finding.stage == "evaluate":
        return f"{_moved(finding, against)}, which follows from tied rows"
    return f"{_moved(finding, against)}: in all of them the scores are tied within the tolerance"


def _dtype(finding: Finding, against: str) -> str:
    return f"{finding.label}: {'; '.join(map(change_in_words, finding.difference.structure))}, which is allowed"


def _restructured(finding: Finding, against: str) -> str:
    return f"{finding.label}: {', '.join(map(change_in_words, finding.difference.structure))}"


def _lost(finding: Finding, against: str) -> str:
    return f"{finding.label} is in {against} and was not observed"


def _new(finding: Finding, against: str) -> str:
    value = f" = {shown(finding.detail.element)}" if isinstance(finding.detail, Added) else ""
    return f"{finding.label}{value} is not in {against}"


def _new_question(finding: Finding, against: str) -> str:
    assert isinstance(finding.detail, Question)  # noqa: S101 -- Its kind says so.
    return f"{against} was not asked about: {finding.detail.name}"


def _broken(finding: Finding, against: str) -> str:
    before, after = _judged(finding)
    how = {None: "does not hold", True: "no longer holds", False: "does not hold and is required"}[before.held]
    return f"{finding.observation}: {how}: {_reason(after)}"


def _changed(finding: Finding, against: str) -> str:
    _, after = _judged(finding)
    now = "holds now" if after.status == SAME else f"now differs in another way: {after.status}"
    return f"{finding.observation}: did not hold and {now}"


def _inapplicable(finding: Finding, against: str) -> str:
    before, after = _judged(finding)
    how = "cannot apply any more" if before.held else "does not apply"
    return f"{finding.observation}: {how}: {after.status}"


def _holds(finding: Finding, against: str) -> str:
    before, _ = _judged(finding)
    return f"{finding.observation}: {f'does not hold, as in {against}' if before.held is False else 'holds'}"


def _reason(judged: Judgement) -> str:
    """Why a contract does not hold."""
    if judged.difference is not None:
        return f"{judged.answer}: {in_words(judged.difference)}"
    if judged.answer:
        return f"{judged.answer} is not among the answers of the main run"
    if judged.found:
        return "; ".join(judged.found)
    kept = ", and the values that it gave are not kept" if judged.status == DIFFERS else ""
    return f"{judged.status}{kept}"


def _effect_lost(finding: Finding, against: str) -> str:
    told = f"`{_key(finding)}` no longer has an effect on {finding.stage}"
    return f"{told}: it is hard-coded, shadowed or not passed on"


def _effect_gained(finding: Finding, against: str) -> str:
    return f"`{_key(finding)}` now has an effect on {finding.stage}, and had none"


def _effect_same(finding: Finding, against: str) -> str:
    return f"`{_key(finding)}` acts on {finding.stage} as before"


def _gate_missed(finding: Finding, against: str) -> str:
    assert isinstance(finding.detail, Missed)  # noqa: S101 -- Its kind says so.
    required, seen = finding.detail.requirement, finding.detail.seen
    told = "was not observed as a number" if seen is None else f"is {seen:.6g}"
    if seen is not None and float(f"{seen:.6g}") != seen and abs(seen - required.bound) < 1e-5 * abs(seen):
        told = f"is {seen!r}"  # So near to the bound that rounding would hide on which side it lies.
    return f"{required.metric} {told}, required is {required.comparison} {required.bound!r}{_before(finding.detail)}"


def _before(missed: Missed) -> str:
    """What a metric that misses its requirement is in the golden."""
    if missed.golden is None or missed.seen is None:
        return ""
    return f" (golden: {shown(missed.golden)}{', unchanged' if missed.golden == missed.seen else ''})"


SENTENCES: Mapping[Kind, Callable[[Finding, str], str]] = {
    Kind.SAME: _same,
    Kind.MOVED: _moved,
    Kind.SYMMETRIC: _symmetric,
    Kind.TIED: _tied,
    Kind.DTYPE: _dtype,
    Kind.RESTRUCTURED: _restructured,
    Kind.RAISED: _moved,
    Kind.LOST: _lost,
    Kind.NEW: _new,
    Kind.NEW_QUESTION: _new_question,
    Kind.CONTRACT_HOLDS: _holds,
    Kind.CONTRACT_BROKEN: _broken,
    Kind.CONTRACT_CHANGED: _changed,
    Kind.CONTRACT_INAPPLICABLE: _inapplicable,
    Kind.EFFECT_LOST: _effect_lost,
    Kind.EFFECT_GAINED: _effect_gained,
    Kind.EFFECT_SAME: _effect_same,
    Kind.GATE_MISSED: _gate_missed,
}
"""How each kind is told."""


def _judged(finding: Finding) -> tuple[Judgement, Judgement]:
    assert isinstance(finding.detail, Judged)  # noqa: S101 -- Its kind says so.
    return finding.detail.before, finding.detail.after


def _key(finding: Finding) -> str:
    return finding.run.key if isinstance(finding.run, Config) else finding.run


def _became(moved: Difference) -> str:
    """How the worst element became what it was not: missing, no number, infinite, or a number again."""
    for worst in moved.worst[:1]:
        if (worst.new is None) is not (worst.golden is None):
            return ": values are missing now" if worst.new is None else ": missing values are there now"
        if not _is_finite(worst.new):
            return f": values became {'NaN' if worst.new != worst.new else 'infinite'}"
        if not _is_finite(worst.golden):
            return f": {'NaN' if worst.golden != worst.golden else 'infinite values'} became numbers"
    return ""


def _is_finite(element: object) -> bool:
    return not isinstance(element, float) or math.isfinite(element)


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown}, …"
