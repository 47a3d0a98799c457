"""Contracts: call the pipeline in ways that must not matter, and keep the values that it gave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import ceil
from typing import Any

import numpy as np

from mlguard.core.contract import DIFFERS, INAPPLICABLE, RAISED, REFERENCE, SAME, same_rows
from mlguard.core.dataset import column_of
from mlguard.core.difference import difference
from mlguard.core.error import MlguardError
from mlguard.core.guard import Guard
from mlguard.core.options import Options
from mlguard.core.question import LIKE_WITH_LIKE
from mlguard.core.record import CONTRACT, CONTRACT_VALUE, Observation
from mlguard.core.run_name import MAIN, RunName
from mlguard.core.tolerance import EXACT
from mlguard.core.value import Value, text, texts
from mlguard.observe import rows as rowwise
from mlguard.observe import stages
from mlguard.observe.answers import Answers, join
from mlguard.observe.describe import answer_values, spread
from mlguard.observe.files import places
from mlguard.observe.kinds import is_frame, is_pandas
from mlguard.observe.run import Run
from mlguard.observe.stages import Part, Path

SINGLE_ROWS = 32
"""Rows that were asked one by one for goldens of older versions."""

BATCH = 7
"""Rows of the first batch; odd and small. For goldens of older versions, of each batch."""

BATCHES = 4
"""Batches of all rows; those behind the first are of one size but for the last, which is smaller where it can be."""

Answered = Mapping[str, Value]


@dataclass(frozen=True)
class Asking:
    """One contract about predictions: how to ask, and whether it makes sense for these rows."""

    name: str
    """What must not matter."""
    ask: Callable[[Run, Path, Any], Answered]
    """Given the run, the path and a copy of the model, the answers by column with the names of their rows."""
    inapplicable: Callable[[Path], str]
    """Why it makes no sense for this input; empty where it does."""


def keep_contracts(run: Run, path: Path) -> None:
    """Ask in every way, and keep a status and, where they differ, the values of each."""
    path = stages.in_pandas(path)
    for asking in _ASKINGS:
        reason = asking.inapplicable(path)
        if reason:
            keep_status(run, asking.name, f"{INAPPLICABLE}: {reason}")
            continue
        model = rowwise.duplicate(path.model)
        keep_answers(run, path.test, asking.name, partial(asking.ask, run, path, model))
    _targets(run, path)
    keep_unchanged(run)
    if run.subject.guard._contracts is not Guard._contracts:
        for name, found in run.call("_contracts").items():
            keep_found(run, name, found)


def keep_unchanged(run: Run, *, question: str = "") -> None:
    """Keep what the methods did to what they were given, and which files they left outside the folder."""
    inputs = [m for m in run.mutations if not m.endswith(" of config")]
    keep_found(run, "inputs unchanged", inputs, question=question)
    keep_found(run, "configuration unchanged", [m for m in run.mutations if m.endswith(" of config")])
    if run.files is not None:
        keep_found(run, "no files outside the folder", places(run.files.written))


def keep_answers(run: Run, part: Part, name: str, ask: Callable[[], Answered]) -> None:
    """Keep one contract's answers next to those of the main run."""
    run.asking = name
    try:
        answered = ask()
    except MlguardError as error:
        keep_status(run, name, raised_status(error))
        return
    keep_values(run.observations, name, answered, answer_values(part), told_apart=LIKE_WITH_LIKE in run.forms)


def raised_status(error: MlguardError) -> str:
    """The status of a contract that could not be asked: what user code raised, or how its answer is unusable."""
    cause = error.__cause__
    return f"{RAISED} UsageError: {error.message}" if cause is None else f"{RAISED} {type(cause).__name__}: {cause}"


