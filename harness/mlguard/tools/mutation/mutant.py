"""A behaviour change that can be planted: where it lies, what it reads like, and how to run it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from mlguard.runner.order import Change
from mlguard.tools.mutation.site import Edit, Site

Operator = Callable[[Site], Iterable[Edit]]
"""The edits that one kind of change offers at one place of a module."""


@dataclass(frozen=True)
class Mutant:
    """One planted change of behaviour."""

    operator: str
    """The operator's name, such as `comparison boundary`."""
    kind: Literal["code", "configuration", "data"]
    """What is changed."""
    file: str
    """The source file or configuration file as messages name it; the dataset's name for data."""
    line: int
    """The first changed line, from 1; 0 where there are no lines."""
    stage: str | None
    """The stage in which the change is planted, where that is known beforehand."""
    before: str
    """The lines that change, as they are; for data and configuration, what is there in words."""
    after: str
    """The same lines, changed."""
    change: Change = field(repr=False)
    """What a run has to have differently."""
