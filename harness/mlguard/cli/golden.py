"""`mlguard golden`: bring goldens to an address that a team shares, or back, and look whether they are whole there."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from mlguard.cli.named import Named
from mlguard.cli.select import refuse_in_ci
from mlguard.core.error import UsageError
from mlguard.core.url import is_url, plain_url, what_is_wrong
from mlguard.golden.local import LocalStore
from mlguard.golden.remote import RemoteStore
from mlguard.golden.stores import arrays_of, open_mirror
from mlguard.golden.transfer import Transferred, copied, exit_code, transfer, verify
from mlguard.golden.transfer_arrays import pull_arrays, push_arrays, verify_arrays
from mlguard.printing import say, say_json
from mlguard.report import transfer as report
from mlguard.settings import Settings, load, require_project

PUSH, PULL, VERIFY = "push", "pull", "verify"


@click.command("golden")
@click.argument("action", type=click.Choice([PUSH, PULL, VERIFY]), metavar="push|pull|verify")
@click.argument("url", required=False)
@click.option("--folder", type=Named(), help="The folder of goldens; default: that of the settings.")
@click.option("--allow-ci", is_flag=True, help="Write goldens even in CI.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(action: str, url: str | None, folder: Path | None, *, allow_ci: bool, as_json: bool) -> None:
    """Bring goldens from a folder to URL (push), or from there into a folder or the copies of this machine (pull), or
    read all of them again where they are kept (verify). Without URL, the one of the settings.

    Each golden goes over whole or not at all, and only where its log goes on from that of the other side. Exits with 1
    where goldens differ, and with 3 where one is damaged.
    """
    settings = load()
    require_project(settings)
    if url is None and settings.golden_arrays is not None and folder is None:
        where, done = settings.golden_arrays, _arrays(settings, action, allow_ci=allow_ci)
    else:
        where = _address(settings, url)
        done = _goldens(settings, action, where, _folder(settings, folder), allow_ci=allow_ci)
    found = list(done)
    code = exit_code(found)
    rows = [(one.name, str(one.came), one.detail) for one in found]
    if as_json:
        say_json(report.as_data(rows, where, action, code))
    else:
        say(report.draw(rows, where, action))
    sys.exit(code)


def _address(settings: Settings, url: str | None) -> str:
    """The address that was given, or that of the settings. Raises UsageError, which never repeats what was given."""
    named = url or settings.golden_url
    if named is None:
        raise UsageError(
            "no URL was given, and the settings name none",
            advice="give one, such as s3://bucket/folder, or set `golden` or `golden_arrays` in [tool.mlguard] to it",
            slug="golden-url-none",
        )
    wrong = what_is_wrong(named) if is_url(named) else "is no URL such as s3://bucket/folder"
    if wrong is not None:
        raise UsageError(f"the URL {wrong}", slug="golden-url")
    return plain_url(named)


def _folder(settings: Settings, folder: Path | None) -> LocalStore | None:
    """The goldens of a folder; None where they are kept at an address and no folder was named."""
    if folder is not None:
        return LocalStore(Path.cwd() / folder, settings.base)
    return None if settings.golden_url is not None else LocalStore(settings.golden, settings.base, arrays_of(settings))


def _arrays(settings: Settings, action: str, *, allow_ci: bool) -> Iterable[Transferred]:
    """The same of large arrays alone, which records in the folder name."""
    arrays = arrays_of(settings)
    assert arrays is not None  # noqa: S101 -- The caller has looked.
    goldens = LocalStore(settings.golden, settings.base, arrays)
    if action == PUSH:
        refuse_in_ci(allow_ci, "pushing goldens")
        return push_arrays(goldens, arrays)
    return (pull_arrays if action == PULL else verify_arrays)(goldens, arrays)


def _goldens(
    settings: Settings, action: str, url: str, here: LocalStore | None, *, allow_ci: bool
) -> Iterable[Transferred]:
    mirror = open_mirror(settings, url)
    there = RemoteStore(mirror, settings.base)
    if action == PUSH:
        refuse_in_ci(allow_ci, "pushing goldens")
        mirror.found()
        return () if here is None else transfer(here, there)
    there.require()
    if action == VERIFY:
        return verify(there, here)
    if here is None:
        return copied(there)
    refuse_in_ci(allow_ci, "pulling goldens into a folder")
    return transfer(there, here)
