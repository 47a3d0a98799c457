"""Guards of queries: SQL in files that answers rows, prepares them or measures the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar

from mlguard.core.guard import Guard
from mlguard.core.notes import look_inside
from mlguard.core.options import wrong_maps
from mlguard.programs.engine import ENGINES, Engine, add, ask, check_order, in_order, opened, read
from mlguard.programs.error import ProgramError
from mlguard.programs.made import stale
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

MADE = "data files as their queries make them"
"""The contract on `made`."""

ROW = "(row)"
"""The column that numbers the answers of a query without a key."""


def _train(guard: SqlGuard, train: Any) -> Any:
    """The training rows: without a query or a method of its own, nothing is learned from them."""
    return train


class SqlGuard(Guard):
    """A guard whose `train`, `features`, `predict` and `evaluate` may be queries in files; all else is as with any.

    A query reads the tables of the Dataset by their names, and what its method is given:

    - `train`: the training rows as `train`; its rows are the model. Without it, the model is the training rows;
    - `features` and `predict`: the rows to answer as `rows`, and the model as `model` where that is a table;
    - `evaluate`: `test` and `answers`; it gives one row of numbers, or rows of a name and a number.

    `inputs` maps these names to others by which the queries read them, such as `{"rows": "shop.visits"}`. Parameters,
    such as `$since`, are keys of the configuration. `key` names the columns that identify an answer; without it,
    answers are compared as a set. `order` says how a query of answers must sort them, such as `"score DESC"`.

    `made` maps data files of the project to the queries that make them, from the tables that `sources` maps to files; a
    query that was edited without its file breaks a contract.

    Queries in the `dialect` of another database are translated for the `engine`, which runs them: DuckDB, SQLite, or a
    PostgreSQL server.
    """

    abstract = True
    dialect: ClassVar[str] = "duckdb"
    engine: ClassVar[str] = "duckdb"
    inputs: ClassVar[Mapping[str, str]] = {}
    order: ClassVar[str] = ""
    made: ClassVar[Mapping[str, str]] = {}
    sources: ClassVar[Mapping[str, str]] = {}
    train: ClassVar[Any] = _train

    def __init_subclass__(cls, **rest: Any) -> None:
        super().__init_subclass__(**rest)
        for method, file in list(vars(cls).items()):
            if method in GIVEN and isinstance(file, str):
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
        yield from wrong_maps(cls, "inputs", "made", "sources")

    def _contracts(self) -> dict[str, list[str]]:
        made = [(file, Query.read(self._root, query, self.dialect)) for file, query in self.made.items()]
        given = self.sources, self.config or {}
        found = [told for pair in made for told in stale(self._root, *pair, *given, engine=self.engine)]
        return {MADE: found} if made else {}


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
        unread = [name for name in NEEDED[self.method] if guard.inputs.get(name, name).lower() not in query.reads]
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

    def _ask(self) -> None:
        ask(self.engine, self.query, self.guard.config or {})

    def table(self) -> pd.DataFrame:
        """The rows by the key, else by all columns: an engine may give them in any order."""
        self._ask()
        return in_order(self.engine, self.key)

    def answers(self) -> pd.DataFrame:
        """The rows by `order` and the key, numbered where they have none."""
        self._ask()
        if self.guard.order:
            check_order(self.engine, self.query, self.guard.order)
        answers = in_order(self.engine, self.key, self.guard.order)
        if self.key == (ROW,):
            answers.insert(0, ROW, range(len(answers)))
        return answers

    def metrics(self) -> dict[str, Any]:
        """The numbers by their names."""
        self._ask()
        return of_rows(self.engine.rows(), self.query.file)

    def stages(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """The rows of each common table expression, by its name."""
        for name, stage in self.query.stages():
            yield name, Call(self.guard, stage, self.engine).table()


def _tables(guard: SqlGuard, given: Mapping[str, Any]) -> dict[str, Any]:
    """Every table that a query may read, by the name by which it reads it."""
    tables = {**guard.data.tables, **given}
    if not hasattr(tables.get("model"), "columns"):
        tables.pop("model", None)
    if guard.key == ROW and "answers" in given:
        tables["answers"] = given["answers"].drop(columns=ROW, errors="ignore")
    return {guard.inputs.get(name, name): table for name, table in tables.items()}


_ANSWERS: Mapping[str, Callable[[Call], Any]] = {
    "train": Call.table, "features": Call.table, "predict": Call.answers, "evaluate": Call.metrics,
}  # fmt: skip
"""What becomes of the rows of a query, by method."""


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
