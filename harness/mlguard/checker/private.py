"""Files of which a golden keeps the name only: what git ignores, such as `.env`, may hold secrets.

Whether one is still what it was when the golden was recorded is known on the machine where the golden was recorded or
has matched, under a key that stays there.
"""

from __future__ import annotations

import subprocess
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from mlguard.checker.history import PATIENCE
from mlguard.core.record import PRIVATE, Record
from mlguard.core.surroundings import LOCKS
from mlguard.files.tree import LARGEST
from mlguard.programs.modules import PROGRAMS
from mlguard.runner.repository import outside_hooks
from mlguard.runner.sources import digest


def without_private(project: Path, record: Record) -> Record:
    """The Record as a repository may hold it."""
    source = record.provenance
    configuration, locks = source.configuration, source.environment.get(LOCKS) or {}
    hidden = _private(project, [*source.sources, *source.values_beside, *locks])
    environment = {**source.environment, LOCKS: _hiding(locks, hidden)} if locks else source.environment
    if configuration is not None:
        beside = {name: values for name, values in configuration.beside.items() if name not in hidden}
        configuration = replace(configuration, beside=beside)
    told = replace(
        source, sources=_hiding(source.sources, hidden), configuration=configuration, environment=environment
    )
    return replace(record, provenance=told)


def _hiding(digests: Mapping[str, str], hidden: Container[str]) -> dict[str, str]:
    return {name: PRIVATE if name in hidden else kept for name, kept in digests.items()}


def private_files(golden: Record) -> list[str]:
    """The files of which the golden keeps the name only."""
    return [name for name, kept in golden.provenance.sources.items() if kept == PRIVATE]


def private_data(golden: Record) -> list[str]:
    """Those of them that are neither code nor settings."""
    return _data(private_files(golden))


def ignored_data(project: Path, sources: Iterable[str]) -> list[str]:
    """Those of these files that git ignores and that are neither code nor settings."""
    data = _data(sources)
    return sorted(_ignored(project, data)) if data else []


def contents(project: Path, names: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
    """What files hold now; None for one that is gone."""
    for name in names:
        file = project / name
        if not file.is_file():
            yield name, None
        else:
            large = file.stat().st_size > LARGEST  # A golden may name any file, however large.
            yield name, digest(file).encode() if large else file.read_bytes()


def _private(project: Path, names: Iterable[str]) -> set[str]:
    """Those that git ignores, and `.env` files also where there is no git."""
    listed = list(names)
    return {*filter(_is_setting, listed)} | _ignored(project, listed)


def _data(names: Iterable[str]) -> list[str]:
    return [name for name in names if not name.endswith(PROGRAMS) and not _is_setting(name)]


def _is_setting(name: str) -> bool:
    return PurePosixPath(name).name.split("-")[0] in (".env", ".envrc")


def _ignored(project: Path, names: Sequence[str]) -> set[str]:
    try:
        asked = subprocess.run(
            ["git", "check-ignore", "-z", "--stdin"],  # noqa: S607 -- the user's own git, wherever it is.
            cwd=project,
            env=outside_hooks(),
            input="\0".join(names),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
    except (OSError, subprocess.SubprocessError):
        return set()
    return set(asked.stdout.split("\0")) & set(names)
