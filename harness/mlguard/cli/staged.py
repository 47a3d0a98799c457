"""What a commit would hold, checked in the place of a working tree that differs from it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace

from mlguard.checker.check import Checker
from mlguard.checker.reach import Reach
from mlguard.checker.unchanged import Standing
from mlguard.cli.select import Opened, look
from mlguard.core.error import MlguardError
from mlguard.core.outcome import Outcome
from mlguard.core.verdict import Verdict
from mlguard.discovery import Declared, select
from mlguard.report.wording import accept_staged, checked_as_staged
from mlguard.runner.repository import Repository
from mlguard.runner.run import Runner
from mlguard.runner.staged import staged
from mlguard.worker.depends import NOTHING_HEARD


class Staged:
    """A project as it is staged, which is written to a folder of its own once a guard needs that."""

    def __init__(
        self,
        here: Opened,
        names: Sequence[str],
        reach: Reach,
        checker: Callable[[Opened], Checker],
        stack: ExitStack,
    ) -> None:
        """`here` is the working tree, and `reach` what of it is not staged; `stack` is closed before `here`."""
        self.here, self.names, self.reach, self.checker = here, names, reach, checker
        self._stack, self._one_at_a_time = stack, threading.Lock()
        self._project: Opened | None = None
        self.elsewhere = reach.reason(here.runner.found_by)
        """Why it may declare other guards than the working tree does; None where it declares the same."""

    @property
    def declaring(self) -> Opened:
        """The project whose guards are those that are staged: the working tree where both declare the same."""
        return self.here if self.elsewhere is None else self._written()

    def verdict(self, guard: Declared, standing: Standing, ran: Callable[[], Verdict]) -> Verdict:
        """The Verdict on a guard as it is staged; `ran` gives that of the working tree, which often is the same.

        It is where nothing that the guard looked at there is staged in another form.
        """
        why = self.elsewhere or (standing.why if standing.is_reached else None)
        if why is None:
            verdict, name = ran(), guard.ref.name
            why = self.reach.reason(self.here.runner.depends.get(name, NOTHING_HEARD), name)
            if why is None:
                return verdict
        return self._checked(guard, why)

    def _checked(self, guard: Declared, why: str) -> Verdict:
        project = self._written()
        (there,) = select(project.found.guards, [guard.ref.name], where="what is staged")
        verdict = self.checker(project).check(there).verdict
        advice = () if verdict.outcome is Outcome.MATCH else (accept_staged(),)
        return replace(verdict, remarks=(*verdict.remarks, checked_as_staged(why), *advice))

    def _written(self) -> Opened:
        """The project in its folder. Raises MlguardError where it is none, or has no guard of a given name."""
        with self._one_at_a_time:
            if self._project is None:
                try:
                    self._project = self._opened()
                except MlguardError as error:
                    error.what = f"in what is staged: {error.what}"
                    raise
            return self._project

    def _opened(self) -> Opened:
        repository = Repository.around(self.here.settings.base, self.here.runner.workers)
        side = self._stack.enter_context(staged(repository, self.here.settings, self.reach.differing.listed))
        runner = self._stack.enter_context(Runner(side.settings, many=len(self.names) != 1))
        return look(runner.elsewhere(side.settings, side.copy), self.names)
