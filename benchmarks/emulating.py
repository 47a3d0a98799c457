"""A Runner whose ordinary runs happen on an emulated machine, as if `mlguard check` were called there."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from mlguard.discovery import files
from mlguard.runner.preload import third_party
from mlguard.runner.run import Runner
from mlguard.worker.environment import Environment
from mlguard.worker.pool import Workers


class Emulating(Runner):
    """Runs the guards of one project on a machine of the caller's choice."""

    @contextmanager
    def on(self, machine: Environment) -> Iterator[Self]:
        """The same project on another machine, with workers of its own until the block ends; on this one, itself."""
        if machine == Environment():
            yield self
            return
        preload = third_party(files(self.settings), self.settings.import_path)
        other = copy.copy(self)
        # Threads keep a zygote from forking, and would only be refused by it.
        forks = machine.threads == 1
        with Workers(preload=preload, use_zygote=forks, usual=machine, variables=self.variables) as other.workers:
            yield other
