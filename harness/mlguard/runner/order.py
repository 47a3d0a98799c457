"""What a worker is asked to do with one guard, and what it brings back: declarations only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from mlguard.core.dataset import Dataset
from mlguard.core.question import QUESTIONS, WHOLE
from mlguard.core.record import Observation, Record
from mlguard.core.shape import Passed
from mlguard.core.shape_names import ShownCall
from mlguard.discovery import Declared, GuardRef
from mlguard.observe.answers import Answers
from mlguard.tracing.trace import Trace
from mlguard.worker.moment import USUAL, Moment


class Extent(StrEnum):
    """How much of a guard is run."""

    MAIN = "main"
    """The first data seed from dataset to evaluate: no probes, contracts, saved bundle or other runs."""
    QUICK = "quick"
    """The main run and what needs no further training."""
    CHOSEN = "chosen"
    """The main run, and those of the other runs that were chosen."""
    FULL = "full"
    """Everything."""

    @property
    def asks(self) -> bool:
        """Whether contracts and probes are asked."""
        return self in (Extent.QUICK, Extent.FULL)

    @property
    def goes_on(self) -> bool:
        """Whether other runs come after the main run."""
        return self in (Extent.CHOSEN, Extent.FULL)


Until = Callable[[Record, Sequence[Observation]], bool]
"""Whether a run ends here, between two of its parts: given what it observed so far, and what of it is new."""


@dataclass(frozen=True)
class Change:
    """What one run has differently from the project as it lies on disk; nothing is written there.

    Everything must be picklable. It reaches the run's own workers only: a process that guarded code starts by itself
    imports what lies on disk.
    """

    sources: Mapping[str, str] = field(default_factory=dict)
    """Absolute real path of a source file -> the text that is compiled in its place."""
    config: Callable[[Any], Any] | None = None
    """What becomes of the effective configuration; it is given a copy."""
    data: Callable[[Dataset], Dataset] | None = None
    """What becomes of each Dataset, of the first and of other seeds, before anything is observed."""
    answers: Callable[[Answers, tuple[str, ...]], Answers] | None = None
    """What becomes of the main run's answers to the test rows, before they are evaluated; it is given their names."""
    rows: int | None = None
    """Rows that the generator is asked for; one that takes no `rows` is refused with the slug `generator-rows`."""
    seeds: tuple[int, ...] | None = None
    """Data seeds in place of the guard's own."""


@dataclass(frozen=True)
class Copy:
    """Another state of the project's repository, in a folder of its own."""

    original: Path
    """The repository's folder, from which nothing may be imported."""
    place: Path
    """The folder that stands for it."""

    def of(self, path: Path) -> Path:
        """What stands for a file or folder of the original; anything else stands for itself."""
        return self.place / path.relative_to(self.original) if path.is_relative_to(self.original) else path


@dataclass(frozen=True)
class Share:
    """What one of several workers does of a run: the first asks contracts and probes, the others share the other runs.

    Each begins with the main run and ends with a refit.
    """

    number: int
    """Which it is, from 0."""
    of: int
    """How many there are, two or more."""


@dataclass(frozen=True)
class Order:
    """One run of one guard in a worker."""

    ref: GuardRef
    """Where the guard is declared."""
    root: Path
    """The project's root."""
    import_path: tuple[str, ...]
    """What the project puts on the import path."""
    generators: tuple[Path, ...]
    """Folders of generator scripts; the first that has a script of the dataset's name wins."""
    folder: Path
    """An empty folder of this run, for scratch files and the bundle."""
    extent: Extent = Extent.FULL
    """How much to run."""
    tables: Path | None = None
    """A folder with the written tables to run on, in place of what the generator makes."""
    change: Change = field(default_factory=Change)
    """What this run has differently from the project on disk."""
    copy: Copy | None = None
    """Where the code comes from, when not from the project itself."""
    trace: frozenset[str] = frozenset()
    """Runs in which the project's functions are followed: `main`, `seed 1`, `contracts`, `probes`; of the last two also
    what a single contract or row asks, by its name (`contracts single rows`, `probes minimum age #0`)."""
    runs: frozenset[str] = frozenset()
    """The other runs of Extent.CHOSEN: `seed 1`, `later`, `config C`."""
    share: Share | None = None
    """What of Extent.FULL this worker does, where several do it together."""
    until: Until | None = None
    """Where the run ends before its last part; picklable."""
    lines: bool = False
    """Whether to note which lines of the project's sources run."""
    shapes: bool = False
    """Whether to hold the shapes that comments give against the real values."""
    uncommented: bool = False
    """With that, whether to keep the shapes of values as well that no comment is on."""
    forms: frozenset[str] = WHOLE
    """Forms of the run as a whole; without those that a golden does not know."""
    withheld: frozenset[str] = frozenset()
    """Names of the caller's environment variables that reach no worker."""
    made: frozenset[str] = frozenset()
    """Files that earlier runs of this project wrote outside of their folders."""
    elsewhere: Moment = USUAL
    """The time zone and the clock of the last run, when everything is done again."""
    surroundings: Mapping[str, Any] = field(default_factory=dict)
    """What else is kept of where the run is made, by its key in an environment."""

    @property
    def bundle(self) -> Path:
        """Where the run leaves what `save` wrote, and the rows to answer."""
        return self.folder / "bundle"

    @property
    def questions(self) -> Mapping[str, int]:
        """What the run asks, each question with its version."""
        older = WHOLE - self.forms
        return {name: version for name, version in QUESTIONS.items() if name not in older}

    @property
    def rows(self) -> Path:
        """The test rows, for the process that loads the bundle."""
        return self.folder / "rows.pkl"


