"""Guards of queries: SQL in files that answers rows, prepares them or measures the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar

from mlguard.core.guard import Guard
from mlguard.core.notes import look_inside
from mlguard.programs.engine import ENGINES, Engine, add, ask, check_order, in_order, opened, read
from mlguard.programs.error import ProgramError
from mlguard.programs.metrics import of_rows
from mlguard.programs.sqlglot import Query

if TYPE_CHECKING:
    import pandas as pd

GIVEN: Mapping[str, tuple[str, ...]] = {
    "train": ("train",),
    "features": ("model", "rows"),
    "predict": ("model", "rows"),
    "evaluate": ("test", "answers"),
}
"""The tables that a query is given beside those of the Dataset, by method, in the order of its arguments."""

NEEDED: Mapping[str, tuple[str, ...]] = {**GIVEN, "features": ("rows",), "predict": ("rows",), "evaluate": ("answers",)}
"""Those that it must read: without them, it would not depend on what it is given."""

ROW = "(row)"
"""The column that numbers the answers of a query without a key."""


class SqlGuard(Guard):
    """A guard whose `train`, `features`, `predict` and `evaluate` may be queries in files; all else is as with any.

    A query reads the tables of the Dataset by their names, and what its method is given:

    - `train`: the training rows as `train`; its rows are the model. Without it, the model is the training rows;
    - `features` and `predict`: the rows to answer as `rows`, and the model as `model` where that is a table;
    - `evaluate`: `test` and `answers`; it gives one row of numbers, or rows of a name and a number.

    `inputs` maps these names to others by which the queries read them, such as `{"rows": "shop.visits"}`. Parameters,
    such as `$since`, are keys of the configuration. `key` names the columns that identify an answer; without it,
    answers are compared as a set. `order` says how a query of answers must sort them, such as `"score DESC"`.

    Queries in the `dialect` of another database are translated for the `engine`, DuckDB or SQLite, which runs them.
    """

    abstract = True
    dialect: ClassVar[str] = "duckdb"
    engine: ClassVar[str] = "duckdb"
    inputs: ClassVar[Mapping[str, str]] = {}
    order: ClassVar[str] = ""

    def __init_subclass__(cls, **rest: Any) -> None:
        super().__init_subclass__(**rest)
        for method in GIVEN:
            file = vars(cls).get(method)
            if isinstance(file, str):
                setattr(cls, method, Asked(method, file))
        if cls.key is None and isinstance(getattr(cls, "predict", None), Asked):
            cls.key = ROW

    @classmethod
    def _problems(cls) -> Iterator[str]:
        asked = {method: one for method in GIVEN if isinstance(one := getattr(cls, method, None), Asked)}
        if not asked:
            yield f'one of {_listed(GIVEN)} must name the file of a query, such as "sql/answers.sql"'
        for one in asked.values():
            yield from one.problems()
        if cls.key is None and "features" in asked:
            yield "`features` is a query, whose rows are in no order; set `key` to the columns that identify one"
        for name in ("dialect", "order"):
            if not isinstance(getattr(cls, name), str):
                yield f"`{name}` must be a text, not {getattr(cls, name)!r}"
        if cls.engine not in ENGINES:
            yield f"`engine` must be one of {', '.join(map(repr, ENGINES))}, not {cls.engine!r}"
        if not isinstance(cls.inputs, Mapping) or not all(isinstance(x, str) and x for x in cls.inputs.values()):
            yield f"`inputs` must map names to those of tables, not {cls.inputs!r}"

    def train(self, train: Any) -> Any:
        """The training rows: without a query or a method of its own, nothing is learned from them."""
        return train


class Asked:
    """A method of a guard that runs a query."""

    def __init__(self, method: str, file: str) -> None:
        self.method, self.file = method, file

    def __get__(self, guard: SqlGuard | None, owner: type) -> Any:
        return self if guard is None else partial(self, guard)

    def __call__(self, guard: SqlGuard, *given: Any) -> Any:
        """Run the query on what the method is given."""
        query = Query.read(guard._root, self.file, guard.dialect)
        tables = _tables(guard, dict(zip(GIVEN[self.method], given, strict=True)))
        with opened(guard.engine) as engine:
            read(engine, query)
            self._check_needed(guard, query)
            add(engine, query, tables, [*tables.values(), *guard.data.values()])
            call = Call(guard, query, engine)
            answer = _ANSWERS[self.method](call)
            look_inside(call.stages())
        return answer

    def _check_needed(self, guard: SqlGuard, query: Query) -> None:
        unread = [name for name in NEEDED[self.method] if _called(guard, name).lower() not in query.reads]
        if unread:
            raise ProgramError(
                f"{self.file} does not read {_listed(unread)}, so that it would not depend on what `{self.method}` is "
                "given; `inputs` says by which name a query reads it"
            )

    def problems(self) -> Iterator[str]:
        """What is wrong with the name of the file."""
        place = PurePosixPath(self.file)
        if place.suffix != ".sql":
            yield f"`{self.method}` must be the file of a query, whose name ends in .sql, not {self.file!r}"
        elif place.is_absolute() or ".." in place.parts:
            yield f"`{self.method}`: {self.file} must lie below the project's root"


class Call:
    """One run of a query on the tables that an engine holds."""

    def __init__(self, guard: SqlGuard, query: Query, engine: Engine) -> None:
        self.guard, self.query, self.engine = guard, query, engine
        self.key = (guard.key,) if isinstance(guard.key, str) else tuple(guard.key or ())

    def ask(self) -> None:
        """Run the query."""
        config = self.guard.config or {}
        absent = [name for name in self.query.parameters if name not in config]
        if absent:
            raise ProgramError(f"{self.query.file}: the configuration has no {_listed(absent)} for its parameters")
        ask(self.engine, self.query, {name: config[name] for name in self.query.parameters})

    def table(self) -> pd.DataFrame:
        """The rows by the key, else by all columns: an engine may give them in any order."""
        self.ask()
        return in_order(self.engine, self.key)

    def answers(self) -> pd.DataFrame:
        """The rows by `order` and the key, numbered where they have none."""
        self.ask()
        if self.guard.order:
            check_order(self.engine, self.query, self.guard.order)
        answers = in_order(self.engine, self.key, self.guard.order)
        if self.key == (ROW,):
            answers.insert(0, ROW, range(len(answers)))
        return answers

    def metrics(self) -> dict[str, Any]:
        """The numbers by their names."""
        self.ask()
        return of_rows(self.engine.rows(), self.query.file)

    def stages(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """The rows of each common table expression, by its name."""
        for name, stage in self.query.stages():
            yield name, Call(self.guard, stage, self.engine).table()


def _tables(guard: SqlGuard, given: Mapping[str, Any]) -> dict[str, Any]:
    """Every table that a query may read, by the name by which it reads it."""
    both = {**guard.data.tables, **given}.items()
    return {_called(guard, name): _unnumbered(table) for name, table in both if name != "model" or _is_frame(table)}


def _unnumbered(table: Any) -> Any:
    return table.drop(columns=ROW) if _is_frame(table) and ROW in table else table


def _is_frame(table: Any) -> bool:
    return hasattr(table, "columns")


def _called(guard: SqlGuard, name: str) -> str:
    return guard.inputs.get(name, name)


_ANSWERS: Mapping[str, Callable[[Call], Any]] = {
    "train": Call.table, "features": Call.table, "predict": Call.answers, "evaluate": Call.metrics,
}  # fmt: skip
"""What becomes of the rows of a query, by method."""


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
