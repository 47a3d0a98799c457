"""Rows on starting up: pytest with the plugin where there is no guard, and the overview of the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.speed.measured import Effort, Line, mlguard, python, run, side_by_side
from mlguard.cli.main import COMMANDS

HEAVY = ("numpy", "pandas", "sklearn", "scipy", "joblib", "click", "yaml", "rich")
"""Libraries that a run without guards must not import."""

_BARE = """\
import click


@click.group()
def main():
    "A program of as many commands, none of which does anything."

"""

_ONE = """
@main.command({name!r})
def command_{number}():
    {help!r}

"""

_MODULES = """\
import sys
import pytest
pytest.main(sys.argv[1:])
print("loaded:", *sys.modules)
"""


def plugin(folder: Path, effort: Effort) -> list[Line]:
    """A session of one empty test, with and without the plugin."""
    (folder / "test_empty.py").write_text("def test():\n    pass\n")
    options = ("-q", "-p", "no:cacheprovider")
    found = _cpu(
        {
            "with": python("-m", "pytest", *options, "-p", "mlguard.pytest_plugin"),
            "without": python("-m", "pytest", *options),
        },
        folder, effort,
    )  # fmt: skip
    with_it = _loaded(folder, *options, "-p", "mlguard.pytest_plugin")
    added = with_it - _loaded(folder, *options)
    heavy = [name for name in HEAVY if name in with_it]
    return [
        Line("plugin", "session of one empty test, plugin / without it", found["with"] / found["without"], 1.05),
        Line("plugin", "modules that the plugin adds", len(added), 6, unit="modules"),
        Line("plugin", "heavy libraries among them", len(heavy), 0, unit="modules", remark=", ".join(heavy)),
    ]


def overview(folder: Path, effort: Effort) -> list[Line]:
    """`mlguard --help` beside a click program that has as many commands and does nothing else."""
    commands = [_ONE.format(name=name, number=at, help=one.help) for at, (name, one) in enumerate(COMMANDS.items())]
    (folder / "bare.py").write_text(_BARE + "".join(commands))
    bare = python("-c", "from bare import main; main()", "--help")
    found = _cpu({"mlguard": mlguard("--help"), "bare": bare}, folder, effort)
    return [Line("help", "mlguard --help / a bare click program", found["mlguard"] / found["bare"], 1.10)]


def _cpu(commands: Mapping[str, Sequence[str]], folder: Path, effort: Effort) -> dict[str, float]:
    """The median CPU time of each command."""
    found = side_by_side({name: partial(run, command, folder) for name, command in commands.items()}, effort.rounds)
    return {name: median(ran.cpu for ran in all_of_it) for name, all_of_it in found.items()}


def _loaded(folder: Path, *options: str) -> set[str]:
    """The modules that a process holds after a session."""
    return set(run(python("-c", _MODULES, *options), folder).out.rpartition("loaded:")[2].split())
