"""`mlguard make-dataset`: write the tables of seeded datasets, or verify that the files there are still those."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TypeVar

import click
from click.core import ParameterSource

from mlguard.cli.named import Named
from mlguard.cli.shrink import shrink_guard
from mlguard.core.error import MlguardError, RunError, UsageError
from mlguard.printing import bar, say, say_json
from mlguard.report.documents.projects import (
    DatasetFolder,
    Datasets,
    GeneratorScript,
    GeneratorScripts,
    LearnedColumn,
    Table,
)
from mlguard.settings import Settings, load
from mlguard.tables.catalogue import DATASETS, catalogue
from mlguard.tables.codec import CSV, FORMATS
from mlguard.tables.folder import write_dataset
from mlguard.tables.generate import make_checked
from mlguard.tables.manifest import Manifest
from mlguard.tables.verify import State, Verified, verify
from mlguard.tools.like.write import Likeness, write_like

_EXIT = {State.EQUAL: 0, State.DIFFERS: 1, State.MISSING: 3}
_SHORT = len("sha256:") + 12

U = TypeVar("U")


@click.command("make-dataset")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="Seed of the data.  [default: 0]")
@click.option("--rows", type=click.IntRange(min=1), help="Rows to make.  [default: each generator's own]")
@click.option("--out-dir", type=Named(), help="Where to.  [default: datasets, in the project's root]")
@click.option("--format", type=click.Choice(FORMATS), default=CSV, show_default=True, help="Format of the tables.")
@click.option("--verify", "verifying", is_flag=True, help="Write nothing; compare what lies there with the generators.")
@click.option(
    "--like",
    type=Named(),
    metavar="FILE",
    help="Write no tables but a generator script for tables like this one (csv, tsv, jsonl, ndjson, parquet).",
)
@click.option("--target", metavar="COLUMN", help="With --like: the column that is to be predicted from the others.")
@click.option(
    "--shrink",
    metavar="GUARD",
    help="Write nothing; find the fewest rows on which the guard notices as many planted changes.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_context
def command(
    ctx: click.Context,
    names: tuple[str, ...],
    seed: int | None,
    rows: int | None,
    out_dir: Path | None,
    format: str,
    verifying: bool,
    like: Path | None,
    target: str | None,
    shrink: str | None,
    as_json: bool,
) -> None:
    """Write the tables of seeded datasets.

    Each dataset becomes a folder with one file per table and a manifest. NAME is the name of a generator script, or a
    glob; without one, all of the project's are made, or the built-in ones where it has none. The same seed gives the
    same bytes everywhere. Only files that mlguard wrote itself are overwritten.

    With --verify, seed and rows default to those that the files were made with, and the exit code is 0 where all are
    equal, 1 where any differs and 3 where any is missing.

    With --like, a real table is read, and a script named after it is written to the project's folder of generators.

    With --shrink, changes are planted into the guard on fewer and fewer rows, as `mlguard audit` plants them; --seed
    says which.
    """
    settings = load()
    if shrink is not None:
        _refuse_others(ctx, "--shrink finds a number of rows and writes no tables", ("shrink", "seed", "as_json"))
        shrink_guard(shrink, seed=seed or 0, as_json=as_json)
        return
    if like is not None or target is not None:
        likeness = write_like(_alone(ctx, like), settings.generators, target=target)
        say_json(_likeness_data(likeness)) if as_json else say(_likeness(likeness, settings))
        return
    out = settings.base / DATASETS if out_dir is None else Path.cwd() / out_dir
    scripts = catalogue(settings.generators, names)
    sys.path[:0] = [entry for entry in settings.import_path if entry not in sys.path]
    if verifying:
        verified = _each(scripts, lambda name: verify(scripts[name], out / name, seed=seed, rows=rows))
        say_json(_verified_data(verified)) if as_json else say("\n".join(one.message for one in verified))
        ctx.exit(_EXIT[min((one.state for one in verified), key=list(State).index)])
    # All are made before any is written, so that a generator that fails leaves every folder as it was.
    made = dict(_each(scripts, lambda name: (name, make_checked(scripts[name], seed or 0, rows))))
    written = {
        out / name: write_dataset(
            dataset, out / name, name=name, seed=seed or 0, rows=rows, format=format, project=settings.base
        )
        for name, dataset in made.items()
    }
    say_json(_written_data(written)) if as_json else say(_table(written))


def _alone(ctx: click.Context, like: Path | None) -> Path:
    """The file of --like, beside which no option that is about tables can stand."""
    if like is None:
        raise click.UsageError("--target says what --like is to learn; name the table with --like FILE")
    _refuse_others(ctx, "--like writes a script and no tables", ("like", "target", "as_json"))
    return like


def _refuse_others(ctx: click.Context, why: str, allowed: tuple[str, ...]) -> None:
    """Raises a usage error that names what was given beside an option that stands alone."""
    given = [
        parameter.opts[0] if isinstance(parameter, click.Option) else "NAME"
        for parameter in ctx.command.params
        if parameter.name not in allowed
        # To click 8.1, an argument that takes any number of words is given even where there is none.
        and ctx.params[str(parameter.name)] != ()
        and ctx.get_parameter_source(str(parameter.name)) is ParameterSource.COMMANDLINE
    ]
    if given:
        raise click.UsageError(f"{why}; run it without {', '.join(given)}")


def _each(names: Iterable[str], job: Callable[[str], U]) -> list[U]:
    """Do a job for every name, with a progress bar on a terminal; every error is told, not only the first."""
    done: list[U] = []
    errors: list[MlguardError] = []
    listed = list(names)
    with _progress(listed) as counted:
        for name in counted:
            try:
                done.append(job(name))
            except MlguardError as error:
                errors.append(error)
    if len(errors) == 1:
        raise errors[0]
    if errors:
        kind = UsageError if any(isinstance(error, UsageError) for error in errors) else RunError
        text = "\n".join(f"  - {error.message}" for error in errors)
        raise kind(f"{len(errors)} of {len(listed)} datasets could not be made:\n{text}", slug=errors[0].slug)
    return done


def _progress(names: list[str]) -> AbstractContextManager[Iterable[str]]:
    if sys.stderr.isatty() and len(names) > 1:
        return bar("datasets", items=names)
    return nullcontext(names)


def _table(written: dict[Path, Manifest]) -> str:
    """One line per table: name, rows, columns, bytes, and the digest of its dataset."""
    lines = [("dataset", "table", "rows", "columns", "bytes", "digest")]
    for manifest in written.values():
        for entry in manifest.tables:
            columns = len(entry.header)
            numbers = (f"{entry.rows:,}", f"{columns:,}", f"{entry.bytes:,}")
            lines.append((manifest.name, entry.name, *numbers, manifest.digest[:_SHORT]))
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    text = "\n".join(_aligned(line, widths) for line in lines)
    folders = sorted({str(folder.parent) for folder in written})
    return f"{text}\n{len(written)} dataset{'s' * (len(written) != 1)} in {', '.join(folders)}"


def _aligned(line: tuple[str, ...], widths: list[int]) -> str:
    numeric = range(2, 5)
    cells = [c.rjust(w) if i in numeric else c.ljust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True))]
    return "  ".join(cells).rstrip()


def _likeness(likeness: Likeness, settings: Settings) -> str:
    """What was written, every note, and the command that runs it."""
    learned = likeness.profile
    first = f"{settings.relative(likeness.script)}: {len(learned.columns)} columns, learned from {learned.rows:,} rows"
    notes = [f"  {note}" for note in likeness.notes]
    return "\n".join([first, *notes, f"Read it, edit it, and run: mlguard make-dataset {likeness.name}"])


def _likeness_data(likeness: Likeness) -> GeneratorScripts:
    columns: list[LearnedColumn] = [
        {"name": column.name, "type": column.type, "drawn": type(column.drawn).__name__.lower()}
        for column in likeness.profile.columns
    ]
    script: GeneratorScript = {
        "name": likeness.name,
        "path": str(likeness.script),
        "rows": likeness.profile.rows,
        "columns": columns,
        "notes": list(likeness.notes),
    }
    return {"scripts": [script]}


def _written_data(written: dict[Path, Manifest]) -> Datasets:
    return {"datasets": [_content(manifest, folder) for folder, manifest in written.items()]}


def _verified_data(verified: list[Verified]) -> Datasets:
    listed: list[DatasetFolder] = []
    for one in verified:
        known: DatasetFolder = (
            _content(one.manifest, one.folder) if one.manifest else {"name": one.name, "path": str(one.folder)}
        )
        listed.append({**known, "state": one.state.value, "message": one.message})
    return {"datasets": listed}


def _content(manifest: Manifest, folder: Path) -> DatasetFolder:
    tables: list[Table] = [
        {
            "name": entry.name,
            "file": entry.file,
            "format": entry.format,
            "shape": list(entry.shape),
            "rows": entry.rows,
            "columns": len(entry.header),
            "bytes": entry.bytes,
            "sha256": entry.sha256,
        }
        for entry in manifest.tables
    ]
    return {
        "name": manifest.name,
        "seed": manifest.seed,
        "digest": manifest.digest,
        "tables": tables,
        "path": str(folder),
    }