def keep_values(
    observations: list[Observation],
    name: str,
    answered: Answered,
    main: Answered,
    *,
    run: RunName = MAIN,
    stage: str = "contracts",
    about: tuple[str, str] = ("predict", "test"),
    told_apart: bool = True,
) -> None:
    """Add a contract's status and, where it is not bitwise the same, its values with their references."""
    differing = {
        column: value
        for column, value in answered.items()
        if column not in main
        or not difference(same_rows(main[column], value, told_apart=told_apart), value, EXACT).exact
    }
    gone = [column for column in main if column not in answered]
    status = SAME if not differing and not gone else DIFFERS
    observations.append(Observation(stage, name, text(status), role=CONTRACT, run=run))
    for column, value in differing.items():
        reference = [MAIN, about[0], f"{about[1]}.{column}" if about[1] else column]
        detail = {"contract": name, REFERENCE: reference}
        observations.append(
            Observation(stage, f"{name}.{column}", value, role=CONTRACT_VALUE, run=run, file="contracts", detail=detail)
        )
    if gone:
        value = texts(f"{column} is gone from the answers" for column in gone)
        detail = {"contract": name}
        observations.append(Observation(stage, f"{name}.gone", value, role=CONTRACT_VALUE, run=run, detail=detail))


def keep_status(run: Run, name: str, status: str, *, question: str = "") -> None:
    """Keep the status of a contract that gave no values."""
    run.keep("contracts", name, text(status), role=CONTRACT, question=question)


def keep_found(run: Run, name: str, found: Sequence[str], *, question: str = "") -> None:
    """Keep a contract that holds when nothing was found."""
    keep_status(run, name, DIFFERS if found else SAME, question=question)
    if found:
        value = texts(sorted(dict.fromkeys(found)))
        run.keep("contracts", f"{name}.found", value, role=CONTRACT_VALUE, detail={"contract": name})


def _predict_twice(run: Run, path: Path, model: Any) -> Answered:
    return _predicted(run, path, model, rowwise.duplicate(path.test.rows))


def _predicted(run: Run, path: Path, model: Any, rows: Any) -> Answered:
    return answers_of(path.test, stages.predict(run, model, rows, like=path.test.answers))


def _row_order(run: Run, path: Path, model: Any) -> Answered:
    length = rowwise.count(path.test.rows) or 0
    order = [int(i) for i in np.random.RandomState(0).permutation(length)]
    return _reordered(run, path, model, order)


def _reordered(run: Run, path: Path, model: Any, order: Sequence[int]) -> Answered:
    rows = rowwise.renumbered(rowwise.take(path.test.rows, order))
    answers = stages.predict(run, model, rowwise.duplicate(rows), like=path.test.answers)
    if answers.names is not None:
        return answers_of(path.test, answers)
    back = [int(i) for i in np.argsort(np.asarray(order), kind="stable")]
    names = path.test.names()
    return {
        column: Value(value.dtype, value.shape, value.take_rows(back).data, _back(value, back), names)
        for column, value in answers.columns.items()
    }


def _back(value: Value, back: Sequence[int]) -> np.ndarray[Any, Any] | None:
    return value.take_rows(back).missing


def _row_index(run: Run, path: Path, model: Any) -> Answered:
    rows = rowwise.duplicate(path.test.rows)
    rows.index = [f"row {i}" for i in range(len(rows), 0, -1)]
    return answers_of(path.test, stages.predict(run, model, rows, like=path.test.answers))


def _column_order(run: Run, path: Path, model: Any) -> Answered:
    rows = rowwise.duplicate(path.test.rows)
    turned = rows[list(reversed(list(rows.columns)))]
    return answers_of(path.test, stages.predict(run, model, turned, like=path.test.answers))


def _single_rows(run: Run, path: Path, model: Any) -> Answered:
    number = Options.of(run.subject.guard).single_rows if run.in_few_calls else SINGLE_ROWS
    positions = spread(rowwise.count(path.test.rows) or 0, number)
    return _in_pieces(run, path, model, [[i] for i in positions])


def _batches(run: Run, path: Path, model: Any) -> Answered:
    length = rowwise.count(path.test.rows) or 0
    size = max(BATCH, ceil((length - BATCH) / (BATCHES - 1))) if run.in_few_calls else BATCH
    starts = [0, *range(BATCH, length, size), length]
    return _in_pieces(run, path, model, [list(range(*ends)) for ends in pairwise(starts) if ends[0] < ends[1]])


