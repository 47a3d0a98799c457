"""The page of a guard's options, from the dataclasses that declare them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from typing import Any

from mlguard.core.options import Options, Pipeline
from tests.docs.reference.declared import docstrings

HEAD = """\
# The options of a guard

An option is an attribute of a guard's class. An attribute in small letters that is no option is refused, with the
nearest name: a misspelled option would be without effect. Constants of your own are written in capitals; methods,
properties and nested classes are yours.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for declared in (Pipeline, Options) for line in _section(declared))])


def _section(declared: type[Any]) -> Iterator[str]:
    told = docstrings(declared)
    yield f"## {inspect.getdoc(declared)}".partition(".")[0] + "\n"
    for option in fields(declared):
        yield f"### `{option.name}`\n\n{told[option.name]}\n\n*Default:* `{_default(option)}`\n"


def _default(option: Field[Any]) -> str:
    return repr({} if option.default is MISSING else option.default)
