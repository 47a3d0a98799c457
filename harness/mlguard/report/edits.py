"""The edits that moved a guard, and what was proven of them, as text and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mlguard.report.documents import tools as documents

MOST = 5
"""Edits, and names of other kinds, that are listed."""


class How(StrEnum):
    """What was proven of the edits that are named."""

    ALONE = "alone"
    """Undoing this one alone restores every value."""
    TOGETHER = "together"
    """Undoing these together restores every value, and no fewer of them do."""
    EACH = "each"
    """The same, and each of them moves something by itself."""
    SEVERAL = "several"
    """The same, and each of them brings something back."""
    PART = "part"
    """Undoing these restores a part; the runs were used up before the rest was explained."""
    AMONG = "among"
    """The runs were used up before it was known which of these are needed."""
    NONE = "none"
    """Undoing all of them restores nothing."""
    UNSTABLE = "unstable"
    """The old code gives something else every time."""
    APART = "apart"
    """The new code does not do again, in a copy, what it did."""
    CANDIDATES = "candidates"
    """Nothing was tried."""

    @property
    def is_proven(self) -> bool:
        """Whether the edits that are named are those that moved it."""
        return self in (How.ALONE, How.TOGETHER, How.EACH, How.SEVERAL, How.PART)


@dataclass(frozen=True)
class NamedEdit:
    """One edit as it is shown."""

    name: str
    """`line.fit`, `line.EXTRA`, `config.yaml: model.C`."""
    kind: str
    """`function`, `class`, `statement`, `import`, `setting` or `file`."""
    file: str
    """Its file, below the project's root."""
    line: int
    """The line where it begins, from 1."""
    told: str = ""
    """What was done in few words: `new`, `gone`, `0.7 -> 0.8`."""
    hunk: str = ""
    """The difference, as `git diff -U0` shows it, with those of the edits that it brings."""
    brings: tuple[str, ...] = ()
    """Other edits that it does not run without."""
    moves: tuple[str, ...] = ()
    """What it moves by itself, or brings back when it is undone too, where it is one of several."""


@dataclass(frozen=True)
class Proof:
    """Which edits moved a guard, and what was proven of them."""

    how: How
    """What was proven."""
    edits: tuple[NamedEdit, ...] = ()
    """The edits; where nothing was proven, those that the runs read, the likeliest first."""
    total: int = 0
    """Number of edits of what the runs read."""
    harmless: tuple[str, ...] = ()
    """The other edits: without the named ones, all of them together move nothing in any run."""
    left: tuple[str, ...] = ()
    """What still moves without the named edits, and no edit explains."""
    shown: bool = True
    """Whether every run was compared without the named edits, and not only the part that moved first."""
    raises: bool = False
    """Whether the new code raised, so that it had to run again and not to give the same."""
    runs: int = 0
    """Runs that it took."""


def proven_first(proof: Proof | None) -> NamedEdit | None:
    """The first edit that is proven."""
    return proof.edits[0] if proof and proof.how.is_proven else None


def proof_as_data(proof: Proof | None) -> documents.Proven:
    """The edits and their proof; of the first one that is proven, the function and its line besides."""
    first = proven_first(proof)
    function = first if first and first.kind == "function" else None
    return {
        "function": function.name if function else None,
        "line": first.line if first else None,
        "hunk": first.hunk if first else None,
        "how": proof_told(proof) if proof else None,
        "proof": str(proof.how) if proof else None,
        "edits": [_edit(edit) for edit in proof.edits] if proof else [],
        "total": proof.total if proof else 0,
        "harmless": list(proof.harmless) if proof else [],
        "left": list(proof.left) if proof else [],
        "runs": proof.runs if proof else 0,
    }


def _edit(edit: NamedEdit) -> documents.Edit:
    return {
        "name": edit.name,
        "kind": edit.kind,
        "file": edit.file,
        "line": edit.line,
        "told": edit.told,
        "hunk": edit.hunk,
        "brings": list(edit.brings),
        "moves": list(edit.moves),
    }


def proof_lines(proof: Proof) -> Iterator[str]:
    """What was proven, the edits with their hunks, and the others."""
    if not proof.how.is_proven:
        yield proof_told(proof)
        for edit in proof.edits[:MOST]:
            yield f"  {_place(edit)}"
        yield from [f"  and {len(proof.edits) - MOST} more"] if len(proof.edits) > MOST else []
        return
    for edit in proof.edits:
        yield f"{'broken' if proof.raises else 'moved'} by {edit.kind} {_place(edit)}"
        if edit.moves:
            what = "by itself it moves" if proof.how is How.EACH else "undoing it brings back"
            yield f"  {what} {_few(edit.moves)}"
        yield from (f"  {line}" for line in edit.hunk.split("\n") if edit.hunk)
    yield f"proof: {proof_told(proof)}"
    if proof.harmless:
        number = len(proof.harmless)
        others = "other edit changes" if number == 1 else f"other {number} edits change"
        yield f"the {others} nothing that is observed: {_few(proof.harmless)}"
    if proof.left:
        what = "moves still" if proof.how is How.PART else "no edit explains what still moves without"
        yield f"{what}: {_few(proof.left)}"


def proof_told(proof: Proof) -> str:
    """What was proven, in one sentence."""
    number, total = len(proof.edits), proof.total
    back = "makes it run again" if proof.raises else "restores every value"
    if not proof.shown or proof.left:
        back = "restores what moved first"
    return {
        How.ALONE: f"undoing this alone {back}",
        How.TOGETHER: f"undoing these {number} of {total} edits together {back}, and no fewer of them do",
        How.EACH: f"each of these moves it on its own; undoing all {number} {back}",
        How.SEVERAL: f"undoing these {number} of {total} edits {back}, and each of them a part of it",
        How.PART: f"undoing {_these(number, total)} restores a part, and {proof.runs} runs did not tell the rest",
        How.AMONG: f"no edit is named: it is among these {number} of {total}, and {proof.runs} runs told no more",
        How.NONE: _unexplained(proof),
        How.UNSTABLE: "no edit is named: two runs of the old code differ from each other as well",
        How.APART: "no edit is named: a copy of the new code, made of the files that git knows, does not do the same",
        How.CANDIDATES: f"candidates, none of them proven: {_edits(total)} of what was run",
    }[proof.how]


def _unexplained(proof: Proof) -> str:
    if not proof.total:
        return "no edit explains it: none lies in the files that were read"
    return f"no edit explains it: undoing all {_edits(proof.total)} does not bring the old values back"


def _place(edit: NamedEdit) -> str:
    with_others = f" (with {', '.join(edit.brings)})" if edit.brings else ""
    return f"{edit.name} ({edit.file}:{edit.line}){with_others}{f': {edit.told}' if edit.told else ''}"


def _these(number: int, total: int) -> str:
    return "this alone" if number == 1 else f"these {number} of {total} edits"


def _few(names: Sequence[str]) -> str:
    rest = len(names) - MOST
    return ", ".join([*names[:MOST], *([f"and {rest} more"] if rest > 0 else [])])


def _edits(number: int) -> str:
    return "1 edit" if number == 1 else f"{number} edits"
