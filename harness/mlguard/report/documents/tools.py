"""Documents of `mlguard audit` and `mlguard diff`."""

from __future__ import annotations

from typing import TypedDict

from mlguard.report.documents.checks import CheckedGuard
from mlguard.report.documents.goldens import Audited


class PlantedChange(TypedDict):
    """A change that was planted."""

    file: str
    """The source or configuration file, or the name of the dataset."""
    line: int
    """Its line; 0 where there is none."""
    operator: str
    """What was done, such as `comparison boundary`."""
    kind: str
    """Where: `code`, `configuration` or `data`."""
    diff: str
    """The line before and after."""


class Survivor(PlantedChange):
    """A change that no value noticed."""

    remedies: list[str]
    """What would have noticed it."""


class Share(TypedDict):
    """How many changes of one operator were noticed."""

    power: float | None
    """Share that was noticed; null where none counted."""
    noticed: int
    """Changes that were noticed."""
    missed: int
    """Changes that were not."""


class AuditedGuard(Audited):
    """A guard that was audited."""

    name: str
    """The guard."""
    possible: int
    """How many changes could have been planted."""
    seconds: float
    """How long it took."""
    interrupted: bool
    """Whether somebody stopped it."""
    operators: dict[str, Share]
    """The figures by operator."""
    stages: dict[str, int]
    """How many changes were first noticed in each stage."""
    survivors: list[Survivor]
    """The changes that were missed."""
    equivalents: list[PlantedChange]
    """The changes that alter nothing."""
    remarks: list[str]
    """What limits the answer."""
    problem: str | None
    """Why there is no answer."""
    slug: str | None
    """The word that [messages](messages.md) explains, for `problem`."""
    traceback: str
    """Where the problem came up; empty where nothing raised."""


class Audits(TypedDict):
    """The answer of an audit."""

    exit_code: int
    """What the command exits with."""
    guards: list[AuditedGuard]
    """One entry per guard."""


class Edit(TypedDict):
    """An edit between two revisions."""

    name: str
    """What was edited: `line.fit`, `config.yaml: model.C`."""
    kind: str
    """`function`, `class`, `statement`, `import`, `setting` or `file`."""
    file: str
    """Its file."""
    line: int
    """The line where it begins, from 1."""
    told: str
    """What was done in few words: `new`, `gone`, `0.7 -> 0.8`."""
    hunk: str
    """The difference, as `git diff -U0` shows it."""
    brings: list[str]
    """Other edits without which it does not run."""
    moves: list[str]
    """What it moves by itself, where it is one of several."""


class Proven(TypedDict):
    """What is proven of the edits."""

    function: str | None
    """The first edit that is proven, where it is a function: its dotted name."""
    line: int | None
    """The line of that edit."""
    hunk: str | None
    """The difference that it is."""
    how: str | None
    """What was proven, as a sentence."""
    proof: str | None
    """The same in one word: `alone`, `together`, `each`, `several`, `part`, `among`, `none`, `unstable`, `apart` or
    `candidates`."""
    edits: list[Edit]
    """The edits that are named; where none is proven, the likeliest first."""
    total: int
    """Number of edits in the files that the runs read."""
    harmless: list[str]
    """Edits that change nothing that is observed."""
    left: list[str]
    """What still moves without the named edits."""
    runs: int
    """Runs that the proof took."""


class ComparedGuard(CheckedGuard, Proven):
    """A guard that ran on two revisions. Its `file` is that of the first edit that is proven."""


class Comparison(TypedDict):
    """The answer of a comparison."""

    schema: int
    """Number of this form; it grows when a reader would have to change."""
    before: str
    """What the first side is called."""
    after: str
    """What the second side is called."""
    remarks: list[str]
    """What both sides share that their revisions do not."""
    outcome: str
    """The worst outcome."""
    exit_code: int
    """What the command exits with."""
    guards: list[ComparedGuard]
    """One entry per guard."""


class Commit(TypedDict):
    """A commit."""

    commit: str
    """Its full name."""
    date: str
    """The author's date."""
    subject: str
    """The first line of its message."""


class Bisection(Comparison):
    """The answer of a bisection."""

    commits: list[Commit]
    """The first commit that moved behaviour; several where those between cannot run."""
    tried: int
    """Commits between the ends that were run."""
    skipped: int
    """Those of them that cannot run."""


class CheckedShape(TypedDict):
    """A comment that gives a shape, and what its value was."""

    file: str
    """The source file, below the project's root."""
    line: int
    """The line of the comment, from 1."""
    name: str
    """The variable or attribute; empty for what a function returns."""
    comment: str
    """The shape as the comment gives it."""
    times: int
    """How often its value was there and had a shape."""
    wrong: int
    """How often the shape was another one."""
    shape: list[int] | None
    """The first shape that was another one; null where there is none."""
    guard: str
    """The guard in which that was; empty where there is none."""
    message: str
    """The same in words; empty where the comment is right."""


class CheckedShapes(TypedDict):
    """What came of the shapes in comments."""

    shapes: list[CheckedShape]
    """One entry per comment of the code that ran, in order of files and lines."""
    diff: str
    """With `--write` the diff that adds comments, else empty."""
    exit_code: int
    """1 where a shape is not what its comment says, else 0."""
