"""The option of the commands that run guards and may take long: a log of what runs when."""

from __future__ import annotations

from typing import Any

import click

from mlguard.printing import tell

LOGS = "mlguard.log"
"""Under what the context of a command knows that a log is written."""


def _begin(ctx: click.Context, param: click.Parameter, value: str | None) -> Any:
    """Write the log from here to the end of the command."""
    if value is None or ctx.resilient_parsing:
        return
    from mlguard import runlog  # Late: most runs keep none.

    file, colon, word = value.rpartition(":")
    file, word = (file, word) if colon and word.lower() in runlog.LEVELS else (value, "info")
    if not file.strip():
        raise click.BadParameter("the name is empty; give one, or see whether a variable has none")
    if file != "-" and runlog.is_other(file):
        raise click.BadParameter(f"{file} is there and no log of mlguard; name another file, or remove it")
    try:
        ctx.with_resource(runlog.written(tell if file == "-" else file, runlog.LEVELS[word.lower()], tell))
    except OSError as error:
        raise click.BadParameter(f"{file} cannot be written: {error.strerror}") from error
    ctx.meta[LOGS] = True


logging = click.option(
    "--log",
    metavar="FILE[:LEVEL]",
    callback=_begin,
    expose_value=False,
    help="Log what starts and ends when, at the end of a file; - is standard error. LEVEL: info, debug.",
)
