"""The command line of a generator script that is run on its own."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mlguard.core.error import MlguardError
from mlguard.printing import say, tell
from mlguard.tables.catalogue import DATASETS
from mlguard.tables.codec import CSV, FORMATS
from mlguard.tables.folder import write_dataset
from mlguard.tables.generate import make_checked


def script_command(path: str) -> click.Command:
    """The click command of a generator script."""
    script = Path(path)

    @click.command(script.stem, help=f"Write the dataset {script.stem}: its tables and their manifest.")
    @click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, help="Seed of the data.")
    @click.option("--rows", type=click.IntRange(min=1), help="Rows to make; the script's own default without it.")
    @click.option("--format", type=click.Choice(FORMATS), default=CSV, show_default=True, help="Format of the files.")
    @click.option("--out-dir", type=click.Path(path_type=Path), default=DATASETS, show_default=True, help="Where to.")
    def command(seed: int, rows: int | None, format: str, out_dir: Path) -> None:
        try:
            dataset = make_checked(script, seed, rows)
            folder = out_dir / script.stem
            manifest = write_dataset(dataset, folder, name=script.stem, seed=seed, rows=rows, format=format)
        except MlguardError as error:
            tell(f"error: {error}")
            sys.exit(error.exit_code)
        for entry in manifest.tables:
            shape = " x ".join(map(str, entry.shape))
            say(f"{folder / entry.file}  {shape}  {entry.bytes} bytes")
        say(manifest.digest)

    return command
