"""`mlguard diff`: the same guards on two revisions, on this machine."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator

import click

from mlguard.checker.check import broken
from mlguard.cli.select import Opened, at_once, opened
from mlguard.core.error import UsageError
from mlguard.core.verdict import exit_code
from mlguard.discovery import Declared
from mlguard.report.differential import Answer, Told, answer_as_data, draw_answer
from mlguard.tools.diff.judge import Judge
from mlguard.tools.diff.repository import Repository
from mlguard.tools.diff.sides import Side, revision, working_tree


@click.command("diff")
@click.argument("revisions", metavar="REV [REV2]", nargs=-1)
@click.option("--guard", "-g", "names", metavar="GUARD", multiple=True, help="Only this guard; may be repeated.")
@click.option("--exact", is_flag=True, help="Let moves in the last digits count.")
@click.option(
    "--jobs", "-j", type=click.IntRange(1), default=None, help="Guards to run at once; default: one per core."
)
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(
    revisions: tuple[str, ...], names: tuple[str, ...], jobs: int | None, *, exact: bool, as_json: bool
) -> None:
    """Run the same guards on two revisions, and say what moved, and where first.

    Without REV2, the second side is the working tree with everything in it. Guards, generators and settings are the
    working tree's on both sides; nothing in the repository is changed.
    """
    if len(revisions) not in (1, 2):
        raise UsageError(
            f"`mlguard diff` takes one or two revisions, not {len(revisions)}; guards are named with --guard",
            slug="diff-revisions",
        )
    with opened(names, many=True) as project, _sides(project, revisions) as (before, after):
        judge = Judge(project.runner, before, after, exact=exact)

        def one(guard: Declared) -> Told:
            return Told(judge.judge(guard).verdict)

        told = at_once(one, project.guards, jobs) + [Told(v) for v in broken(project.settings, project.found)]
        remarks = dict.fromkeys([*before.remarks, *after.remarks])
        answer = Answer(before.name, after.name, tuple(told), tuple(remarks))
    click.echo(json.dumps(answer_as_data(answer), indent=1, sort_keys=True) if as_json else draw_answer(answer))
    sys.exit(exit_code(answer.verdicts))


@contextlib.contextmanager
def _sides(project: Opened, revisions: tuple[str, ...]) -> Iterator[tuple[Side, Side]]:
    """The two sides; what was written for them goes with the block."""
    repository = Repository.around(project.settings.base, project.runner.workers)
    commits = [(repository.commit(name), name) for name in revisions]
    with contextlib.ExitStack() as stack:
        sides = [
            stack.enter_context(revision(repository, project.settings, project.found.guards, commit, name))
            for commit, name in commits
        ]
        yield sides[0], sides[1] if len(sides) == 2 else working_tree(project.settings)
