"""Which parts of a run are run: those of its extent, until it ends early."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mlguard.core.record import PROBES, Record
from mlguard.core.run_name import LATER, LEVELS, MAIN, REFIT, Config, Seed
from mlguard.observe import keys
from mlguard.observe.run import Run, Subject
from mlguard.report.numbers import few
from mlguard.runner.datasets import seeds
from mlguard.runner.order import Extent, Order

ASKED = (f"{MAIN}/contracts", f"{MAIN}/{PROBES}")
"""What is asked of the model of the main run, under the names that a comparison knows."""

SHOWN = 4
"""How many parts that were not run are named."""


class Parts:
    """The parts of one run that are run, each asked for just before it would begin."""

    def __init__(self, order: Order, main: Run) -> None:
        self._order, self._main = order, main
        self._judged = 0
        # Runs (`seed 1`) and what is asked (`main/contracts`), in order.
        self._refused: dict[str, None] = {}

    def asks(self) -> bool:
        """Whether contracts and probes are asked."""
        share = self._order.share
        return self._order.extent.asks and (share is None or share.number == 0) and self._is_begun(ASKED)

    def trains(self, *names: str) -> bool:
        """Whether a training is run that any of these runs needs."""
        order = self._order
        whole = order.extent is Extent.FULL and (order.share is None or self._has(names))
        return (whole or not order.runs.isdisjoint(names)) and self._is_begun(names)

    def _has(self, names: Sequence[str]) -> bool:
        """Whether this share of a run has what the first of these names says, or comes to its end."""
        return REFIT in names or names[0] in self._mine()

    def _mine(self) -> Iterator[str]:
        """The runs of this share between its first and its last: dealt in their order to all shares but the first."""
        share, main = self._order.share, self._main
        if share is None or share.number == 0:
            return
        others: list[str] = [Seed(seed) for seed in seeds(self._order, main.subject.guard)[1:]]
        probed = keys.changed_keys(main.config, main.subject.guard.config_probes)
        dealt = [*others, *(Config(one.key) for one in probed), LEVELS][share.number - 1 :: share.of - 1]
        yield from dealt
        if not set(dealt).isdisjoint(others):
            yield LATER

    def left_out(self, declared: Subject, others: Iterable[int]) -> frozenset[str]:
        """What the run leaves out, under the names that a comparison knows, with the other data seeds that it made."""
        order = self._order
        if order.extent is Extent.FULL:
            return frozenset(self._refused)
        wanted = declared.guard.config_probes
        probed = (Config(one.key) for one in keys.changed_keys(declared.configuration.values, wanted))
        unmade = others if order.extent.asks else seeds(order, declared.guard)[1:]
        asked = () if order.extent.asks else ASKED
        return frozenset([*map(Seed, unmade), *probed, LATER, LEVELS, REFIT, *asked, *self._refused]) - order.runs

    @property
    def ended_early(self) -> bool:
        """Whether the run ended before its last part."""
        return bool(self._refused)

    @property
    def remark(self) -> str:
        """What was not run since the run had ended, in words; empty where everything was."""
        names = [name.removeprefix(f"{MAIN}/") for name in self._refused]
        return f"ended at the first move; not run: {few(names, SHOWN)}" if names else ""

    def _is_begun(self, names: Iterable[str]) -> bool:
        """Whether a part is run now: not once the run has ended."""
        if not self._refused and not self._ends():
            return True
        self._refused |= dict.fromkeys(names)
        return False

    def _ends(self) -> bool:
        """Whether the run ends here, after what was observed since the last look."""
        until, new = self._order.until, self._main.observations[self._judged :]
        if until is None:
            return False
        self._judged = len(self._main.observations)
        return until(Record.of(self._main.subject.name, self._main.observations, asked=self._order.questions), new)
