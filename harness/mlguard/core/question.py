"""The questions that mlguard asks of a guard, so that a golden survives a version that asks more, or asks otherwise.

A question is a contract, a kind of probe rows, a run, or the form in which a kind of value is kept. A Record knows the
version in which it was asked each of them (`Record.asked`), a golden as well. What is newer in the Record than in the
golden is not compared and not missing: it is one quiet line, and `mlguard regen-golden` adds it. What the golden was
asked and the Record lacks is lost, as ever.

To ask something new, add a line to `QUESTIONS`, version 1. Contracts, probe rows and runs are recognised by their
names; another Observation names its question (`Observation.question`). To ask in another way, so that old answers and
new ones cannot be compared, raise the number.

To keep a kind of value in another form, add a question `form …`, and keep both: the new form names it as its
`question`, the old one says with `until` that it is kept for goldens that do not know it. `Record.of` holds the two
apart: only the new form is written into goldens, and a golden of an older version is compared with the old one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlguard.core.record import Key, Observation, Record

FIRST_RELEASE = "0.1.0"
"""The last mlguard whose goldens do not say what they were asked."""

ASKED_AT_FIRST: Mapping[str, int] = dict.fromkeys(
    [
        *(f"run {kind}" for kind in ("main", "seed", "later", "config", "refit")),
        *(
            f"contract {name}"
            for name in (
                "as before", "batches", "column order", "configuration unchanged", "first model", "inputs unchanged",
                "no files outside the folder", "predict twice", "row index", "row order", "saved bundle",
                "saved bundle, probe rows", "single rows", "target unread",
            )
        ),
        *(
            f"probe {kind}"
            for kind in (
                "above", "accented", "all above", "all below", "all maximum", "all minimum", "all missing", "all x10",
                "all x1e3", "all x1e6", "at threshold", "before boundary", "behind boundary", "below", "empty",
                "empty frame", "flipped", "full width", "highest up to", "just above threshold",
                "just below threshold", "lowest up to", "maximum", "minimum", "missing", "other case", "padded",
                "punctuated", "recombined", "same row twice", "tab for blank", "unseen", "without", "x10", "x1e3",
                "x1e6", "zero",
            )
        ),
    ],
    1,
)  # fmt: skip
"""What release 0.1.0 asked. Its goldens stay readable for good, so this table never changes."""

UNCHANGED_BY_OBSERVE = "contract inputs unchanged by observe"
"""Release 0.1.0 took the notes of an own `observe` for an input, so that the contract never held there."""

EXACT_VALUES = "form exact values"
"""Release 0.1.0 kept no row labels, categories and types of keys, and of objects the name of their class."""

DEGENERATE = "metrics of degenerate input"
"""What `evaluate` makes of one row, one class or constant answers."""

FINITE_ANSWERS = "finite answers to large numbers"
"""Whether the answers to other magnitudes are finite."""

IN_FEW_CALLS = "form few calls of predict"
"""Older versions called `predict` for each change of each column, for each bisection and for every seven rows."""

OWN_STATE = "form random states that no program begins with"
"""Older versions began each run with 0, as many programs do by themselves: whether they still do was not seen."""

LIKE_WITH_LIKE = "form contracts compare like with like"
"""Older versions held a single row against the last one of its name, and whole numbers that a bundle answers to some
probe rows against the fractions of all of them: a contract that holds seemed to be broken."""

LEARNED = "form what boosting libraries learned"
"""Older versions took the settings that a booster's text repeats, such as threads and seeds, for what it learned."""

CONFIG_BESIDE_BUNDLE = "saved bundle beside the configuration's file"
"""Older versions gave a loaded bundle the settings, and not their file, so that programs that open it failed."""

AS_GIVEN = "content of other data seeds as it was given"
"""Older versions took the digests of another seed's tables after the run, which may have changed them."""

DATA_LOADERS = "data loaders of torch"
"""Over which loaders training went: their samplers, workers and generators."""

QUESTIONS: Mapping[str, int] = {
    **ASKED_AT_FIRST,
    AS_GIVEN: 1,
    CONFIG_BESIDE_BUNDLE: 1,
    DATA_LOADERS: 1,
    IN_FEW_CALLS: 1,
    UNCHANGED_BY_OBSERVE: 1,
    DEGENERATE: 1,
    FINITE_ANSWERS: 1,
    EXACT_VALUES: 1,
    LEARNED: 1,
    OWN_STATE: 1,
    LIKE_WITH_LIKE: 1,
    "run without": 1,
    # Of every float column, where it was only of those that have gaps.
    "probe missing": 2,
    **dict.fromkeys(
        [
            f"probe {kind}"
            for kind in (
                "after a clock change", "before a clock change", "composed", "decomposed", "full-width digits",
                "gap beside unseen", "half a year earlier", "half a year later", "in a clock change", "leap day",
                "month's end", "new year", "no-break blank", "one missing", "other digits", "sharp s", "underscores",
                "with digits", "year's end",
            )
        ],
        1,
    ),
}  # fmt: skip
"""What this version asks, each with its version."""

WHOLE = frozenset({IN_FEW_CALLS, OWN_STATE, LIKE_WITH_LIKE})
"""Forms of a run as a whole: for a golden that does not know one, everything is asked as it was before."""

BESIDE = "beside "
"""How the names of real rows between changed ones begin."""


def is_newer(question: str, golden: Record, record: Record) -> bool:
    """Whether a Record was asked a question that the golden was not, or not in this version."""
    return record.asked.get(question, 0) > golden.asked.get(question, 0)


def is_unasked(observation: Observation, golden: Record, record: Record) -> bool:
    """Whether an Observation answers a question that is newer than the golden."""
    return any(is_newer(question, golden, record) for question in questions_of(observation))


def unasked(golden: Record, record: Record) -> frozenset[Key]:
    """What cannot be compared, since it answers a newer question on either side."""
    return frozenset(o.key for o in (*golden, *record) if is_unasked(o, golden, record))


def questions_of(observation: Observation) -> Iterator[str]:
    """The questions that an Observation answers, but for its probe rows."""
    if observation.question:
        yield observation.question
    yield f"run {observation.run.kind}"
    if observation.contract is not None:
        # What a contract is about stands behind its name: `target unread (churned)`.
        yield f"contract {observation.contract.partition(' (')[0]}"


def probe_question(row: str, asked: Mapping[str, int]) -> str | None:
    """The question that a probe row answers, by the beginning of its name; None for a row of the user's own."""
    words = row.removeprefix(BESIDE).split(" ")
    names = (f"probe {' '.join(words[:length])}" for length in range(len(words), 0, -1))
    return next((name for name in names if name in asked), None)


def answered(observation: Observation, asked: Mapping[str, int]) -> Iterator[str]:
    """All questions that an Observation answers, those of its probe rows included."""
    yield from questions_of(observation)
    if observation.is_probe_status:
        yield from filter(None, (probe_question(row, asked) for row in observation.value.rows or ()))


def new_questions(golden: Record, record: Record) -> tuple[str, ...]:
    """The questions that a Record answers and the golden was not asked, in the order of the Record."""
    newer = {name for name in record.asked if is_newer(name, golden, record)}
    if not newer:
        return ()
    return tuple(dict.fromkeys(name for o in record for name in answered(o, record.asked) if name in newer))


def in_form_of(golden: Record, record: Record) -> Record:
    """A Record in the form in which the golden was kept: what it keeps otherwise stands there as it did then."""
    older = {o.key: o for o in record.older if is_newer(o.until, golden, record)}
    if not older:
        return record
    return replace(record, observations=(*(o for o in record if o.key not in older), *older.values()))
