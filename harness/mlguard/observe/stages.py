"""The main path: dataset, split, features, train, predict, evaluate, in the order in which they are called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from mlguard.adapters.torch_data import Loader, loaders
from mlguard.core.dataset import ROWS, Dataset
from mlguard.core.error import RunError, UsageError
from mlguard.core.value import Value
from mlguard.observe import narwhals
from mlguard.observe.answers import Answers, read_answers
from mlguard.observe.exact import exactly
from mlguard.observe.kinds import is_frame
from mlguard.observe.origin import Origin, origin
from mlguard.observe.rows import count
from mlguard.observe.run import Run
from mlguard.observe.walk import join_names
from mlguard.tables.logical import with_article


@dataclass
class Part:
    """One part of the split with everything that is known of it."""

    name: str
    """`train` or `test`."""
    rows: Any
    """The rows as `split` returned them."""
    origin: Origin
    """Which rows of the Dataset they are."""
    features: Any = None
    """What the guard's `features` returned."""
    answers: Answers | None = None
    """What `predict` answered."""

    def names(self) -> tuple[str, ...]:
        """What to call the answers: by key, or by the rows of the Dataset."""
        if self.answers is None:
            return self.origin.rows
        if self.answers.names is not None:
            return self.answers.names
        return self.origin.rows if len(self.origin.rows) == self.answers.length else _numbers(self.answers.length)


@dataclass
class Path:
    """The objects of one run that went all the way."""

    train: Part
    test: Part
    model: Any = None
    metrics: dict[str, Value] | None = None
    loaders: list[Loader] = field(default_factory=list)
    """The data loaders of torch that training went over."""
    foreign: bool = False
    """Whether the rows stand here in pandas' form, and have another in the guarded code."""

    @property
    def parts(self) -> tuple[Part, Part]:
        """Test first, since it is what a reader looks for."""
        return (self.test, self.train)


def walk_path(
    run: Run,
    *,
    parts: tuple[str, ...] = ("test", "train"),
    seen: Callable[[str, Path], None] = lambda stage, path: None,
    answered: Callable[[Answers, tuple[str, ...]], Answers] | None = None,
) -> Path:
    """Call the guard's methods in the order of execution.

    `features` and `predict` are called for the named parts of the split only; where the train rows lack a column of the
    test rows, what either raises on them is a remark, since nobody has to answer such rows. `seen` looks at what
    `split` and `train` gave before any other method can change it. `answered` is what becomes of the answers to the
    test rows before they are evaluated; it is given their names.
    """
    path = Path(*split(run))
    seen("split", path)
    with loaders() as path.loaders:
        path.model = run.model = run.call("train", train=path.train.rows)
    seen("train", path)
    wanted = [part for part in path.parts if part.name in parts]
    for part in wanted if run.declares("features") else ():
        with _lacking(run, path, part):
            part.features = run.call("features", model=path.model, rows=part.rows)
    for part in wanted:
        with _lacking(run, path, part):
            part.answers = predict(run, path.model, part.rows)
    if run.declares("evaluate") and path.test.answers is not None:
        if answered is not None:
            path.test.answers = answered(path.test.answers, path.test.names())
        path.metrics = evaluate(run, path.test.rows, path.test.answers.raw)
    return path


@contextmanager
def _lacking(run: Run, path: Path, part: Part) -> Iterator[None]:
    """Let train rows that lack a column of the test rows go without an answer, and say so."""
    lacking = _columns_lacking(path) if part is path.train else []
    try:
        yield
    except RunError as error:
        if not lacking or error.__cause__ is None:
            raise
        run.remarks.append(
            f"the train rows have no column {', '.join(lacking)}, which the test rows have, and `{run.stage}` raised "
            f"{type(error.__cause__).__name__} on them: what it makes of train rows is not compared"
        )


def _columns_lacking(path: Path) -> list[str]:
    """The columns that the test rows alone have."""
    train, test = (getattr(part.rows, "columns", ()) for part in (path.train, path.test))
    return [str(column) for column in test if column not in train] if len(train) else []


