"""`mlguard rollback`: the release before is current again, with its goldens."""

from __future__ import annotations

from pathlib import Path

import click

from mlguard.cli.gate import FOLDER
from mlguard.cli.select import refuse_in_ci
from mlguard.printing import say, say_json
from mlguard.release.back import go_back
from mlguard.release.place import Releases
from mlguard.report import gate as report
from mlguard.report.documents.releases import RestoredGolden, RolledBack
from mlguard.settings import Settings, load, require_project


@click.command("rollback")
@click.argument("place", metavar="PLACE", type=FOLDER)
@click.option("--bundle-only", is_flag=True, help="Leave goldens alone: for a server without a checkout.")
@click.option("--allow-ci", is_flag=True, help="Write goldens even in CI.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(place: Path, *, bundle_only: bool, allow_ci: bool, as_json: bool) -> None:
    """Make the release before current again in PLACE, and restore the goldens that it was checked with.

    Goldens are restored first and the switch comes last: cut off in between, the command can be given again. A golden
    that neither a commit nor a release has is never overwritten.
    """
    settings = None if bundle_only else _checkout(allow_ci=allow_ci)
    target = Releases(place)
    back = go_back(target, settings)
    if as_json:
        restored: list[RestoredGolden] = [{"name": name, "files": [*files]} for name, files in back.goldens.items()]
        document: RolledBack = {
            "place": str(place),
            "left": back.left,
            "current": back.now,
            "bundle": str(target.release(back.now).bundle.folder),
            "commit": back.check.commit,
            "goldens": None if settings is None else restored,
            "others": [*back.others],
            "exit_code": 0,
        }
        say_json(document)
        return
    counts = None if settings is None else {name: len(files) for name, files in back.goldens.items()}
    say(report.went_back(str(place), back.left, back.now, back.check, counts, back.others))


def _checkout(*, allow_ci: bool) -> Settings:
    """The project whose goldens are to be restored."""
    refuse_in_ci(allow_ci, "restoring goldens (--bundle-only leaves them alone)")
    settings = load()
    require_project(settings)
    return settings
