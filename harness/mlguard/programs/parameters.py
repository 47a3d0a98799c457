"""Parameters of tasks, as a guard's configuration gives them: in sections that are named after their tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mlguard.programs.error import ProgramError


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


def apart(parameter: str) -> tuple[str, str]:
    """The section and the name of a parameter."""
    section, _, name = parameter.rpartition(".")
    return section, name
