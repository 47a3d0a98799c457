"""Show what would be accepted, ask, write: the part that every command that records something shares."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

import click

from mlguard.checker.check import Checker
from mlguard.checker.isolated import isolated
from mlguard.checker.regen import Regen, Regenerator
from mlguard.cli.log import logging
from mlguard.core.error import UsageError
from mlguard.core.outcome import Outcome
from mlguard.core.rules import Rules
from mlguard.core.verdict import Verdict, exit_code
from mlguard.core.visible import one_line
from mlguard.printing import ask, can_be_answered, say, say_json, tell
from mlguard.report.documents.goldens import Approval, Approvals
from mlguard.report.html.shown import Shown
from mlguard.report.plain import as_data
from mlguard.report.terminal import draw
from mlguard.trackers.log import Told, log
from mlguard.trackers.records import of_golden

Function = TypeVar("Function", bound=Callable[..., None])

reviewing = click.option(
    "--as-reviewer", is_flag=True, help="Accept though somebody else owns the guard; kept in the golden's log."
)
"""The option of the commands that write an entry of a log."""

_OPTIONS = (
    click.option("--reason", default="", help="Why the golden may change; kept in its log. Required."),
    reviewing,
    click.option("--thorough", is_flag=True, help="Measure noise on every machine that can be emulated here."),
    click.option("--yes", is_flag=True, help="Accept without asking."),
    click.option("--dry-run", is_flag=True, help="Show what would change; write nothing."),
    click.option(
        "--jobs", "-j", type=click.IntRange(1), default=None, help="Guards to run at once; default: one per core."
    ),
    logging,
    click.option("--allow-ci", is_flag=True, help="Write goldens even in CI."),
    click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output."),
)


intending = click.option(
    "--intent",
    metavar="TEXT",
    default="",
    help='What was meant to change: "preserving", or "changing: auc up 0.01". Refused where something else moves.',
)
"""The option of the commands that accept moves."""


def approving(command: Function) -> Function:
    """Give a command the options of everything that records something, in this order."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def regenerator(
    checker: Checker,
    reason: str,
    *,
    as_reviewer: bool,
    thorough: bool,
    dry_run: bool,
    yes: bool,
    intent: str = "",
) -> Regenerator:
    """What records goldens as the options of a command say; a dry run needs no reason and asks nothing.

    Raises UsageError at once where it would end in a question that nobody can answer.
    """
    if not (yes or dry_run or can_be_answered()):
        raise UsageError(
            "recording asks before it writes, and standard input gives no answer; pass --yes", slug="no-answer"
        )
    said = reason or ("dry run" if dry_run else "")
    return Regenerator(
        checker, reason=said, intent=intent, as_reviewer=as_reviewer or dry_run, progress=tell, thorough=thorough,
        writes=not dry_run,
    )  # fmt: skip


def settle_all(
    regenerator: Regenerator,
    prepared: Sequence[Regen],
    *,
    yes: bool,
    dry_run: bool,
    as_json: bool,
    unknown: Sequence[Verdict] = (),
) -> None:
    """Settle one guard after the other, answer on standard output and leave with the exit code.

    `unknown` are the Verdicts of modules that cannot be imported: nobody knows which guards went unrecorded.
    """
    for verdict in unknown:
        tell(draw(verdict))
    answers = [_settle(regenerator, regen, yes=yes, dry_run=dry_run, as_json=as_json) for regen in prepared]
    recorded = [regen for regen, answer in zip(prepared, answers, strict=True) if answer["did"] == "recorded"]
    if line := log(regenerator.checker.settings, _command(), (_told(regenerator, regen) for regen in recorded)):
        tell(line)
    if as_json:
        document: Approvals = {"guards": answers}
        say_json(document)
    sys.exit(exit_code([*unknown, *(Verdict(a["name"], Outcome(a["outcome"]), usage=a["usage"]) for a in answers)]))


def _settle(regenerator: Regenerator, regen: Regen, *, yes: bool, dry_run: bool, as_json: bool) -> Approval:
    """Show one guard, ask, write; answer what became of it."""
    name = regen.guard.ref.name
    if regen.refused is not None:
        tell(draw(regen.refused))
        return {**_answer(name, "refused", regen.refused), "problem": regen.refused.problem}
    if regen.proposal is None or not regen.proposal.changed:
        return _unchanged(regenerator, regen, as_json=as_json)
    _show(regen, as_json=as_json)
    if dry_run:
        return {**_answer(name, "would change", None), "summary": list(regen.proposal.summary)}
    if not yes and not ask(f"accept {name}?"):
        return {**_answer(name, "declined", regen.seen.verdict), "summary": list(regen.proposal.summary)}
    accepted = isolated(name, lambda: regenerator.accept(regen), lambda failed: failed)
    if isinstance(accepted, Verdict):
        return _not_written(accepted)
    say(f"{one_line(name)}: recorded, {len(accepted.files)} files", err=as_json)
    for remark in accepted.remarks:
        tell(f"  note: {one_line(remark)}")
    return {
        **_answer(name, "recorded", None),
        "summary": list(regen.proposal.summary),
        "files": list(accepted.files),
        "remarks": list(accepted.remarks),
    }


def _command() -> str:
    return click.get_current_context().command.name or ""


def _told(regenerator: Regenerator, regen: Regen) -> Told:
    """What a tracking server is told of a golden that was recorded."""
    assert regen.proposal is not None and regen.seen.done is not None  # noqa: S101, PT018 -- It was recorded.
    record, seen = regen.proposal.record, regen.seen
    rules = Rules.of(regen.guard.options)
    shown = Shown(seen.verdict, seen.golden, record, regen.seen.done.dataset, rules.requirements)
    facts = of_golden(record, record.guard, regenerator.checker.goldens)
    return Told(shown, facts, regenerator.approver.reason)


def _unchanged(regenerator: Regenerator, regen: Regen, *, as_json: bool) -> Approval:
    """Nothing to accept; where the guard fails all the same, as by a `require` gate, recording cannot help."""
    name, verdict = regen.guard.ref.name, regen.seen.verdict
    say(f"{one_line(name)}: nothing to record, {verdict.outcome}", err=as_json)
    files = isolated(name, lambda: regenerator.mend(regen), lambda failed: failed)
    if isinstance(files, Verdict):
        return _not_written(files)
    if files:
        say(f"{one_line(name)}: the golden's own tables were written anew", err=as_json)
    if verdict.outcome is Outcome.MATCH:
        return _answer(name, "unchanged", None)
    tell(draw(verdict))
    return _answer(name, "unchanged", verdict)


def _not_written(failed: Verdict) -> Approval:
    tell(draw(failed))
    return {**_answer(failed.guard, "not written", failed), "problem": failed.problem}


def _show(regen: Regen, *, as_json: bool) -> None:
    if regen.proposal is None:
        return
    say(f"{one_line(regen.guard.ref.name)}: {regen.seen.verdict.outcome}", err=as_json)
    record = regen.proposal.record
    by = record.approvals[0].by
    signed = [f"by {by}"] if by else []
    for line in (*regen.proposal.summary, *signed, *(f"note: {remark}" for remark in record.remarks)):
        say(f"  {one_line(line)}", err=as_json)


def _answer(name: str, did: str, verdict: Verdict | None) -> Approval:
    outcome = Outcome.MATCH if verdict is None else verdict.outcome
    usage = verdict is not None and verdict.usage
    facts: Approval = {"name": name, "did": did, "outcome": str(outcome), "usage": usage}
    return facts if verdict is None else {**facts, "exit_code": as_data(verdict)["exit_code"]}