def _in_pieces(run: Run, path: Path, model: Any, pieces: Iterable[list[int]]) -> Answered:
    """The answers to some rows at a time, joined."""
    parts: list[dict[str, Value]] = []
    for positions in pieces:
        rows = rowwise.duplicate(rowwise.take(path.test.rows, positions))
        answers = stages.predict(run, model, rows, like=path.test.answers)
        names = tuple(path.test.names()[i] for i in positions) if answers.names is None else answers.names
        parts.append({c: Value(v.dtype, v.shape, v.data, v.missing, names) for c, v in answers.columns.items()})
    columns = dict.fromkeys(column for part in parts for column in part)
    joined = {column: join([part[column] for part in parts if column in part]) for column in columns}
    return joined if path.test.answers is None or path.test.answers.names is None else _by_name(joined)


def answers_of(part: Part, answers: Answers) -> Answered:
    """Answers by column, with the names of the rows that they are about."""
    return answer_values(Part(part.name, part.rows, part.origin, answers=answers))


def _by_name(columns: dict[str, Value]) -> dict[str, Value]:
    names = next(iter(columns.values())).rows or ()
    order = sorted(range(len(names)), key=lambda i: names[i])
    return {column: value.take_rows(order) for column, value in columns.items()}


def _targets(run: Run, path: Path) -> None:
    """The answer must not depend on the target: the declared one, else every column that `evaluate` looks at."""
    name = "target unread"
    if not is_frame(path.test.rows):
        keep_status(run, name, f"{INAPPLICABLE}: the rows are no table with named columns")
        return
    found = targets(run, path)
    if not found:
        declared = f"the test rows have no column {run.subject.target!r}"
        guessed = "no target is declared, and `evaluate` reads no column of the test rows"
        keep_status(run, name, f"{INAPPLICABLE}: {guessed if run.subject.target is None else declared}")
        return
    for target in found:
        model = rowwise.duplicate(path.model)
        rows = _turned(path.test.rows, target)
        label = f"{name} ({target})" if run.subject.target is None else name
        keep_answers(run, path.test, label, partial(_predicted, run, path, model, rows))


def targets(run: Run, path: Path) -> list[Any]:
    """The target columns of a table: the declared one, else every column that `evaluate` looks at."""
    columns = path.test.rows.columns
    if run.subject.target is None:
        return [target for target in _read_by_evaluate(run, path) if target in columns]
    declared = column_of(columns, run.subject.target)
    return [] if declared is None else [declared]


def _read_by_evaluate(run: Run, path: Path) -> list[Any]:
    """The columns of the test rows whose order matters to the metrics, while the predictions stay."""
    if path.metrics is None or path.test.answers is None:
        return []
    found = []
    for column in path.test.rows.columns:
        predictions = rowwise.duplicate(path.test.answers.raw)
        try:
            metrics = stages.evaluate(run, _turned(path.test.rows, column), predictions)
        except MlguardError:
            found.append(column)
            continue
        if any(n not in metrics or not difference(v, metrics[n], EXACT).exact for n, v in path.metrics.items()):
            found.append(column)
    return found


def _turned(rows: Any, column: Any) -> Any:
    """The rows with one column in reverse order."""
    fresh = rowwise.duplicate(rows)
    reverse = fresh[column].iloc[::-1]
    reverse.index = fresh.index
    fresh[column] = reverse
    return fresh


def _always(path: Path) -> str:
    return ""


def _needs_rows(path: Path) -> str:
    return "" if rowwise.count(path.test.rows) else "the test rows cannot be taken apart"


def _needs_table(path: Path) -> str:
    return "" if is_frame(path.test.rows) else "the rows are no table with named columns"


def _needs_index(path: Path) -> str:
    labelled = is_frame(path.test.rows) or is_pandas(path.test.rows, "Series")
    return "" if labelled and not path.foreign else "the rows have no index"


_ASKINGS = (
    Asking("predict twice", _predict_twice, _always),
    Asking("single rows", _single_rows, _needs_rows),
    Asking("batches", _batches, _needs_rows),
    Asking("row order", _row_order, _needs_rows),
    Asking("row index", _row_index, _needs_index),
    Asking("column order", _column_order, _needs_table),
)
