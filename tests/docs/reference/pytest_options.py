"""The page of pytest's options that mlguard adds, from what declares them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest

from mlguard.plugin.asked import add_options
from tests.docs.reference.declared import on_one_line

HEAD = """\
# Options of pytest

mlguard adds these options to pytest. [Guards under pytest](pytest.md) says what they are for, and which options of
pytest itself guards follow.

| option | does |
|---|---|"""


class Options:
    """What stands in for pytest's parser: it keeps what is added."""

    def __init__(self) -> None:
        self.added: list[tuple[str, dict[str, Any]]] = []

    def getgroup(self, *_: str) -> Options:
        """The group is the parser itself."""
        return self

    def addoption(self, name: str, **declared: Any) -> None:
        """Keep one option."""
        self.added.append((name, declared))


def options() -> list[tuple[str, dict[str, Any]]]:
    """Each option with what it is declared with."""
    kept = Options()
    add_options(cast(pytest.Parser, kept))
    return kept.added


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_rows(), ""])


def _rows() -> Iterator[str]:
    for name, declared in options():
        value = f" `{declared['metavar']}`" if "metavar" in declared else ""
        yield f"| `{name}`{value} | {on_one_line(declared['help'])} |"
