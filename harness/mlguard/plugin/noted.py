"""The fixture's notes: values that an ordinary test names, compared with the golden kept under its node id."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mlguard.core.error import UsageError
from mlguard.core.notes import Names
from mlguard.core.outcome import Outcome
from mlguard.core.record import GATE, STAGES
from mlguard.core.verdict import Verdict
from mlguard.plugin.nodes import VerdictError, leave_properties
from mlguard.plugin.project import Project

if TYPE_CHECKING:
    from mlguard.core.record import Observation, Record
    from mlguard.golden.interface import Held, Store

FIXTURE = "guard"
"""Name of the fixture."""


class Notes:
    """Takes notes in an ordinary test; what was noted is compared with the test's golden when the test has passed."""

    def __init__(self, item: pytest.Item, project: Project) -> None:
        """`item` is the test."""
        self._item, self._project = item, project
        self._observations: list[Observation] = []
        self._names = Names()

    def note(self, name: str, value: object, *, stage: str | None = None) -> None:
        """Keep one named value: a number, text, array, table, or a container of them.

        `stage` is one of dataset, split, features, train, predict (the default), evaluate, contracts. A name noted
        again gets a number: `sims`, `sims#2`. Raises UsageError for a name, stage or value that cannot be kept.
        """
        from mlguard.core.record import Observation
        from mlguard.observe.run import noted

        where = stage or "predict"
        if not isinstance(name, str) or not name:
            raise UsageError(f"a note needs a name, not {name!r}", slug="note-name")
        if where not in STAGES:
            known = ", ".join(STAGES)
            raise UsageError(f"note {name!r} names the stage {where!r}; known are {known}", slug="note-stage")
        for leaf, observed in noted(name, value):
            self._observations.append(Observation(where, self._names.unused(leaf, where), observed, role=GATE))

    def look_inside(self, values: Iterable[tuple[str, object]]) -> None:
        """Nothing: a test compares what it names itself."""

    def settle(self) -> tuple[str, ...]:
        """Compare what was noted with the golden; answers what was recorded, in words.

        Raises VerdictError for anything but a match, a missing golden and a test that noted nothing included.
        """
        __tracebackhide__ = True  # Else pytest parses our sources, for a traceback that is replaced by the Verdict.
        verdict, recorded = self._settled()
        if verdict.outcome is Outcome.MATCH:
            return recorded
        leave_properties(self._item, verdict)
        raise VerdictError("\n".join(_explained(verdict, self._item)), _headline(verdict))

    def _settled(self) -> tuple[Verdict, tuple[str, ...]]:
        from mlguard.checker.isolated import isolated

        name = node_name(self._item, self._project)
        return isolated(name, lambda: self._compared(name), lambda failed: (failed, ()))

    def _compared(self, name: str) -> tuple[Verdict, tuple[str, ...]]:
        from mlguard.golden.stores import open_store

        self._refuse(name)
        settings = self._project.settings
        store = open_store(settings)
        record = self._record(name)
        if self._project.asked.regen:
            store.finish(name)
        held = store.held(name)
        if held.error is not None and not self._project.asked.regen:
            raise held.error
        verdict = _verdict(name, held.record, record)
        if verdict.outcome is Outcome.MATCH or not self._project.asked.regen:
            return verdict, ()
        return self._recorded(store, held, record, verdict)

    def _recorded(self, store: Store, held: Held, record: Record, verdict: Verdict) -> tuple[Verdict, tuple[str, ...]]:
        from mlguard.checker.approve import propose
        from mlguard.checker.merge import instead
        from mlguard.checker.owners import Approver
        from mlguard.core.compare import compare
        from mlguard.core.tolerance import Tolerances
        from mlguard.report.approval import changes

        asked = self._project.asked
        settings = self._project.settings
        approver = Approver(settings.base, asked.reason, asked.intent, asked.as_reviewer, settings.links)
        approval = approver.approval(record.guard, self._item.path)
        golden, lost = instead(
            self._project.settings.base, Path(store.place(record.guard)), record.guard, held,
            lambda golden: changes(golden, record, golden.tolerances, compare(golden, record).findings), store.read,
        )  # fmt: skip
        proposal = propose(golden, record, Tolerances(), verdict.findings, approval, lost=lost)
        files = store.save(proposal.record, over=held.version)
        told = (f"{record.guard}: recorded, {len(files)} files", *proposal.summary)
        return _verdict(record.guard, store.load(record.guard), record), told

    def _refuse(self, name: str) -> None:
        """Raises UsageError where there is no project, nothing was noted, or two tests would share a golden."""
        from mlguard.settings import require_project

        require_project(self._project.settings)
        if not self._observations:
            raise UsageError(
                f"{name} asks for the fixture `{FIXTURE}` and noted nothing; call {FIXTURE}.note(name, value), or drop "
                "the fixture",
                slug="nothing-noted",
            )
        for pair in self._colliding():
            if name in pair:
                raise UsageError(
                    f"tests {' and '.join(pair)} would share a golden; rename one of them", slug="golden-collision"
                )

    def _colliding(self) -> Sequence[tuple[str, str]]:
        """The tests of this session that would share a golden, two by two; looked for once."""
        from mlguard.golden.naming import collisions

        known = self._item.session.stash.setdefault(COLLIDING, {})
        base = self._project.settings.base
        if base not in known:
            tests = [item for item in self._item.session.items if FIXTURE in getattr(item, "fixturenames", ())]
            known[base] = list(collisions(dict.fromkeys(node_name(item, self._project) for item in tests)))
        return known[base]

    def _record(self, name: str) -> Record:
        import platform

        from mlguard.core.record import Provenance, Record

        # Of the test's module alone: other tests have imported what they need into this process.
        module = getattr(self._item, "module", None)
        packages = _packages(module.__name__ if module else "", self._project.settings.base, len(sys.modules))
        environment = {"python": platform.python_version(), "packages": packages}
        return Record(name, tuple(self._observations), Provenance(environment=environment))


