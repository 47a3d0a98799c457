"""A Runner whose ordinary runs happen on an emulated machine, as if `mlguard check` were called there."""

from __future__ import annotations

import copy
from typing import Any, Self

from mlguard.discovery import Declared
from mlguard.runner.order import Done
from mlguard.runner.run import Runner
from mlguard.worker.environment import Environment


class Emulating(Runner):
    """Runs the guards of one project on a machine of the caller's choice."""

    machine: Environment | None = None
    """What runs that name no environment happen on; None: this machine."""

    def on(self, machine: Environment) -> Self:
        """The same workers, on another machine; the ordinary environment is this one."""
        other = copy.copy(self)
        other.machine = None if machine == Environment() else machine
        return other

    def run(self, guard: Declared, **options: Any) -> Done:
        """Run one guard; an environment that the caller names, as the search for a cause does, comes first."""
        options["environment"] = options.get("environment") or self.machine
        return super().run(guard, **options)