@dataclass(frozen=True)
class MadeWith:
    """What the generator of a run's Dataset used, besides its script and the project's code."""

    libraries: frozenset[str]
    """Distributions that it imports, by lower-case name, and those that draw for it and hold its tables."""
    others: bool
    """Whether it read files of data, started a program or connected to one, whose part in the data nobody knows."""
    variables: frozenset[str] = frozenset()
    """Environment variables that it read, or the modules of the project that were imported before."""


@dataclass(frozen=True)
class Done:
    """What one run brought back."""

    record: Record
    """The Record, without the contract of the saved bundle."""
    bundle: str
    """Empty where the bundle was saved; else why it could not be."""
    dataset: Any = None
    """The Dataset of the first seed, for the golden."""
    costs: Mapping[str, float] = field(default_factory=dict)
    """Seconds by part: `main`, `contracts`, `probes`, `seed 1`, `config C`, `refit`, `saved bundle`."""
    variables: Mapping[str, str | None] = field(default_factory=dict, repr=False)
    """The environment variables that the code read, with the values of the end; no file may hold these."""
    made: frozenset[str] = frozenset()
    """Files that the main run wrote outside of its folder."""
    remarks: tuple[str, ...] = ()
    """Quiet lines about this machine, which belong into no golden."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Where results come from, by stage or by their own name, such as the cell of a notebook; empty for functions."""
    ended_early: bool = False
    """Whether it ended before its last part."""
    shares: int = 1
    """How many workers did it together."""
    trace: Trace | None = None
    """The calls of the project's functions, where it was asked for."""
    reached: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """Lines that the main run reached, saving and loading included, by the real path of their source; empty unless
    asked for."""
    shapes: tuple[Passed, ...] = ()
    """What came of each comment with a shape in the modules that ran; empty unless asked for."""
    calls: tuple[ShownCall, ...] = ()
    """What calls showed of values that no comment is on; empty unless asked for."""
    config_file: bool = False
    """Whether the guard's configuration is a file."""
    unseen: bool = False
    """Whether files of the project were handed to another program, so that nobody knows what else that read."""
    made_with: MadeWith | None = None
    """What the generator used; None where nobody looked, or there is none."""


@dataclass(frozen=True)
class Search:
    """A look through a project's modules for guards."""

    root: Path
    """The project's root."""
    files: tuple[Path, ...]
    """The modules."""
    import_path: tuple[str, ...]
    """What the project puts on the import path."""
    withheld: frozenset[str] = frozenset()
    """Names of the caller's environment variables that reach no worker."""
    copy: Copy | None = None
    """Where the code comes from, when not from the project itself."""


@dataclass(frozen=True)
class Found:
    """What a project declares."""

    guards: tuple[Declared, ...] = ()
    """Every guard and variant, in the order of files and lines."""
    broken: dict[str, str] = field(default_factory=dict)
    """Modules that could not be imported, with the project's own frames of what they raised."""


@dataclass(frozen=True)
class Loading:
    """A bundle to load in a process in which nothing of the project has run."""

    ref: GuardRef
    """Where the guard is declared."""
    root: Path
    """The project's root, whose data must not be read."""
    import_path: tuple[str, ...]
    """Where its code can be imported from."""
    bundle: Path
    """The bundle, at another place than where it was saved."""
    rows: Path
    """The rows to answer."""
    folder: Path
    """An empty folder to work in."""
    change: Change = field(default_factory=Change)
    """What the run that saved the bundle had differently from the project on disk."""
    copy: Copy | None = None
    """Where the code comes from, when not from the project itself."""
    lines: bool = False
    """Whether to note which lines of the project's sources run."""
    config_file: bool = False
    """Whether a copy of the configuration's file is there, too, for code that opens it."""
    forms: frozenset[str] = WHOLE
    """Forms of the run that saved it."""
