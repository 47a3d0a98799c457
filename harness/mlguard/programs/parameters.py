"""Parameters of tasks, as a guard's configuration gives them: in sections that are named after their tasks."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mlguard.configuration import parsed
from mlguard.programs.error import ProgramError
from mlguard.programs.modules import is_inside


@dataclass(frozen=True)
class Parameters:
    """Parameters by section and name."""

    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What the configuration says."""
    file: Path | None = None
    """The file that says so, where luigi can read it itself and fill in what it leaves to variables."""
    changed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Others on top of it."""

    @classmethod
    def of(cls, config: Any, path: Path | None) -> Parameters:
        """Those of a configuration. Raises ProgramError where it has no sections."""
        config = {} if config is None else config
        stray = [key for key, value in config.items() if not isinstance(value, Mapping)]
        if stray:
            raise ProgramError(
                f"the configuration has `{stray[0]}` outside of a section; parameters stand in sections that are named "
                "after their tasks"
            )
        return cls(config, path if path is not None and path.suffix.lower() == ".ini" else None)

    def but(self, parameter: str, value: Any) -> Parameters:
        """The same with one parameter changed, which is called `Task.parameter`."""
        section, name = apart(parameter)
        return replace(self, changed={**self.changed, section: {**self.changed.get(section, {}), name: value}})

    @property
    def to_set(self) -> list[tuple[str, Mapping[str, Any]]]:
        """What luigi does not read from the file, section by section."""
        return [*(self.values.items() if self.file is None else ()), *self.changed.items()]


def settings_of_logs(config: Any, root: Path) -> dict[str, Any]:
    """What the file says that a configuration names for luigi's logs, by its path in the project.

    Empty without such a file, or where luigi could not read it either.
    """
    core = config.get("core") if isinstance(config, Mapping) else None
    name = str(core.get("logging_conf_file") or "") if isinstance(core, Mapping) else ""
    file = Path(os.path.normpath(root / name))
    try:
        found = parsed(file.read_text(encoding="utf-8"), ".ini") if name and is_inside(file, root) else None
    except (OSError, ValueError):
        found = None
    return {} if found is None else {file.relative_to(root).as_posix(): found}


def apart(parameter: str) -> tuple[str, str]:
    """The section and the name of a parameter."""
    section, _, name = parameter.rpartition(".")
    return section, name
