"""A query as sqlglot reads it: the tables that it reads, its stages, and its text for an engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from textwrap import shorten
from typing import Any

from mlguard.programs.error import EngineError, ProgramError, sql_missing

WORDS = 240
"""Characters of what an engine says: behind a reason it may list every function that it knows."""


@dataclass(frozen=True)
class Query:
    """One query, which stands in a file. Raises ProgramError, with the line, for what cannot be read or written."""

    file: str
    """The file, as messages call it."""
    text: str
    """What stands in it."""
    dialect: str
    """The dialect of SQL in which it is written, as sqlglot calls it."""

    @classmethod
    def read(cls, root: Path, file: str, dialect: str) -> Query:
        """The query in a file below the project's root."""
        try:
            return cls(file, (root / file).read_text(encoding="utf-8-sig"), dialect)
        except FileNotFoundError:
            raise ProgramError(f"{file}: there is no such file below the project's root") from None
        except UnicodeDecodeError:
            raise ProgramError(f"{file}: not written in UTF-8") from None

    @cached_property
    def reads(self) -> frozenset[str]:
        """The tables that it reads, in small letters, with a dot behind each part of a name but the last."""
        exp = _sqlglot().exp
        made = {cte.alias.lower() for cte in self._tree.find_all(exp.CTE)}
        names = (".".join(part.name for part in table.parts).lower() for table in self._tree.find_all(exp.Table))
        return frozenset(name for name in names if name not in made)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of its parameters, such as `since` for `$since`."""
        exp = _sqlglot().exp
        named = (found.this for found in self._tree.find_all(exp.Placeholder, exp.Parameter))
        return tuple(dict.fromkeys(str(getattr(name, "name", name) or "?") for name in named))

    @property
    def is_sorted(self) -> bool:
        """Whether it says in which order its rows are."""
        return self._tree.args.get("order") is not None

    def written_for(self, engine: str) -> str:
        """Its text in the dialect of an engine: as it stands in the file, where that is its own."""
        return self.text.rstrip().rstrip(";") if engine == self.dialect else self._written(self._tree, engine)

    def stages(self) -> Iterator[tuple[str, Query]]:
        """Each of its common table expressions, in their order: the name, and a query that shows its rows."""
        for cte in self._tree.ctes:
            with_, name = (part.sql(dialect=self.dialect) for part in (cte.parent, cte.args["alias"].this))
            yield cte.alias, Query(self.file, f"{with_} SELECT * FROM {name}", self.dialect)

    def refused(self, error: EngineError, written: str, engine: str) -> ProgramError:
        """What an engine said of the text that was written for it, at its place in the file."""
        line = None if error.position is None else self._line(written, error.position, engine)
        return self._wrong(line, error.words)

    @cached_property
    def statements(self) -> list[Any]:
        """What stands in the file, statement by statement, as sqlglot reads it."""
        sqlglot = _sqlglot()
        try:
            return _parsed(self.text, self.dialect)
        except sqlglot.errors.ParseError as error:
            first = error.errors[0]
            raise self._wrong(first["line"], f"{first['description']}, at `{first['highlight']}`") from None
        except sqlglot.errors.SqlglotError as error:
            raise self._wrong(None, str(error)) from None
        except ValueError as error:
            raise ProgramError(f"`dialect`: {error}") from None

    @cached_property
    def _tree(self) -> Any:
        exp, found = _sqlglot().exp, self.statements
        if len(found) != 1 or not isinstance(found[0], exp.Query):
            held = " and ".join(tree.key.upper() for tree in found) or "no statement"
            raise self._wrong(None, f"one query is expected, which begins with SELECT or WITH, and here is {held}")
        writes = found[0].find(exp.DML)
        if writes is not None:
            raise self._wrong(None, f"a query is expected that writes nothing, and in this one is {writes.key.upper()}")
        return found[0]

    def _written(self, tree: Any, engine: str) -> str:
        """A part of it in an engine's dialect."""
        sqlglot = _sqlglot()
        try:
            return str(tree.sql(dialect=engine, unsupported_level=sqlglot.ErrorLevel.RAISE))
        except sqlglot.errors.UnsupportedError as error:
            inner = next((child for child in tree.iter_expressions() if not self._can_be_written(child, engine)), None)
            if inner is not None:
                return self._written(inner, engine)
            lines = (found.meta.get("line") for found in tree.find_all(sqlglot.exp.Identifier))
            said = f"cannot be written for {engine}: {error}"
            raise self._wrong(next(filter(None, lines), None), f"`{tree.sql(dialect=self.dialect)}` {said}") from None

    def _can_be_written(self, tree: Any, engine: str) -> bool:
        sqlglot = _sqlglot()
        try:
            tree.sql(dialect=engine, unsupported_level=sqlglot.ErrorLevel.RAISE)
        except sqlglot.errors.UnsupportedError:
            return False
        return True

    def _line(self, written: str, position: int, engine: str) -> int | None:
        """The line in the file of what stands at a position of the text that an engine was given.

        A word that was translated is found by its number among the equal ones; None where both texts have not as many.
        """
        if engine == self.dialect:
            return self.text.count("\n", 0, position) + 1
        tokenize = _sqlglot().tokenize
        theirs, ours = tokenize(written, read=engine), tokenize(self.text, read=self.dialect)
        word = next((token.text.lower() for token in theirs if token.start <= position <= token.end), None)
        before = [token.start for token in theirs if token.text.lower() == word]
        lines = [token.line for token in ours if token.text.lower() == word]
        return lines[sum(start < position for start in before)] if len(lines) == len(before) > 0 else None

    def _wrong(self, line: int | None, said: str) -> ProgramError:
        place, shown = self.file, ""
        if line is not None:
            place += f", line {line}"
            shown = f"; the line is: {self.text.split(chr(10))[line - 1].strip()}"
        return ProgramError(f"{place}: {shorten(said, WORDS, placeholder=' …')}{shown}")