@lru_cache(maxsize=1)
def _packages(module: str, root: Path, loaded: int) -> dict[str, str]:
    """The distributions that a test module uses, which are the same for its tests until another module is loaded."""
    from mlguard.runner.imported import distributions

    return distributions([module] if module else [], root)


COLLIDING = pytest.StashKey[dict[Path, Sequence[tuple[str, str]]]]()
"""Where a session keeps which of its tests would share a golden, by project."""

NOTES = pytest.StashKey[Notes]()
"""Where a test's notes lie in its stash, until it has passed."""


def node_name(item: pytest.Item, project: Project) -> str:
    """The test's node id below the project's root; without what xdist appends to it."""
    parent = item.parent.nodeid if item.parent is not None else ""
    _, _, inside = f"{parent}::{item.name}".partition("::")
    return f"{project.settings.relative(item.path.resolve())}::{inside}"


def _verdict(name: str, golden: Record | None, record: Record) -> Verdict:
    from mlguard.core.compare import compare

    if golden is None:
        return Verdict(
            name, Outcome.MISSING, problem=f"{name} has no golden: nothing was compared", slug="golden-missing"
        )
    comparison = compare(golden, record)
    first = comparison.first
    return Verdict(
        name,
        comparison.outcome,
        findings=comparison.findings,
        first_moved=first.stage if first else None,
    )


def _explained(verdict: Verdict, item: pytest.Item) -> list[str]:
    """The explanation, with pytest's command in place of the command line's, which cannot run tests."""
    from mlguard.report.wording import explanation, next_command

    lines = explanation(verdict)
    if not next_command(verdict):
        return lines
    return [*lines[:-1], f'intended? record it: pytest "{item.nodeid}" --regen-golden --golden-reason "…"']


def _headline(verdict: Verdict) -> str:
    from mlguard.report.wording import headline

    return headline(verdict)
