"""`mlguard regen-golden`: record what fails anew, after two identical runs, once its owner has seen what moves."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from mlguard.checker.check import Checker
from mlguard.checker.regen import Regen, Regenerator
from mlguard.cli.select import at_once, opened, refuse_in_ci, tell
from mlguard.core.error import MlguardError
from mlguard.core.verdict import Outcome, Verdict, exit_code
from mlguard.report.plain import as_data
from mlguard.report.terminal import draw


@click.command("regen-golden")
@click.argument("names", metavar="[GUARD]...", nargs=-1)
@click.option("--reason", default="", help="Why the behaviour may change; kept in the golden's log. Required.")
@click.option("--all", "everything", is_flag=True, help="Record every guard anew, not only what fails.")
@click.option("--yes", is_flag=True, help="Accept without asking.")
@click.option("--dry-run", is_flag=True, help="Show what would move; write nothing.")
@click.option(
    "--jobs", "-j", type=click.IntRange(1), default=None, help="Guards to run at once; default: one per core."
)
@click.option("--allow-ci", is_flag=True, help="Write goldens even in CI.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(
    names: tuple[str, ...],
    reason: str,
    jobs: int | None,
    *,
    everything: bool,
    yes: bool,
    dry_run: bool,
    allow_ci: bool,
    as_json: bool,
) -> None:
    """Record goldens anew for the guards that fail, show the signed shifts and the worst rows, and ask."""
    if not dry_run:
        refuse_in_ci(allow_ci, "recording goldens")
    with opened(names) as project:
        checker = Checker(project.settings, project.runner)
        regenerator = Regenerator(checker, reason=reason or ("dry run" if dry_run else ""), progress=tell)
        prepared = at_once(lambda guard: regenerator.prepare(guard, everything=everything), project.guards, jobs)
        answers = [_settle(regenerator, regen, yes=yes, dry_run=dry_run, as_json=as_json) for regen in prepared]
    if as_json:
        click.echo(json.dumps({"guards": answers}, indent=1, sort_keys=True))
    verdicts = [Verdict(a["name"], Outcome(a["outcome"]), usage=a["usage"]) for a in answers]
    sys.exit(exit_code(verdicts))


def _settle(regenerator: Regenerator, regen: Regen, *, yes: bool, dry_run: bool, as_json: bool) -> dict[str, Any]:
    """Show one guard, ask, write; answer what became of it."""
    name = regen.guard.ref.name
    if regen.refused is not None:
        tell(draw(regen.refused))
        return {**_answer(name, "refused", regen.refused), "problem": regen.refused.problem}
    if regen.proposal is None or not regen.proposal.changed:
        _say(f"{name}: nothing to record, {regen.seen.verdict.outcome}", as_json=as_json)
        if regen.proposal is not None and not dry_run:
            regenerator.accept(regen)
        return _answer(name, "unchanged", None)
    _show(regen, as_json=as_json)
    if dry_run:
        return {**_answer(name, "would change", None), "summary": list(regen.proposal.summary)}
    if not yes and not click.confirm(f"accept {name}?", default=False, err=True):
        return {**_answer(name, "declined", regen.seen.verdict), "summary": list(regen.proposal.summary)}
    try:
        files = [str(path) for path in regenerator.accept(regen)]
    except MlguardError as error:
        tell(str(error))
        return _answer(name, "not written", Verdict(name, Outcome.ERROR, problem=error.message))
    _say(f"{name}: recorded, {len(files)} files", as_json=as_json)
    return {**_answer(name, "recorded", None), "summary": list(regen.proposal.summary), "files": files}


def _show(regen: Regen, *, as_json: bool) -> None:
    if regen.proposal is None:
        return
    _say(f"{regen.guard.ref.name}: {regen.seen.verdict.outcome}", as_json=as_json)
    for line in (*regen.proposal.summary, *(f"note: {remark}" for remark in regen.proposal.record.remarks)):
        _say(f"  {line}", as_json=as_json)


def _answer(name: str, did: str, verdict: Verdict | None) -> dict[str, Any]:
    outcome = Outcome.MATCH if verdict is None else verdict.outcome
    usage = verdict is not None and verdict.usage
    facts = {"name": name, "did": did, "outcome": str(outcome), "usage": usage}
    return facts if verdict is None else {**facts, "exit_code": as_data(verdict)["exit_code"]}


def _say(text: str, *, as_json: bool) -> None:
    click.echo(text, err=as_json)
