"""Draw what moved between two revisions, as text and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from mlguard.core.outcome import Outcome, worst
from mlguard.core.verdict import Verdict, exit_code
from mlguard.core.visible import one_line
from mlguard.report.causes import say_cause
from mlguard.report.moves import moves
from mlguard.report.plain import SCHEMA, as_data
from mlguard.report.quiet import remarks
from mlguard.report.wording import headline, summary


class How(StrEnum):
    """What was proven of the edits that are named."""

    ALONE = "alone"
    """Undoing this one alone restores every value."""
    TOGETHER = "together"
    """Undoing these together restores every value, and no fewer of them do."""
    EACH = "each"
    """The same, and each of them moves something by itself."""
    AMONG = "among"
    """Undoing these restores the values; the runs were used up before it was known which of them are needed."""
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
        return self in (How.ALONE, How.TOGETHER, How.EACH)


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
    """What it moves by itself, where it is one of several."""


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


@dataclass(frozen=True)
class Told:
    """One guard's part of the answer."""

    verdict: Verdict
    """What came of it."""
    proof: Proof | None = None
    """Which edits did it, where that was looked for."""


@dataclass(frozen=True)
class Answer:
    """What `mlguard diff` has to say."""

    before: str
    """What the first side is called."""
    after: str
    """What the second side is called."""
    guards: tuple[Told, ...]
    """One per guard."""
    remarks: tuple[str, ...] = ()
    """What both sides share that their revisions do not."""

    @property
    def verdicts(self) -> list[Verdict]:
        """The Verdicts alone."""
        return [one.verdict for one in self.guards]


def draw_answer(answer: Answer) -> str:
    """All guards, those that match first, so that what moved stands where the reader looks: at the end."""
    ordered = sorted(answer.guards, key=lambda one: -one.verdict.outcome.rank)
    parts = ["\n".join(_lines(one)) for one in ordered]
    remarks = [f"note: {one_line(remark)}" for remark in answer.remarks]
    return "\n".join([f"{answer.before} -> {answer.after}", *remarks, *parts, "", summary(answer.verdicts)])


def answer_as_data(answer: Answer) -> dict[str, Any]:
    """The whole answer of `mlguard diff --json`."""
    verdicts = answer.verdicts
    return {
        "schema": SCHEMA,
        "before": answer.before,
        "after": answer.after,
        "remarks": list(answer.remarks),
        "outcome": str(worst(verdict.outcome for verdict in verdicts)),
        "exit_code": exit_code(verdicts),
        "guards": [{**as_data(one.verdict), **proof_as_data(one.proof)} for one in answer.guards],
    }


def proof_as_data(proof: Proof | None) -> dict[str, Any]:
    """The edits and their proof; of the first one that is proven, the function and its place besides."""
    first = proof.edits[0] if proof and proof.how.is_proven else None
    function = first if first and first.kind == "function" else None
    return {
        "function": function.name if function else None,
        "file": first.file if first else None,
        "line": first.line if first else None,
        "hunk": first.hunk if first else None,
        "how": proof_told(proof) if proof else None,
        "proof": str(proof.how) if proof else None,
        "edits": [asdict(edit) for edit in proof.edits] if proof else [],
        "total": proof.total if proof else 0,
        "harmless": list(proof.harmless) if proof else [],
        "left": list(proof.left) if proof else [],
        "runs": proof.runs if proof else 0,
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
        yield f"moved by {edit.kind} {_place(edit)}"
        if edit.moves:
            yield f"  by itself it moves {_few(edit.moves)}"
        yield from (f"  {line}" for line in edit.hunk.splitlines())
    yield f"proof: {proof_told(proof)}"
    if proof.harmless:
        number = len(proof.harmless)
        others = "other edit changes" if number == 1 else f"other {number} edits change"
        yield f"the {others} nothing that is observed: {_few(proof.harmless)}"
    if proof.left:
        yield f"no edit explains what still moves without: {_few(proof.left)}"


MOST = 5
"""Edits, and names of other kinds, that are listed."""


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
        How.AMONG: f"the edit is among these {number} of {total}: undoing them {back}; {proof.runs} runs told no more",
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


def _few(names: Sequence[str]) -> str:
    rest = len(names) - MOST
    return ", ".join([*names[:MOST], *([f"and {rest} more"] if rest > 0 else [])])


def _edits(number: int) -> str:
    return "1 edit" if number == 1 else f"{number} edits"


def _lines(told: Told) -> Iterator[str]:
    verdict = told.verdict
    yield headline(verdict)
    yield from (f"  {line}".rstrip() for line in _explained(verdict, told.proof))


def _explained(verdict: Verdict, proof: Proof | None) -> Iterator[str]:
    if verdict.problem:
        yield from verdict.problem.split("\n")
    if verdict.traceback:
        yield from ["", *verdict.traceback.split("\n")]
    if verdict.outcome is not Outcome.MATCH:
        yield from (f"cause: {say_cause(cause)}" for cause in verdict.causes)
    if proof is not None:
        yield from proof_lines(proof)
    if verdict.outcome is not Outcome.MATCH:
        yield from moves(verdict)
    mark = "" if verdict.outcome is Outcome.MATCH else "note: "
    yield from (f"{mark}{remark}" for remark in remarks(verdict))


@dataclass(frozen=True)
class Origin:
    """The commit since which behaviour differs."""

    commit: str
    """Its full name."""
    date: str
    """The author's date."""
    subject: str
    """The first line of its message."""


@dataclass(frozen=True)
class History:
    """What `mlguard diff --bisect` has to say."""

    answer: Answer
    """The guards at the found commit, or at the ends."""
    origins: tuple[Origin, ...]
    """The first commit that shifted; several where those between cannot run; none where nothing did."""
    tried: int
    """Commits between the ends that were run."""
    skipped: int
    """Those of them that could not be run to the end."""


def draw_history(history: History) -> str:
    """The commit first, then what it moved."""
    between = f"{history.tried} {'commit' if history.tried == 1 else 'commits'} between were run"
    counted = f"{between}, {history.skipped} of them could not" if history.skipped else between
    if not history.origins:
        return f"{draw_answer(history.answer)}\nnothing moved between the two: there is no commit to find"
    if len(history.origins) > 1:
        first = ["behaviour moved in one of these commits, and those between cannot run:"]
    else:
        first = ["first commit that shifted behaviour:"]
    origins = [f"  {origin.commit} {origin.date} {origin.subject}" for origin in history.origins]
    return "\n".join([*first, *origins, f"({counted})", "", draw_answer(history.answer)])


def history_as_data(history: History) -> dict[str, Any]:
    """The whole answer of `mlguard diff --bisect --json`."""
    commits = [{"commit": o.commit, "date": o.date, "subject": o.subject} for o in history.origins]
    return {**answer_as_data(history.answer), "commits": commits, "tried": history.tried, "skipped": history.skipped}
