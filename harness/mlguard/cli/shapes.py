"""`mlguard shapes`: whether the shapes that comments give are those of the real values."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mlguard.cli.select import opened
from mlguard.core.visible import one_line
from mlguard.printing import say, say_exactly, say_json, tell
from mlguard.report import shapes as report
from mlguard.tools.shapes import found_shapes, proposal


@click.command("shapes")
@click.argument("names", metavar="[GUARD]...", nargs=-1)
@click.option("--write", "proposes", is_flag=True, help="Print a diff that adds the missing ones, for `git apply`.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(names: tuple[str, ...], *, proposes: bool, as_json: bool) -> None:
    """Hold comments such as `# sims: (num_items, num_items)` against the real values in a run of each guard.

    Exits with 1 where a shape is not what its comment says.
    """
    with opened(names) as project:
        found = found_shapes(project.runner, project.guards, uncommented=proposes)

        def shown(file: str) -> str:
            return project.settings.relative(Path(file))

        diff = proposal(project.settings, project.found.guards, found.calls) if proposes else b""
    code = int(any(one.wrong for one in found.passed))
    if as_json:
        say_json(report.as_data(found.passed, shown, diff.decode("utf-8", "surrogateescape"), code))
    else:
        text = "\n".join(map(one_line, report.draw(found.passed, shown).split("\n")))
        if diff:
            say_exactly(diff)
        (tell if proposes else say)(text)
    sys.exit(code)
