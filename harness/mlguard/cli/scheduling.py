"""The option of the commands that have many runs to do, and may send them to a cluster."""

from __future__ import annotations

import click

scheduling = click.option(
    "--scheduler",
    metavar="URL",
    help="Run on a cluster that is there: tcp://HOST:PORT of Dask, ray://HOST:PORT of Ray.",
)
