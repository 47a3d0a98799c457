"""What this machine knows of values that no golden may hold: environment variables, and files that git ignores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from mlguard.checker.private import contents, private_files
from mlguard.core.cause import Cause, CauseKind
from mlguard.core.record import Record
from mlguard.golden.keyed import State, known, remember
from mlguard.worker.variables import is_default

_FILE = "file "
"""Before the name of a file, which may be that of a variable."""


class Known:
    """What is known here of one golden's variables and private files."""

    def __init__(self, project: Path, golden: Record, variables: Mapping[str, str | None]) -> None:
        """`variables` are those that the code read in this run, with their values."""
        self.project, self.golden, self.values = project, golden, variables

    def keep(self) -> None:
        """Keep what gave the golden's values. Raises RunError where the disk refuses."""
        remember(self.project, self.golden, {**self._variables(_read_by(self.golden)), **self._files()})

    def variables(self, record: Record) -> dict[str, State]:
        """Of every variable that the code reads now or read for the golden, whether its value is the golden's."""
        names = sorted({*_read_by(self.golden), *_read_by(record)})
        return known(self.project, self.golden, self._variables(names))

    def files(self) -> dict[str, State]:
        """Of every file that the golden keeps by name only, whether it is what gave the golden's values."""
        found = known(self.project, self.golden, self._files())
        return {name.removeprefix(_FILE): state for name, state in found.items()}

    def causes(self, record: Record) -> Iterator[Cause]:
        """The variables and files that may have moved something; those of the standard list only where they differ."""
        variables, files = self.variables(record), self.files()
        unknown = [name for name in _with("unknown", variables) if not is_default(name)]
        for kind, names in (
            (CauseKind.VARIABLES_DIFFER, _with("changed", variables)),
            (CauseKind.VARIABLES_UNKNOWN, unknown),
            (CauseKind.FILES_UNKNOWN, _with("unknown", files)),
        ):
            if names:
                yield Cause(kind, names=tuple(names))

    def _variables(self, names: Iterable[str]) -> dict[str, bytes | None]:
        values = {name: self.values.get(name) for name in names}
        return {name: None if text is None else text.encode(errors="surrogateescape") for name, text in values.items()}

    def _files(self) -> dict[str, bytes | None]:
        return {_FILE + name: content for name, content in contents(self.project, private_files(self.golden))}


def _read_by(record: Record) -> tuple[str, ...]:
    return tuple(record.provenance.environment.get("variables") or ())


def _with(state: State, states: Mapping[str, State]) -> list[str]:
    return [name for name, found in states.items() if found == state]
