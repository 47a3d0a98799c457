"""Turn what a run left into Observations: in full for the main run, compactly for the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np

from mlguard.adapters import libraries
from mlguard.adapters.ensemble import Ensemble
from mlguard.core.question import AS_GIVEN, DATA_LOADERS, EXACT_VALUES
from mlguard.core.record import EVIDENCE, INTERNAL
from mlguard.core.unstable import STEADIED_BY
from mlguard.core.value import DIGEST, Value, digest_of, number, texts
from mlguard.observe.answers import ANSWER
from mlguard.observe.exact import beside, column_labels, columns, exactly, facts, leaves, refused, row_labels
from mlguard.observe.kinds import is_frame, is_pandas, is_sparse, unwrapped
from mlguard.observe.leaf import to_value
from mlguard.observe.narwhals import as_pandas
from mlguard.observe.rows import count, take
from mlguard.observe.run import Run
from mlguard.observe.spelling import InexactError
from mlguard.observe.stages import Part, Path
from mlguard.observe.walk import walk
from mlguard.tables.digest import column_digests_of, table_digest
from mlguard.tables.sheet import sheet

COMPACT_ROWS = 64
"""Answers that the compact form keeps, evenly spread over the test rows."""

SKETCHED = 60
"""Learned arrays of another data seed that are kept, each as one number."""

NAMED_COLUMNS = 24
"""Columns of features that get Observations of their own; a wider table of numbers is one matrix."""


def describe_dataset(run: Run) -> None:
    """Columns with their types and gaps, number of rows, and content of every table, column by column."""
    run.stage = "dataset"
    for name, table in run.data.items():
        taken = sheet(table, name=name)
        digests = column_digests_of(taken)
        columns = [str(column) for column in digests]
        gaps = [sum(1 for cell in cells if cell is None) for cells in taken.cells]
        facts = [f"{c.type.name}, {gap} missing" for c, gap in zip(taken.schema.columns, gaps, strict=True)]
        run.keep("dataset", f"{name}.schema", texts(facts, rows=columns), file="dataset")
        run.keep("dataset", f"{name}.shape", to_value(np.asarray(taken.schema.shape)))
        run.keep("dataset", f"{name}.content", texts(digests.values(), dtype=DIGEST, rows=columns), file="dataset")


def describe_split(run: Run, path: Path) -> None:
    """Which rows of the Dataset each part holds, and the columns that the split computed."""
    for part in (path.train, path.test):
        _split(run, part)
    run.remarks += [
        f"`split` returned {held}, which is not compared and gives no probe rows; return tables, and make it in "
        "`train` and `predict`"
        for held in sorted({libraries.rows_of(part.rows) for part in path.parts} - {""})
    ]


def describe_model(run: Run, path: Path) -> None:
    """What the model learned, wherever it keeps it."""
    found: list[Ensemble] = []
    if path.loaders:  # First, since it explains what was learned.
        calls = texts([loader.call for loader in path.loaders])
        run.keep("train", "data loaders", calls, role=INTERNAL, question=DATA_LOADERS)
    for name, value in walk(path.model, "", met=found):
        run.keep("train", name or "model", value, role=INTERNAL)
    missing = [loader.missing for loader in path.loaders]
    steadied_by = dict.fromkeys(s for several in (*missing, *(e.steadied_by for e in found)) for s in several)
    if steadied_by:
        run.keep("train", STEADIED_BY, texts(steadied_by), role=EVIDENCE)
    left = {place: setting for ensemble in found for place, setting in ensemble.left_behind.items()}
    run.remarks += [
        f"training leaves `{place}` in the project; {setting} leaves nothing" for place, setting in left.items()
    ]


def describe_answers(run: Run, path: Path) -> None:
    """What the main run gave once the model was there: declared features, predictions and metrics."""
    for part in path.parts:
        if part.features is not None:
            _features(run, part)
    for part in path.parts:
        _answers(run, part)
    _metrics(run, path)


def contents(run: Run) -> dict[str, str]:
    """The digest of every table of the Dataset, as it is now."""
    return {name: table_digest(sheet(table, name=name)) for name, table in run.data.items()}


def describe_compactly(run: Run, path: Path, given: Mapping[str, str]) -> None:
    """What is kept of another data seed: which rows were split off, answers of some test rows, and metrics.

    Values, not digests, for everything that round-off can touch; the names of rows are exact, so a digest will do.
    `given` are the digests of the tables before the run, which may have changed them.
    """
    now = contents(run)
    for name, content in given.items():
        changed = now.get(name) != content
        run.keep("dataset", f"{name}.content", digest_of(content), question=AS_GIVEN if changed else "")
        if changed and name in now:
            run.keep("dataset", f"{name}.content", digest_of(now[name]), until=AS_GIVEN)
    for part in (path.train, path.test):
        run.keep("split", f"{part.name}.rows", digest_of(texts(part.origin.rows).digest()))
        run.keep("split", f"{part.name}.length", number(len(part.origin.rows)))
    if path.test.features is not None:
        _features(run, path.test, limit=COMPACT_ROWS, file="runs")
    for leaf, value in islice(walk(path.model, ""), SKETCHED):
        if value.data.dtype.kind in "iufb" and value.size:
            run.keep("train", leaf or "model", number(_sketch(value)), role=INTERNAL)
    _answers(run, path.test, limit=COMPACT_ROWS, file="runs")
    _metrics(run, path)


def spread(length: int, limit: int) -> list[int]:
    """At most so many positions, evenly spread from the first to the last."""
    if length <= limit:
        return list(range(length))
    return [int(i) for i in np.linspace(0, length - 1, limit).round()]


def _split(run: Run, part: Part) -> None:
    run.keep("split", f"{part.name}.rows", texts(part.origin.rows), file="split")
    rows = as_pandas(part.rows)
    if is_frame(rows):
        run.keep("split", f"{part.name}.columns", texts(str(c) for c in rows.columns))
        run.keep("split", f"{part.name}.unchanged", texts(part.origin.unchanged))
        for position, column in enumerate(rows.columns):
            cells = rows.iloc[:, position]
            if str(column) not in part.origin.unchanged:
                run.keep("split", f"{part.name}.{column}", to_value(cells), file="split")
            _facts(run, "split", f"{part.name}.{column}", facts(cells))
        _facts(run, "split", part.name, column_labels(rows))
    elif not isinstance(part.rows, np.ndarray) or any(row.startswith("new ") for row in part.origin.rows):
        for name, value in _row_values(run, part):
            run.keep("split", name if name.endswith(")") else f"{name}.values", value)


def _row_values(run: Run, part: Part) -> list[tuple[str, Value]]:
    """What rows hold that are no table: exactly, or as far as it can be described; but for their labels."""
    if libraries.rows_of(part.rows):
        return list(walk(part.rows, part.name, whole=True))
    try:
        found = leaves(part.rows, part.name)
    except InexactError as error:
        what = f"{error.kind} at {error.place!r}"
        run.remarks.append(f"the {part.name} rows hold {what}, which is not compared; what else they hold is")
        return list(walk(part.rows, part.name, whole=True))
    return [(name, value) for name, value in found if "(index" not in name]


def _features(run: Run, part: Part, *, limit: int | None = None, file: str = "features") -> None:
    table, rows = as_pandas(unwrapped(part.features)), as_pandas(part.rows)
    names = part.origin.rows if count(table) == len(part.origin.rows) else None
    if limit is None:
        _facts(run, "features", part.name, row_labels(table, rows))
    elif names is not None:
        kept = spread(len(names), limit)
        table, names = take(table, kept), tuple(names[i] for i in kept)
    try:
        _feature_values(run, part, table, names, file)
    except InexactError as error:
        raise refused(error, f"guard {run.subject.name}: `features` returned") from None


def _feature_values(run: Run, part: Part, table: Any, names: tuple[str, ...] | None, file: str) -> None:
    if is_frame(table):
        run.keep("features", f"{part.name}.columns", texts(str(c) for c in table.columns))
        _facts(run, "features", part.name, column_labels(table))
        for column, cells in columns(table):
            _facts(run, "features", f"{part.name}.{column}", facts(cells))
        if table.shape[1] <= NAMED_COLUMNS:
            for position, column in enumerate(table.columns):
                value = to_value(table.iloc[:, position], rows=names, strict=True)
                run.keep("features", f"{part.name}.{column}", value, file=file)
            return
    if is_frame(table) and all(getattr(d, "kind", "O") in "iufb" for d in table.dtypes):
        table = table.to_numpy()
    if (isinstance(table, np.ndarray) and not table.dtype.names) or is_sparse(table) or is_pandas(table, "Series"):
        _facts(run, "features", f"{part.name}.values", facts(table))
        run.keep("features", f"{part.name}.values", to_value(table, rows=names, strict=True), file=file)
        return
    where = f"guard {run.subject.name}: `features` returned"
    for name, value in exactly(table, part.name, where=where):
        run.keep("features", name if "." in name else f"{name}.values", value, file=file)


def _facts(run: Run, stage: str, name: str, found: Mapping[str, Value]) -> None:
    """Keep what a table says besides its elements, in the record itself."""
    for fact, value in found.items():
        run.keep(stage, f"{name}.{fact}", value)


def _sketch(value: Value) -> float:
    """One number of a learned array that moves with every element: it names the place of a move, and never decides."""
    numbers = value.data.astype(np.float64)
    return float(np.where(np.isfinite(numbers), numbers, 1.0) @ np.cos(np.arange(numbers.size)) / numbers.size**0.5)


def _answers(run: Run, part: Part, *, limit: int | None = None, file: str = "predictions") -> None:
    answers = part.answers
    if answers is None:
        return
    columns = texts(answers.columns)
    run.keep("predict", f"{part.name}.columns", columns if answers.older is None else beside(columns))
    if limit is None:
        _facts(run, "predict", part.name, answers.facts)
    else:
        run.keep("predict", f"{part.name}.length", number(answers.length))
    for column, value in answer_values(part).items():
        kept = value if limit is None else value.take_rows(spread(answers.length, limit))
        run.keep("predict", f"{part.name}.{column}", kept, column=column, file=file)
    if answers.older is not None:
        older = replace(answers.older, rows=part.names())
        kept = older if limit is None else older.take_rows(spread(answers.length, limit))
        run.keep("predict", f"{part.name}.columns", texts([ANSWER]), until=EXACT_VALUES)
        run.keep("predict", f"{part.name}.{ANSWER}", kept, column=ANSWER, file=file, until=EXACT_VALUES)


def answer_values(part: Part) -> dict[str, Value]:
    """A part's answers by column, with the names of their rows; answers with a key are in the order of their names."""
    if part.answers is None:
        return {}
    names = part.names()
    order = sorted(range(len(names)), key=lambda i: names[i]) if part.answers.names is not None else None
    named = {column: _named(value, names) for column, value in part.answers.columns.items()}
    return named if order is None else {column: value.take_rows(order) for column, value in named.items()}


def _named(value: Value, names: tuple[str, ...]) -> Value:
    return replace(value, rows=names)


def _metrics(run: Run, path: Path) -> None:
    for name, value in (path.metrics or {}).items():
        run.keep("evaluate", name, value)


def step_outputs(run: Run, outputs: dict[str, Any]) -> None:
    """What the steps of a scikit-learn Pipeline make of the test rows: they explain, and never gate."""
    for name, value in outputs.items():
        for leaf, observed in walk(value, name):
            run.keep("features", leaf, observed, role=INTERNAL)
