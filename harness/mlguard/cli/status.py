"""`mlguard status`: the goldens that a branch changes, with their reasons, and what a reviewer should look at."""

from __future__ import annotations

import os
import sys

import click

from mlguard.checker.status import changed_since, files_of_nobody
from mlguard.ci import in_ci
from mlguard.core.visible import one_line
from mlguard.printing import say, say_json
from mlguard.report import status as report
from mlguard.runner.repository import Repository
from mlguard.settings import load, require_project
from mlguard.worker.pool import Workers


@click.command("status")
@click.option("--base", metavar="REV", required=True, help="The revision that the branch is to be merged into.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(base: str, *, as_json: bool) -> None:
    """Show which goldens changed since a branch left REV, with reasons and intents. Nothing is run.

    Exits with 1 in CI where a reviewer should look at one of them, or git has a file in their folder that is none.
    """
    settings = load()
    require_project(settings)
    with Workers(use_zygote=False) as workers:
        repository = Repository.around(settings.base, workers)
        changed = changed_since(settings, repository, base)
        files = files_of_nobody(settings, repository)
    doubtful = any(one.doubts for one in changed) or any(file.tracked for file in files)
    code = int(in_ci(os.environ) and doubtful)
    if as_json:
        say_json(report.as_data(changed, files, base, code))
    else:
        say("\n".join(map(one_line, report.draw(changed, files, base).split("\n"))))
    sys.exit(code)
