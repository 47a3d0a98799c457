"""Run a guard on the new code without some of its edits, and hold what it gives against what the old code gave."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mlguard.core.finding import Finding
from mlguard.core.record import Record
from mlguard.discovery import Declared, module_name
from mlguard.runner.order import Done
from mlguard.runner.repository import Commit, Repository
from mlguard.runner.run import Runner
from mlguard.runner.sides import Side, revision
from mlguard.settings import Settings
from mlguard.tools.diff.part import Part
from mlguard.tools.edits import Edit, Edits

Compared = Callable[[Record, Side], tuple[Finding, ...]]
"""What moved in a Record that a side left, against the old one."""

Contents = Mapping[str, bytes | None]
"""Files by path below the repository's top; None where there is none."""


@dataclass(frozen=True)
class Swap:
    """The edits of a guard between two sides, and how to run it without some of them."""

    runner: Runner
    repository: Repository
    guard: Declared
    before: Side
    after: Side
    edits: Edits
    """The edits of files that one of the sides' runs depended on, or may have."""
    laid: Contents
    """What is written over the commit's files to make the new side of them."""

    @classmethod
    def of(
        cls, runner: Runner, repository: Repository, guard: Declared, sides: tuple[Side, Side],
        records: tuple[Record, Record | None], *, unseen: bool = False,
    ) -> Swap:  # fmt: skip
        """`records` are what the sides left; the second is None where it raised.

        With `unseen`, any file may have been read: the edits of those that were seen to be are the first.
        """
        before, after = sides
        root = repository.top
        read = {_below(root, runner.settings, name) for record in records if record for name in _read(record)}
        read |= {_below(root, runner.settings, guard.config)} if guard.config else set()
        found = sorted(set(_changed(repository, before, after, read)), key=lambda name: (name not in read, name))
        names = [name for name in found if _is_ours(name, root, sides)]
        mine, theirs = ({name: _content(side, root, name) for name in names} for side in sides)
        wanted = {
            name: content
            for name, content in theirs.items()
            if content != mine[name]
            and not any((root / name).is_relative_to(kept) for kept in _kept(runner.settings))
            and (name in read or unseen or (records[1] is None and name.endswith(".py")))
        }
        edits = Edits.between(
            {name: mine[name] for name in wanted}, wanted, lambda file: _dotted(runner.settings, root, file)
        )
        return cls(runner, repository, guard, before, after, edits, {} if after.copy else theirs)

    def run(self, undone: Collection[Edit], part: Part, compared: Compared) -> tuple[Finding, ...]:
        """What moves in a part of the guard on the new code without these edits.

        Raises MlguardError where that does not run.
        """
        with self._side(undone) as side:
            return compared(run_on(self.runner, side, self.guard, part).record, side)

    def again(self, part: Part, compared: Compared) -> tuple[Finding, ...]:
        """What moves between two runs of the old code."""
        return compared(run_on(self.runner, self.before, self.guard, part).record, self.before)

    def shown(self, file: str) -> str:
        """A file of the repository, relative to the project's root."""
        return Path(os.path.relpath(self.repository.top / file, self.runner.settings.base)).as_posix()

    @contextlib.contextmanager
    def _side(self, undone: Collection[Edit]) -> Iterator[Side]:
        base = self.after if self.after.copy else self.before
        commit: Commit = base.commit  # type: ignore[assignment]  # A side that is a copy was made from a commit.
        with revision(self.repository, self.runner.settings, base.declared, commit) as side:
            for name, content in {**self.laid, **self.edits.without(undone)}.items():
                _write(side, self.repository.top / name, content)
            yield side


def run_on(runner: Runner, side: Side, guard: Declared, part: Part, *, follow: bool = False) -> Done:
    """Run a part of a guard on one side, with the project's functions followed where that is wanted."""
    there = runner.elsewhere(side.settings, side.copy)
    bundle = part.extent.asks and not follow
    trace = part.followed if follow else ()
    return there.run(side.guard(guard), extent=part.extent, runs=part.runs, bundle=bundle, trace=trace)


def _changed(repository: Repository, before: Side, after: Side, read: Collection[str]) -> Iterator[str]:
    """The files that differ, from the top; of those that git does not know, what a run read."""
    commits = [side.commit.sha for side in (before, after) if side.commit]
    tree = None if after.commit else repository.top
    yield from _listed(repository.git("diff", "--name-only", "--no-renames", "-z", *commits, tree=tree))
    if tree is not None:
        known = set(_listed(repository.git("ls-files", "-z", tree=tree)))
        yield from (name for name in read if name not in known)


def _kept(settings: Settings) -> tuple[Path, Path]:
    """Folders whose files are no part of the guarded code."""
    return settings.generators, settings.golden


def _listed(told: str) -> list[str]:
    return told.split("\0")[:-1]


def _read(record: Record) -> Iterator[str]:
    yield from record.provenance.sources


def _below(top: Path, settings: Settings, name: str) -> str:
    """A path from the project's root as one from the repository's top."""
    return Path(os.path.relpath(os.path.normpath(settings.base / name), top)).as_posix()


def _place(side: Side, file: Path) -> Path:
    """Where a file of the repository lies on a side."""
    return file if side.copy is None else side.copy.of(file)


def _content(side: Side, top: Path, name: str) -> bytes | None:
    path = _place(side, top / name)
    return path.read_bytes() if path.is_file() else None


def _is_ours(name: str, top: Path, sides: tuple[Side, Side]) -> bool:
    """Whether a file lies in the repository and is no link or submodule on either side."""
    places = [_place(side, top / name) for side in sides]
    return not name.startswith("..") and not any(place.is_symlink() or place.is_dir() for place in places)


def _write(side: Side, file: Path, content: bytes | None) -> None:
    place = _place(side, file)
    if content is None:
        place.unlink(missing_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def _dotted(settings: Settings, top: Path, file: str) -> str:
    """The name by which a module of the project is imported."""
    path = top / file
    above = [Path(entry) for entry in settings.import_path if path.is_relative_to(entry)]
    if not above:
        return module_name(path)[1]
    parts = path.relative_to(max(above, key=lambda entry: len(entry.parts))).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
