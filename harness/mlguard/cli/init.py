"""`mlguard init`: set up a project, and say what was written, what was left alone and what to run next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mlguard.cli.scaffold.plan import EXTEND, LEAVE, WRITE, Plan, carry_out, plan
from mlguard.printing import say, say_json
from mlguard.settings import load

_DONE = {WRITE: "wrote", EXTEND: "extended", LEAVE: "left alone"}


@click.command("init")
@click.option(
    "--dir",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The project's root.  [default: the project around the current folder]",
)
@click.option("--bare", is_flag=True, help="Settings and lines for git alone: no example, no workflow.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def command(folder: Path | None, *, bare: bool, as_json: bool) -> None:
    """Set up a project: settings, an example guard that runs at once, CI.

    Writes [tool.mlguard], a dataset generator, a small pipeline with its guard, lines for .gitignore and
    .gitattributes, and a GitHub workflow. No existing file is overwritten; a second run changes nothing.
    """
    root = _root(folder)
    planned = plan(root, bare=bare)
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


def _as_text(root: Path, planned: Plan) -> str:
    pieces = planned.pieces
    width = max(len(piece.path) for piece in pieces)
    lines = [f"{_DONE[piece.action]:<10}  {piece.path:<{width}}  {piece.reason}".rstrip() for piece in pieces]
    return "\n".join(
        [f"mlguard project in {root}", "", *lines, "", "next:", *(f"  {text}" for text in planned.following)]
    )


def _as_data(root: Path, planned: Plan) -> dict[str, Any]:
    listed = [{"path": piece.path, "action": _DONE[piece.action], "reason": piece.reason} for piece in planned.pieces]
    return {"root": str(root), "files": listed, "next": list(planned.following)}
