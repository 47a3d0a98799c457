"""Which guards a name on the command line means."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase


def chosen(name: str, guards: Sequence[str]) -> list[str]:
    """The guard of exactly this name, or all variants of this class; else those that the name fits as a glob."""
    exact = [guard for guard in guards if name in (guard, guard.partition("[")[0])]
    # The brackets of a variant are no character class: `Churn[*]` is every variant of Churn.
    globs = (name, name.replace("[", "[[]"))
    return exact or [guard for guard in guards if any(fnmatchcase(guard, glob) for glob in globs)]
