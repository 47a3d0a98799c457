"""`mlguard diff`: the same guards on two revisions, on this machine."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

import click

from mlguard.checker.check import broken
from mlguard.cli.select import Opened, at_once, opened
from mlguard.core.error import UsageError
from mlguard.core.verdict import exit_code
from mlguard.discovery import Declared
from mlguard.printing import say, say_json, tell
from mlguard.report.differential import (
    Answer,
    History,
    Origin,
    Told,
    answer_as_data,
    draw_answer,
    draw_history,
    history_as_data,
)
from mlguard.report.documents.tools import Comparison
from mlguard.runner.repository import Commit, Repository
from mlguard.runner.sides import Side, revision, working_tree
from mlguard.tools.diff.bisect import Bisection
from mlguard.tools.diff.judge import Judge, Proving


@click.command("diff")
@click.argument("revisions", metavar="REV [REV2]", nargs=-1)
@click.option("--guard", "-g", "names", metavar="GUARD", multiple=True, help="Only this guard; may be repeated.")
@click.option("--bisect", is_flag=True, help="GOOD BAD [GUARD]...: find the first commit that shifted behaviour.")
@click.option("--no-proof", is_flag=True, help="Only put the edits in order, and try none of them.")
@click.option("--exact", is_flag=True, help="Let moves in the last digits count.")
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(1),
    default=None,
    help="Guards to run at once, and runs of a proof if they are fewer; default: one guard per core.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(
    revisions: tuple[str, ...],
    names: tuple[str, ...],
    jobs: int | None,
    *,
    bisect: bool,
    no_proof: bool,
    exact: bool,
    as_json: bool,
) -> None:
    """Run the same guards on two revisions, and say what moved, and which edit moved it.

    An edit is named where it is proven: with it undone, the old values come back.

    Without REV2, the second side is the working tree with everything in it. Guards, generators and settings are the
    working tree's on both sides; nothing in the repository is changed.
    """
    asked = _asked(revisions, bisect=bisect)
    plain: Comparison
    with opened([*names, *revisions[len(asked) :]], many=True) as project:
        if bisect:
            history = _bisected(project, *asked, exact=exact, prove=not no_proof)
            answer = history.answer
            drawn, plain = draw_history(history), history_as_data(history)
        else:
            answer = _compared(project, asked, jobs, exact=exact, prove=not no_proof)
            drawn, plain = draw_answer(answer), answer_as_data(answer)
    say_json(plain) if as_json else say(drawn)
    sys.exit(exit_code(answer.verdicts))


def _asked(revisions: tuple[str, ...], *, bisect: bool) -> tuple[str, ...]:
    """The revisions among the arguments; what follows them in a bisection names guards."""
    if bisect and len(revisions) < 2:
        raise UsageError("`mlguard diff --bisect` takes two revisions: GOOD BAD [GUARD]...", slug="diff-revisions")
    if not bisect and len(revisions) not in (1, 2):
        raise UsageError(
            f"`mlguard diff` takes one or two revisions, not {len(revisions)}; guards are named with --guard",
            slug="diff-revisions",
        )
    return revisions[:2]


def _compared(project: Opened, revisions: tuple[str, ...], jobs: int | None, *, exact: bool, prove: bool) -> Answer:
    repository = Repository.around(project.settings.base, project.runner.workers)
    with _sides(project, repository, revisions) as (before, after):
        judge = Judge(project.runner, before, after, exact=exact)
        # Cores that no guard needs make the runs of a proof; where nobody named a number, all are made one by one.
        proving = Proving(repository, tell, prove, max((jobs or 1) // max(len(project.guards), 1), 1))

        def one(guard: Declared) -> Told:
            judged = judge.explained(guard, proving)
            return Told(judged.verdict, judged.proof)

        told = [*at_once(one, project, jobs), *_broken(project)]
        return Answer(before.name, after.name, tuple(told), tuple(dict.fromkeys([*before.remarks, *after.remarks])))


def _bisected(project: Opened, good: str, bad: str, *, exact: bool, prove: bool) -> History:
    repository = Repository.around(project.settings.base, project.runner.workers)
    found = Bisection(project.runner, repository, project.found.guards, tell, exact=exact, prove=prove).search(
        project.guards, _commit(project, repository, good), _commit(project, repository, bad)
    )
    origins = tuple(Origin(commit.sha, commit.date, commit.subject) for commit in found.commits)
    told = [*(Told(judged.verdict, judged.proof) for judged in found.judged), *_broken(project)]
    return History(Answer(found.before.short, found.after.short, tuple(told)), origins, found.tried, found.skipped)


def _commit(project: Opened, repository: Repository, name: str) -> Commit:
    try:
        return repository.commit(name)
    except UsageError as error:
        if all(name not in (guard.ref.name, guard.ref.class_name) for guard in project.found.guards):
            raise
        raise UsageError(f"{name!r} is a guard and no revision; say --guard {name}", slug=error.slug) from None


def _broken(project: Opened) -> list[Told]:
    """What to say of the modules that cannot be imported."""
    return [Told(verdict) for verdict in broken(project.settings, project.found)]


@contextlib.contextmanager
def _sides(project: Opened, repository: Repository, revisions: tuple[str, ...]) -> Iterator[tuple[Side, Side]]:
    """The two sides; what was written for them goes with the block."""
    commits = [(_commit(project, repository, name), name) for name in revisions]
    with contextlib.ExitStack() as stack:
        sides = [
            stack.enter_context(revision(repository, project.settings, project.found.guards, commit, name))
            for commit, name in commits
        ]
        yield sides[0], sides[1] if len(sides) == 2 else working_tree(project.settings)
