"""Metrics of degenerate input: what `evaluate` makes of one row, one class, or constant answers.

Rules such as `zero_division`, `pos_label` and empty bins act on nothing else. Every input is made of real test rows and
of the answers to real rows, whatever their form, so that `evaluate` is given nothing that it could not meet.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mlguard.core.error import MlguardError
from mlguard.core.probe import ANSWERED
from mlguard.core.question import DEGENERATE as QUESTION
from mlguard.core.record import PROBE, PROBES, STATUS
from mlguard.core.value import Value, texts
from mlguard.observe import rows as rowwise
from mlguard.observe import stages
from mlguard.observe.answers import blank, join
from mlguard.observe.asking import raised_by
from mlguard.observe.contracts import targets
from mlguard.observe.describe import spread
from mlguard.observe.kinds import is_frame, is_pandas
from mlguard.observe.leaf import is_leaf, to_value
from mlguard.observe.run import Run
from mlguard.observe.stages import Path

DEGENERATE = "degenerate"
"""The part of the probes that holds metrics."""

CLASSES = 3
"""Classes that are left out, or left alone, in turn."""

MANY = 20
"""Different values from which on a column holds no classes."""

ELEMENTS = 16
"""Numbers of one metric that are kept, where it is an array."""


@dataclass(frozen=True)
class Input:
    """One degenerate input."""

    name: str
    """What is degenerate about it."""
    test: Sequence[int]
    """Positions of the test rows."""
    answers: Sequence[int]
    """Positions of the answers that stand beside them."""


def keep_degenerate(run: Run, path: Path) -> None:
    """Evaluate every degenerate input; keep a status and the metrics of each. Metrics that are finite decide."""
    if path.metrics is None or not _can_be_taken_apart(run, path):
        return
    inputs = list(_inputs(run, path))
    evaluated = [_evaluate(run, path, one) for one in inputs]
    names = [one.name for one in inputs]
    statuses = [ANSWERED if isinstance(metrics, Mapping) else metrics for metrics in evaluated]
    run.keep(
        "evaluate", f"{DEGENERATE}.{STATUS}", texts(statuses, rows=names), role=PROBE, file=PROBES, question=QUESTION
    )
    known = [metrics if isinstance(metrics, Mapping) else {} for metrics in evaluated]
    for metric in dict.fromkeys(metric for metrics in known for metric in metrics):
        value = _column([metrics.get(metric) for metrics in known], names)
        run.keep("evaluate", f"{DEGENERATE}.{metric}", value, role=PROBE, file=PROBES, question=QUESTION)


def _can_be_taken_apart(run: Run, path: Path) -> bool:
    """Whether there is one answer per test row, each to be had by its position."""
    answers = path.test.answers
    if answers is None or run.subject.guard.key is not None:
        return False
    return rowwise.count(path.test.rows) == rowwise.count(answers.raw) == answers.length


def _inputs(run: Run, path: Path) -> Iterator[Input]:
    everything = range(path.test.answers.length if path.test.answers is not None else 0)
    first, last = everything[0], everything[-1]
    yield Input("one row", [first], [first])
    yield Input("one true row", [first] * len(everything), everything)
    labels = _labels(path)
    if labels is None:
        yield Input("first answer only", everything, [first] * len(everything))
        yield Input("last answer only", everything, [last] * len(everything))
    for name, places in _by_class(labels):
        others = [i for i in everything if i not in places]
        yield Input(f"only {name} answered", everything, [min(places)] * len(everything))
        yield Input(f"{name} never answered", everything, [others[0] if i in places else i for i in everything])
    for name, places in _by_class(_truth(run, path)):
        others = [i for i in everything if i not in places]
        yield Input(f"only {name} true", sorted(places), sorted(places))
        yield Input(f"{name} never true", others, others)


def _labels(path: Path) -> Value | None:
    """The answers that are labels."""
    columns = path.test.answers.columns.values() if path.test.answers is not None else ()
    return next((column for column in columns if _are_classes(column)), None)


def _truth(run: Run, path: Path) -> Value | None:
    """The labels that the test rows have themselves: in a target column, or in the second of a pair `(X, y)`."""
    rows = path.test.rows
    columns: list[Any] = []
    if is_frame(rows):
        columns = [rows[target] for target in targets(run, path)]
    elif isinstance(rows, tuple) and len(rows) == 2:
        columns = [np.asarray(rows[1]) if isinstance(rows[1], list) else rows[1]]
    values = (to_value(column) for column in columns if is_leaf(column))
    return next((value for value in values if _are_classes(value)), None)


def _are_classes(value: Value) -> bool:
    """Whether a column holds a few different texts, truths or whole numbers."""
    if len(value.shape) != 1 or not 2 <= len(set(value.data.tolist())) <= MANY:
        return False
    return not value.is_float or bool(np.all(value.data == np.round(value.data)))


def _by_class(labels: Value | None) -> Iterator[tuple[str, frozenset[int]]]:
    """Some classes with the positions of their rows; none where there are no labels."""
    cells = [] if labels is None else [str(labels.element(i)) for i in range(labels.size)]
    classes = sorted(set(cells))
    for chosen in spread(len(classes), CLASSES):
        yield classes[chosen], frozenset(i for i, cell in enumerate(cells) if cell == classes[chosen])


def _evaluate(run: Run, path: Path, one: Input) -> dict[str, Value] | str:
    """The metrics of one input, arrays number by number; what was raised, where nothing came."""
    run.asking = one.name
    raw = path.test.answers.raw if path.test.answers is not None else None
    try:
        test = _standing_at(path.test.rows, one.test, one.test)
        predictions = _standing_at(raw, one.answers, one.test)
    except Exception:  # Anything may go wrong in a user's own kind of rows.
        return "rows that cannot be taken apart"
    try:
        with warnings.catch_warnings():
            # What a library warns of here, the owner knows: this input is degenerate.
            warnings.simplefilter("ignore")
            metrics = stages.evaluate(run, test, predictions)
    except MlguardError as error:
        return raised_by(error)
    return dict(element for name, value in metrics.items() for element in _elements(name, value))


def _standing_at(rows: Any, chosen: Sequence[int], places: Sequence[int]) -> Any:
    """A copy of the chosen rows under the index labels of the rows whose places they take."""
    if isinstance(rows, Mapping):
        return {name: _standing_at(part, chosen, places) for name, part in rows.items()}
    if isinstance(rows, tuple):
        return tuple(_standing_at(part, chosen, places) for part in rows)
    taken = rowwise.duplicate(rowwise.take(rows, list(chosen)))
    if is_frame(taken) or is_pandas(taken, "Series"):
        taken.index = rows.index.take(list(places))
    return taken


def _elements(name: str, value: Value) -> Iterator[tuple[str, Value]]:
    for i in range(min(value.size, ELEMENTS)):
        missing = None if value.missing is None else value.missing[i : i + 1]
        element = Value(value.dtype, (1,), value.data[i : i + 1], missing)
        yield name if not value.shape else f"{name}[{value.row_name(i)}]", element


def _column(elements: Sequence[Value | None], names: Sequence[str]) -> Value:
    """One metric over all inputs; missing where an input gave none."""
    like = next(element for element in elements if element is not None)
    joined = join([element if element is not None else blank(like, 1) for element in elements])
    return replace(joined, rows=tuple(names))