_CLOCKS = {
    "CurrentTimestamp": ("TIMESTAMPTZ", "current_timestamp"), "CurrentDate": ("DATE", "current_date"),
    "CurrentTime": ("TIMETZ", "current_time"), "Localtime": ("TIME", "localtime"),
    "Localtimestamp": ("TIMESTAMP", "localtimestamp"),
}  # fmt: skip
"""What tells the time, by sqlglot's name: the type that it has, and what a column of it is called."""
_FUNCTIONS = ("clock_timestamp", "statement_timestamp", "transaction_timestamp")
"""Functions that tell the time, too, and that sqlglot does not know."""


def at_moment(text: str, dialect: str, now: datetime) -> str:
    """A query in which each way to ask for the time is this moment, for engines whose own ways cannot be replaced."""
    exp = _sqlglot().exp

    def moment(kind: str) -> Any:
        read = "TIMESTAMPTZ" if kind.endswith("TZ") else "TIMESTAMP"  # No cast leads from one with a zone to TIME.
        return exp.cast(exp.cast(exp.Literal.string(now.replace(tzinfo=None).isoformat()), read), kind)

    def fixed(node: Any) -> Any:
        is_call, word = isinstance(node, exp.Anonymous), node.name.lower()
        kind, name = _CLOCKS.get(type(node).__name__, ("", ""))
        if is_call and word in _FUNCTIONS:
            kind, name = "TIMESTAMPTZ", word
        if kind:
            is_column = isinstance(node.parent, exp.Select) and node.arg_key == "expressions"
            return exp.alias_(moment(kind), name) if is_column else moment(kind)
        if isinstance(node, exp.Cast) and node.this.is_string and word in ("now", "today"):
            return exp.cast(moment("TIMESTAMP" if word == "now" else "DATE"), node.to)
        if is_call and word == "age" and len(node.expressions) == 1:
            return exp.Anonymous(this=word, expressions=[exp.cast(moment("DATE"), "TIMESTAMP"), *node.expressions])
        return node

    return "; ".join(tree.transform(fixed).sql(dialect=dialect) for tree in _parsed(text, dialect))


@lru_cache(maxsize=64)
def _parsed(text: str, dialect: str) -> list[Any]:
    """The statements of a text. A guard runs the same ones many times, and nothing changes a tree."""
    found = _sqlglot().parse(text, read=dialect)
    return [tree for tree in found if tree is not None and tree.key != "semicolon"]


def _sqlglot() -> Any:
    try:
        import sqlglot
    except ImportError as error:
        raise sql_missing("queries are read by sqlglot") from error
    return sqlglot
