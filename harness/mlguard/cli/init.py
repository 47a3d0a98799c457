"""`mlguard init`: set up a project, and say what was written, what was left alone and what to run next."""

from __future__ import annotations

from pathlib import Path

import click

from mlguard.cli.named import Named
from mlguard.cli.scaffold.plan import EXTEND, LEAVE, WRITE, Plan, carry_out, plan
from mlguard.core.error import UsageError
from mlguard.printing import say, say_json
from mlguard.report.documents.projects import SetUp, SetUpFile
from mlguard.settings import load

_DONE = {WRITE: "wrote", EXTEND: "extended", LEAVE: "left alone"}


@click.command("init")
@click.option(
    "--dir",
    "folder",
    type=Named(exists=True, file_okay=False),
    help="The project's root.  [default: the project around the current folder]",
)
@click.option("--bare", is_flag=True, help="Settings and lines for git alone: no example, no workflow.")
@click.option(
    "--from",
    "code",
    type=Named(exists=True, dir_okay=False),
    metavar="FILE",
    help="A guard of this module, script or notebook, and a dataset like the table that it reads.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def command(folder: Path | None, *, bare: bool, code: Path | None, as_json: bool) -> None:
    """Set up a project: settings, an example guard that runs at once, CI.

    Writes [tool.mlguard], a dataset generator, a small pipeline with its guard, lines for .gitignore and
    .gitattributes, and a GitHub workflow. No existing file is overwritten; a second run changes nothing.
    """
    root = _root(folder)
    planned = plan(root, bare=bare, code=None if code is None else _below(root, code))
    carry_out(root, planned.pieces)
    say_json(_as_data(root, planned)) if as_json else say(_as_text(root, planned))


def _root(folder: Path | None) -> Path:
    """The folder that was named, or the project around us as far as its repository reaches."""
    if folder is not None:
        return folder.resolve()
    settings = load()
    here = settings.here
    repository = next((parent for parent in (here, *here.parents) if (parent / ".git").exists()), None)
    # Without a repository, some pyproject.toml further up may be anybody's, unless it already names us.
    reach = repository or (settings.base if settings.declared else here)
    return settings.base if settings.base.is_relative_to(reach) else here


def _below(root: Path, code: Path) -> Path:
    """A file of the project. Raises UsageError where it lies elsewhere."""
    if not code.resolve().is_relative_to(root):
        raise UsageError(f"{code} does not lie in the project in {root}", slug="init-from")
    return code.resolve()


def _as_text(root: Path, planned: Plan) -> str:
    pieces = planned.pieces
    width = max(len(piece.path) for piece in pieces)
    lines = [f"{_DONE[piece.action]:<10}  {piece.path:<{width}}  {piece.reason}".rstrip() for piece in pieces]
    notes = ["", "to do:", *(f"  {note}" for note in planned.notes)] if planned.notes else []
    return "\n".join(
        [f"mlguard project in {root}", "", *lines, *notes, "", "next:", *(f"  {text}" for text in planned.following)]
    )


def _as_data(root: Path, planned: Plan) -> SetUp:
    listed: list[SetUpFile] = [
        {"path": piece.path, "action": _DONE[piece.action], "reason": piece.reason} for piece in planned.pieces
    ]
    return {"root": str(root), "files": listed, "notes": list(planned.notes), "next": list(planned.following)}
