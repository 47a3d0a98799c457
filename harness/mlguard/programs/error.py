"""What goes wrong with a program, or with a file that it wrote."""

from __future__ import annotations

from mlguard.core.error import UsageError


class ProgramError(Exception):
    """A program failed, or left something that cannot be read; the text says which, and what was expected."""


def sql_missing(told: str, extra: str = "sql") -> UsageError:
    """What to say where a library is not installed that queries need, which `told` names."""
    advice = f"pip install 'pytest-mlguard[{extra}]'"
    return UsageError(f"{told}, which is not installed", advice=advice, slug="sql-missing")


class EngineError(Exception):
    """A database engine refused a query: in its own words, and where in the text that it was given if it says so.

    `is_syntax`: whether it could not even read it.
    """

    def __init__(self, words: str, position: int | None = None, *, is_syntax: bool = False) -> None:
        super().__init__(words)
        self.words, self.position, self.is_syntax = words, position, is_syntax
