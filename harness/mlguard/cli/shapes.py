"""`mlguard shapes`: whether the shapes that comments give are those of the real values."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mlguard.cli.select import opened
from mlguard.core.visible import one_line
from mlguard.printing import say, say_json
from mlguard.report import shapes as report
from mlguard.tools.shapes import passed_shapes


@click.command("shapes")
@click.argument("names", metavar="[GUARD]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(names: tuple[str, ...], *, as_json: bool) -> None:
    """Hold comments such as `# sims: (num_items, num_items)` against the real values in a run of each guard.

    Exits with 1 where a shape is not what its comment says.
    """
    with opened(names) as project:
        passed = passed_shapes(project.runner, project.guards)

        def shown(file: str) -> str:
            return project.settings.relative(Path(file))

    code = int(any(one.wrong for one in passed))
    if as_json:
        say_json(report.as_data(passed, shown, code))
    else:
        say("\n".join(map(one_line, report.draw(passed, shown).split("\n"))))
    sys.exit(code)
