"""An Edit: one difference between two states of a project that can be undone by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class EditKind(StrEnum):
    """What was edited."""

    FUNCTION = "function"
    """A function or method: its body, its defaults or its decorators."""
    CLASS = "class"
    """A whole class that came or went, or the bases, keywords and decorators of one."""
    STATEMENT = "statement"
    """A constant, or another statement of a module or class."""
    IMPORT = "import"
    """An import; it is never the cause, but others need it."""
    SETTING = "setting"
    """One key of a JSON, TOML or YAML file."""
    CELL = "cell"
    """A cell of a notebook."""
    FILE = "file"
    """Any other file."""


@dataclass(frozen=True)
class Names:
    """The names that a piece of code has to do with: `fit`, `.fit` for attributes, `ridge=` for parameters."""

    binds: frozenset[str] = frozenset()
    """Those that it gives to others."""
    uses: frozenset[str] = frozenset()
    """Those that it takes from somewhere."""
    parameters: tuple[str, ...] | None = None
    """Of a function, what it can be given, in order; None for anything else."""


@dataclass(frozen=True, eq=False)
class Edit:
    """One difference; two are equal only if they are the same object."""

    name: str
    """What it is called: `line.fit`, `line.EXTRA`, `config.yaml: model.C`."""
    kind: EditKind
    """What was edited."""
    file: str
    """Its file in the new state, the old one's where it is gone; below the top of both."""
    line: int
    """The line where it begins there, from 1."""
    told: str = ""
    """What was done in few words: `new`, `gone`, `0.7 -> 0.8`; empty where the hunk says it."""
    hunk: tuple[str, ...] = field(default=(), repr=False)
    """The difference as `git diff -U0` shows it."""
    old: Names | None = field(default=None, repr=False)
    """Names of the old code; None where there is none."""
    new: Names | None = field(default=None, repr=False)
    """Names of the new code; None where there is none."""

    is_imports: bool = field(default=False, repr=False)
    """Whether it is of the imports of a file or class that went."""
    whole: Edit | None = field(default=None, repr=False)
    """The edit that it is a piece of: some lines of a function; None for a whole one."""

    @property
    def own_name(self) -> str:
        """The last part of its name."""
        return self.name.rpartition(".")[2]

    @property
    def came(self) -> bool:
        """Whether the old state has nothing in its place."""
        return self.old is None

    @property
    def went(self) -> bool:
        """Whether the new state has nothing in its place."""
        return self.new is None
