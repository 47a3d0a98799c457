"""Draw what moved between two revisions, as text and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mlguard.core.outcome import Outcome, worst
from mlguard.core.verdict import Verdict, exit_code
from mlguard.core.visible import one_line
from mlguard.report.causes import say_cause
from mlguard.report.documents.tools import Bisection, Commit, ComparedGuard, Comparison
from mlguard.report.edits import Proof, proof_as_data, proof_lines, proven_first
from mlguard.report.moves import moves
from mlguard.report.plain import as_data
from mlguard.report.quiet import remarks
from mlguard.report.unchanged import SCHEMA
from mlguard.report.wording import headline, summary


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


def answer_as_data(answer: Answer) -> Comparison:
    """The whole answer of `mlguard diff --json`."""
    verdicts = answer.verdicts
    return {
        "schema": SCHEMA,
        "before": answer.before,
        "after": answer.after,
        "remarks": list(answer.remarks),
        "outcome": str(worst(verdict.outcome for verdict in verdicts)),
        "exit_code": exit_code(verdicts),
        "guards": [_guard(one) for one in answer.guards],
    }


def _guard(told: Told) -> ComparedGuard:
    first = proven_first(told.proof)
    return {**as_data(told.verdict), **proof_as_data(told.proof), "file": first.file if first else None}


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


def history_as_data(history: History) -> Bisection:
    """The whole answer of `mlguard diff --bisect --json`."""
    commits: list[Commit] = [{"commit": o.commit, "date": o.date, "subject": o.subject} for o in history.origins]
    return {**answer_as_data(history.answer), "commits": commits, "tried": history.tried, "skipped": history.skipped}
