"""Documents of the commands that set up a project, make datasets and explain messages, and of a command that fails."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class SetUpFile(TypedDict):
    """A file that a project needs."""

    path: str
    """Below the project's root."""
    action: str
    """`wrote`, `extended` or `left alone`."""
    reason: str
    """Why, where it is not obvious."""


class SetUp(TypedDict):
    """What was set up."""

    root: str
    """The project's root."""
    files: list[SetUpFile]
    """One entry per file."""
    notes: list[str]
    """What is left to do by hand."""
    next: list[str]
    """The commands to run next."""


class Table(TypedDict):
    """A table of a dataset."""

    name: str
    """Its name."""
    file: str
    """Its file in the dataset's folder."""
    format: str
    """`csv`, `jsonl` and others."""
    shape: list[int]
    """Its shape; that of the array, where it is one."""
    rows: int
    """Number of rows."""
    columns: int
    """Number of columns."""
    bytes: int
    """Size of the file."""
    sha256: str
    """Digest of the file."""


class DatasetFolder(TypedDict):
    """A dataset that was written or verified. One that is missing has `name`, `path`, `state` and `message` only."""

    name: str
    """The dataset."""
    path: str
    """Its folder."""
    seed: NotRequired[int]
    """The seed of its rows."""
    digest: NotRequired[str]
    """The digest of its content."""
    tables: NotRequired[list[Table]]
    """One entry per table."""
    state: NotRequired[str]
    """`equal`, `differs` or `missing`; with `--verify` only."""
    message: NotRequired[str]
    """The same as a sentence; with `--verify` only."""


class Datasets(TypedDict):
    """Datasets that were written or verified."""

    datasets: list[DatasetFolder]
    """One entry per dataset."""


class LearnedColumn(TypedDict):
    """A column that a generator script was learned from."""

    name: str
    """Its name."""
    type: str
    """Its logical type."""
    drawn: str
    """How the script draws it."""


class GeneratorScript(TypedDict):
    """A generator script that was written after a real table."""

    name: str
    """The dataset that it makes."""
    path: str
    """The script."""
    rows: int
    """Rows that it was learned from."""
    columns: list[LearnedColumn]
    """One entry per column."""
    notes: list[str]
    """What was replaced, merged or left out, in words."""


class GeneratorScripts(TypedDict):
    """Generator scripts that were written."""

    scripts: list[GeneratorScript]
    """One entry per script."""


class FewerRows(TypedDict):
    """A number of rows that was tried."""

    rows: int
    """The number."""
    power: float | None
    """Share of the planted changes that were noticed; null where none counted, or the guard cannot run on so few."""
    noticed: NotRequired[int]
    """Changes that were noticed; absent where the guard cannot run on so few."""
    missed: NotRequired[int]
    """Changes that were not noticed; absent likewise."""


class FewestRows(TypedDict):
    """The fewest rows that keep the power of a guard."""

    name: str
    """The guard."""
    dataset: str
    """Its dataset."""
    rows: int
    """The fewest rows that keep its power."""
    own_rows: int
    """Rows that the generator makes by itself."""
    steps: list[FewerRows]
    """Every number that was tried, the generator's own first."""


class Slugs(TypedDict):
    """All words in brackets that messages end with."""

    slugs: list[str]
    """The words."""


class Explanation(TypedDict):
    """What one of them means."""

    slug: str
    """The word."""
    text: str
    """Its paragraph of [messages](messages.md)."""


class Error(TypedDict):
    """An error."""

    message: str
    """What is wrong and what to do."""
    slug: str
    """The word that [messages](messages.md) explains."""


class Failed(TypedDict):
    """A command that could not do its work."""

    error: Error
    """What went wrong."""
    exit_code: int
    """What the command exits with."""
