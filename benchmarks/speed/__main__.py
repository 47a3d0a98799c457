"""Measure the table of `docs/performance.md`: `python -m benchmarks.speed [--rows NAME]... [--rounds N] [--json]`."""

from __future__ import annotations

import compileall
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import click

import mlguard
from benchmarks.speed import fixture, goldens, guards, starting, watching
from benchmarks.speed.measured import Effort, Line

ROWS: Mapping[str, Callable[[Path, Effort], list[Line]]] = {
    "plugin": starting.plugin,
    "help": starting.overview,
    "check": fixture.check,
    "large": fixture.large,
    "larger": goldens.larger,
    "failure": fixture.failure,
    "guard": guards.costs,
    "watch": watching.watch,
    "fifty": guards.fifty,
    "unchanged": guards.unchanged,
    "jobs": guards.jobs,
    "goldens": goldens.many,
    "audit": goldens.audit,
}
"""The rows of the table, in its order."""


def draw(lines: Sequence[Line]) -> str:
    """The table as plain text."""
    cells = [("row", "what", "measured", "goal", "reached")]
    cells += [(one.row, one.what, _figure(one), _goal(one), _reached(one)) for one in lines]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in cells)


def _figure(line: Line) -> str:
    return f"{line.measured:.3g} {line.unit}"


def _goal(line: Line) -> str:
    return f"{'>=' if line.least else '<='} {line.goal:g}"


def _reached(line: Line) -> str:
    return f"{'yes' if line.reached else 'no'}{f' ({line.remark})' if line.remark else ''}"


@click.command()
@click.option("--rows", multiple=True, type=click.Choice(list(ROWS)), help="Only these rows; may be repeated.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, help="Runs of each way.")
@click.option("--share", type=click.FloatRange(0, 1, min_open=True), default=1.0, help="Try out with smaller sizes.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(rows: tuple[str, ...], rounds: int, share: float, *, as_json: bool) -> None:
    """Measure mlguard beside what does the same without it, and print ratios, goals, and whether they are reached."""
    compileall.compile_dir(Path(mlguard.__file__).parent, quiet=2)
    lines: list[Line] = []
    for name in rows or ROWS:
        with tempfile.TemporaryDirectory(prefix="mlguard-speed-") as folder:
            found = ROWS[name](Path(folder), Effort(rounds, share))
        print(draw(found), file=sys.stderr, flush=True)
        lines += found
    click.echo(
        json.dumps([{**asdict(one), "reached": one.reached} for one in lines], indent=1) if as_json else draw(lines)
    )


if __name__ == "__main__":
    command()