def split(run: Run) -> tuple[Part, Part]:
    """The train and the test rows: as the guard splits, as the Dataset is split, or three quarters to one in order."""
    if run.declares("split"):
        pair = run.call("split", data=run.data)
    elif "train" in run.data and "test" in run.data:
        pair = run.data["train"], run.data["test"]
    else:
        pair = _in_order(run.data, run.subject.name)
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise UsageError(
            f"guard {run.subject.name}: `split` returned {_came(pair)}; return the train and the test rows",
            slug="split-returned",
        )
    empty = [name for name, rows in zip(("train", "test"), pair, strict=True) if count(rows) == 0]
    if empty:
        raise UsageError(
            f"guard {run.subject.name}: `split` returned no {' and no '.join(empty)} rows; return at least one of each",
            slug="split-empty",
        )
    train, test = (Part(n, rows, origin(rows, run.data)) for n, rows in zip(("train", "test"), pair, strict=True))
    run.table = test.rows if narwhals.is_foreign(test.rows) else None
    return train, test


def in_pandas(path: Path) -> Path:
    """The path with rows that can be changed as mlguard knows how; `predict` and `evaluate` turn them back."""
    if not narwhals.is_foreign(path.test.rows):
        return path
    train, test = (replace(part, rows=narwhals.as_pandas(part.rows)) for part in (path.train, path.test))
    return replace(path, train=train, test=test, foreign=True)


def splits_in_order(run: Run) -> bool:
    """Whether nobody says which rows are which, so that three quarters train."""
    return not run.declares("split") and not ("train" in run.data and "test" in run.data)


def predict(run: Run, model: Any, rows: Any, *, like: Answers | None = None) -> Answers:
    """The answers for these rows, checked for being one per row or per key; `like` are those for all rows."""
    key = run.subject.guard.key
    rows = narwhals.like(rows, run.table)
    raw = run.call("predict", model=model, rows=rows)
    return read_answers(raw, guard=run.subject.name, rows=count(rows), key=key, given=rows, like=like)


def evaluate(run: Run, test: Any, predictions: Any) -> dict[str, Value]:
    """Metrics by name from what `evaluate` returned: a mapping, nested or not, or a single number."""
    raw = run.call("evaluate", test=narwhals.like(test, run.table), predictions=predictions)
    metrics = {} if raw is None or _is_empty(raw) else _metrics(raw, run.subject.name)
    if not metrics:
        raise UsageError(
            f"guard {run.subject.name}: `evaluate` returned {_came(raw)}; return a mapping of metric names to numbers",
            slug="evaluate-returned",
        )
    return metrics


def _metrics(raw: Any, guard: str) -> dict[str, Value]:
    """Every metric under its own name, however many a mapping holds; a single one is called `metric`."""
    found = exactly(raw, "", where=f"guard {guard}: `evaluate` returned", each=True)
    single = any(not name for name, _ in found)
    return {join_names("metric" if single else "", name): value for name, value in found}


def _is_empty(raw: Any) -> bool:
    return isinstance(raw, Sized) and not isinstance(raw, str) and len(raw) == 0


def _in_order(data: Dataset, guard: str) -> tuple[Any, Any]:
    table = data[ROWS] if ROWS in data else next(iter(data.values())) if len(data) == 1 else None
    if table is None:
        raise UsageError(
            f"guard {guard}: the dataset has the tables {', '.join(data)}; declare `split` to say which rows are which",
            slug="split-missing",
        )
    edge = len(table) - len(table) // 4
    return (table.iloc[:edge], table.iloc[edge:]) if is_frame(table) else (table[:edge], table[edge:])


def _numbers(length: int) -> tuple[str, ...]:
    return tuple(str(i) for i in range(length))


def _came(value: object) -> str:
    if value is None:
        return "nothing (None)"
    length = f" of {len(value)}" if isinstance(value, tuple | list | dict) else ""
    return f"{with_article(type(value).__name__)}{length}"
