"""`mlguard review`: accept or reject what failed checks saw, without running anything again."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

import click

from mlguard.checker.accept import Accepted
from mlguard.checker.check import Checker, broken
from mlguard.checker.isolated import isolated
from mlguard.checker.owners import Approver
from mlguard.checker.review import Item, Reviewer
from mlguard.checker.waiting import Waiting
from mlguard.cli.approval import intending, reviewing
from mlguard.cli.named import Named
from mlguard.cli.select import opened, refuse_in_ci
from mlguard.core.error import UsageError
from mlguard.core.intent import parse_intent
from mlguard.core.rules import Rules
from mlguard.core.verdict import Verdict, exit_code
from mlguard.core.visible import one_line
from mlguard.pages import default_place, left_by, write
from mlguard.printing import choose, enter, say, say_json, show_file, tell
from mlguard.report.documents.goldens import Decided, Reviewed
from mlguard.report.documents.goldens import Waiting as WaitingDocument
from mlguard.report.html.shown import Shown
from mlguard.report.review import Metric, as_data, details, lines, metrics
from mlguard.report.terminal import draw
from mlguard.report.wording import reason as reason_of
from mlguard.trackers.log import Told, log
from mlguard.trackers.records import of_golden

ACCEPT, REJECT, SKIP, DETAILS, OPEN, QUIT = "arsdoq"
"""The keys; a capital A, R or S also decides for all that remain."""

QUESTION = "[a]ccept, [r]eject, [s]kip, [d]etails, [o]pen as a page, [q]uit; A, R or S for all that remain"

HOMES = ("", "pending", ".mlguard/pending")
"""Where pending Records may lie below the folder of `--from`."""


@click.command("review")
@click.argument("names", metavar="[GUARD]...", nargs=-1)
@click.option("--list", "only_list", is_flag=True, help="Show what waits; decide nothing.")
@click.option("--accept", "accepted", metavar="GUARD", multiple=True, help="Accept without asking; may be repeated.")
@click.option("--reject", "rejected", metavar="GUARD", multiple=True, help="Reject without asking; may be repeated.")
@click.option(
    "--reason", default="", help="Why the goldens may change; kept in their logs. Asked for where it is needed."
)
@intending
@reviewing
@click.option(
    "--from",
    "folder",
    type=Named(exists=True, file_okay=False),
    help="A folder of pending Records from elsewhere, such as a CI job's.",
)
@click.option("--allow-ci", is_flag=True, help="Write goldens even in CI.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(
    names: tuple[str, ...],
    accepted: tuple[str, ...],
    rejected: tuple[str, ...],
    reason: str,
    folder: Path | None,
    *,
    intent: str,
    as_reviewer: bool,
    only_list: bool,
    allow_ci: bool,
    as_json: bool,
) -> None:
    """Accept or reject what failed checks saw. Nothing is run again: a golden becomes what was seen.

    Exits with 0 when nothing that was looked at waits any more, else as a check of what still waits would.
    """
    scripted = bool(accepted or rejected)
    decides = bool(accepted) or not (scripted or only_list)
    all_kept = {"--reason": reason, "--intent": intent, "--as-reviewer": as_reviewer}
    kept = [name for name, given in all_kept.items() if given and not decides]
    _refuse_mixtures(only_list=only_list, scripted=scripted, names=names, only_accepted=kept)
    if accepted and not reason.strip():
        raise UsageError('--accept needs a reason: --reason "why the behaviour may change"', slug="reason-missing")
    if intent:
        parse_intent(intent)
    if decides:
        refuse_in_ci(allow_ci, "recording goldens")
    with opened(need_guards=False) as project:
        for verdict in broken(project.settings, project.found):
            tell(draw(verdict))
        waiting = Waiting(project.settings, folder and home(folder))
        reviewer = Reviewer(Checker(project.settings, project.runner), waiting)
        pending = waiting.store.names()
        items = reviewer.items(project.found.guards, chosen([*names, *accepted, *rejected], pending, folder))
        if only_list:
            left = _listed(items, as_json=as_json)
        else:
            keys = _scripted(pending, accepted, rejected) if scripted else _walked(items, waiting, as_json=as_json)
            approver = Approver(project.settings.base, reason.strip(), intent, as_reviewer, project.settings.links)
            left = _carried_out(reviewer, items, keys, approver, as_json=as_json)
    sys.exit(exit_code(left) if left else 0)


def _refuse_mixtures(*, only_list: bool, scripted: bool, names: Sequence[str], only_accepted: Sequence[str]) -> None:
    """`only_accepted`: the options given of which nothing is kept unless a golden is recorded."""
    if only_list and scripted:
        raise click.UsageError("--list decides nothing: leave it out, or --accept and --reject")
    if only_accepted:
        raise click.UsageError(f"{' and '.join(only_accepted)}: kept with what is accepted, and nothing is here")
    if names and scripted:
        raise click.UsageError("name guards with --accept and --reject, or without them to be asked, not both")
    if not (only_list or scripted or sys.stdin.isatty()):
        raise UsageError(
            "review asks, and there is no terminal; pass --list, --accept GUARD with --reason, or --reject GUARD",
            slug="review-no-terminal",
        )


def home(folder: Path) -> Path:
    """Where the pending Records lie: in the folder itself, or where a project keeps them below it."""
    return next((folder / home for home in HOMES if (folder / home / "_compared").is_dir()), folder)


def chosen(wanted: Sequence[str], pending: Sequence[str], folder: Path | None) -> list[str]:
    """The pending Records of these names, all of them without names."""
    where = "the last checks left" if folder is None else f"{folder} holds"
    if folder is not None and not pending:
        raise UsageError(f"{where} no pending Record", slug="review-nothing-pending")
    missing = [name for name in wanted if not _hits(name, pending)]
    if missing:
        told = f"{where} {', '.join(pending) or 'nothing'} pending"
        advice = f"run `mlguard check {missing[0]}` first"
        raise UsageError(
            f"nothing is pending of {', '.join(missing)}; {told}", advice=advice, slug="review-nothing-pending"
        )
    return [name for name in pending if not wanted or any(name in _hits(one, pending) for one in wanted)]


def _hits(name: str, pending: Sequence[str]) -> list[str]:
    """The guard of this name, or all variants of one; else those that fit a pattern."""
    exact = [one for one in pending if name in (one, one.partition("[")[0])]
    return exact or [one for one in pending if fnmatchcase(one, name)]


def _listed(items: Sequence[Item], *, as_json: bool) -> list[Verdict]:
    if as_json:
        code = exit_code([item.verdict for item in items]) if items else 0
        shown = [as_data(item.verdict, _metrics(item), item.obstacles) for item in items]
        document: WaitingDocument = {"waiting": shown, "exit_code": code}
        say_json(document)
    else:
        say("\n".join(_shown(item) for item in items) or "nothing waits for review")
    return [item.verdict for item in items]


def _scripted(pending: Sequence[str], accepted: Sequence[str], rejected: Sequence[str]) -> dict[str, str]:
    """The key for each pending Record that was named."""
    accept, reject = ({hit for name in names for hit in _hits(name, pending)} for names in (accepted, rejected))
    both = sorted(accept & reject)
    if both:
        raise click.UsageError(f"{', '.join(both)}: named by --accept and by --reject")
    return {**dict.fromkeys(accept, ACCEPT), **dict.fromkeys(reject, REJECT)}


def _walked(items: Sequence[Item], waiting: Waiting, *, as_json: bool) -> dict[str, str]:
    """The key that was chosen for each; whoever quits leaves the rest undecided."""
    keys: dict[str, str] = {}
    for position, item in enumerate(items):
        say(f"{position + 1} of {len(items)}  {_shown(item)}", err=as_json)
        key = _answer(item, waiting, as_json=as_json)
        if key == QUIT:
            break
        if key.isupper():
            keys |= dict.fromkeys((rest.name for rest in items[position:]), key.lower())
            break
        keys[item.name] = key
    return keys


def _answer(item: Item, waiting: Waiting, *, as_json: bool) -> str:
    """What is to become of one; asked again after the details or the page, and where it cannot be accepted."""
    while True:
        key = choose(QUESTION, [ACCEPT, REJECT, SKIP, DETAILS, OPEN, QUIT, *"ARS"])
        if key == DETAILS:
            say("\n".join(details(item.verdict)), err=as_json)
        elif key == OPEN:
            tell(f"  report: {isolated(item.name, lambda: _opened(item, waiting), reason_of)}")
        elif key == ACCEPT and item.obstacles:
            tell(f"  {one_line(item.name)} cannot be accepted, as said above")
        else:
            return key


def _opened(item: Item, waiting: Waiting) -> str:
    """Write the page of one and open it in the browser; where it lies."""
    place = default_place(waiting.settings)
    write(place, waiting.settings, left_by([item.name], waiting))
    show_file(place)
    return waiting.settings.relative(place)


def _carried_out(
    reviewer: Reviewer, items: Sequence[Item], keys: Mapping[str, str], approver: Approver, *, as_json: bool
) -> list[Verdict]:
    """Do what was decided; the Verdicts of what still waits, or could not be written."""
    if not items:
        say("nothing waits for review", err=as_json)
    wanted = [item for item in items if keys.get(item.name) == ACCEPT and not item.obstacles]
    if wanted and not approver.reason:
        approver = replace(approver, reason=enter("reason").strip())
    done = [_done(reviewer, item, keys.get(item.name, SKIP), approver, as_json=as_json) for item in items]
    accepted = [item for item, (answer, _) in zip(items, done, strict=True) if answer["did"] == "recorded"]
    if line := log(reviewer.checker.settings, "review", (_logged(reviewer, item, approver) for item in accepted)):
        tell(line)
    if as_json:
        document: Decided = {"guards": [answer for answer, _ in done]}
        say_json(document)
    return [left for _, left in done if left is not None]


def _logged(reviewer: Reviewer, item: Item, approver: Approver) -> Told:
    """What a tracking server is told of a golden that was accepted."""
    shown = Shown(item.verdict, item.held.record, item.record, item.tables)
    return Told(shown, of_golden(item.record, item.name, reviewer.checker.goldens), approver.reason)


def _done(
    reviewer: Reviewer, item: Item, key: str, approver: Approver, *, as_json: bool
) -> tuple[Reviewed, Verdict | None]:
    """Accept, reject or leave one; what to answer, and the Verdict where it is not settled."""
    if key == ACCEPT and item.obstacles:
        tell(_shown(item))
        return _told(item, "refused"), item.verdict
    if key == SKIP:
        return _told(item, "skipped"), item.verdict
    work = isolated(item.name, lambda: _work(reviewer, item, key, approver), lambda failed: failed)
    if isinstance(work, Verdict):
        tell(draw(work))
        return {**_told(item, "not written"), "problem": work.problem}, work
    did = "rejected" if key == REJECT else "recorded"
    files = f", {len(work.files)} files" if work.files else ""
    say(f"{one_line(item.name)}: {did}{files}", err=as_json)
    for remark in work.remarks:
        tell(f"  note: {one_line(remark)}")
    return {**_told(item, did), "files": list(work.files), "remarks": list(work.remarks)}, None


def _work(reviewer: Reviewer, item: Item, key: str, approver: Approver) -> Accepted:
    if key == ACCEPT:
        return reviewer.accept(item, approver)
    reviewer.reject(item)
    return Accepted()


def _told(item: Item, did: str) -> Reviewed:
    return {**as_data(item.verdict, _metrics(item), item.obstacles), "did": did}


def _shown(item: Item) -> str:
    return "\n".join(map(one_line, lines(item.verdict, _metrics(item), item.obstacles)))


def _metrics(item: Item) -> list[Metric]:
    """The metrics, once it is known that they say something about the golden that lies here now."""
    if item.record is None or item.guard is None or any(obstacle.is_outdated for obstacle in item.obstacles):
        return []
    requirements = Rules.of(item.guard.options).requirements
    return metrics(item.held.record, item.record, item.verdict.findings, requirements)
