"""Guards as pytest sees them: a collector per guard, an item per stage, an item for what a run passes over."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest._code.code import ReprEntryNative, ReprExceptionInfo, ReprFileLocation, ReprTraceback
from _pytest.mark.structures import get_unpacked_marks

from mlguard.core.visible import one_line, visible

if TYPE_CHECKING:
    from mlguard.core.guard import Guard
    from mlguard.core.verdict import Verdict
    from mlguard.discovery import Declared, GuardRef
    from mlguard.plugin.project import Project

PROPERTIES = ("guard", "outcome", "first_moved", "max_scaled")
"""The properties that a failed item leaves in a JUnit report."""


class VerdictError(AssertionError):
    """A Verdict that fails an item; drawn in full, whatever pytest would cut."""

    def __init__(self, text: str, summary: str) -> None:
        """`text` is shown in the report, `summary` in the line per failure."""
        self.text, self.summary = visible(text), one_line(summary)
        super().__init__(self.text)


class GuardCollector(pytest.Collector):
    """One guard, or one variant of it."""

    def __init__(self, *, project: Project, guard: Declared, stages: tuple[str, ...], **rest: Any):
        """`stages` are those that have an item each."""
        super().__init__(**rest)
        self.project, self.guard, self.stages = project, guard, stages

    def collect(self) -> Iterable[StageItem]:
        """One item per stage."""
        return [self.item(stage) for stage in self.stages]

    def item(self, stage: str) -> StageItem:
        """The item of one stage."""
        return StageItem.from_parent(self, name=stage, project=self.project, guard=self.guard, stages=self.stages)


class NamedStage(pytest.Collector):
    """One stage of a variant that the command line names: found under its whole name, it gives the guard's own item.

    pytest takes whatever follows the first bracket of a node id for part of the last name, so that it looks into the
    module for a node named `Churn[model_cat]::predict`.
    """

    def __init__(self, *, whole: GuardCollector, stage: str, **rest: Any):
        """`whole` is the variant."""
        super().__init__(**rest)
        self.whole, self.stage = whole, stage

    def collect(self) -> Iterable[StageItem]:
        """The one item."""
        return [self.whole.item(self.stage)]


class StageItem(pytest.Item):
    """One stage of one guard."""

    def __init__(self, *, project: Project, guard: Declared, stages: tuple[str, ...], **rest: Any):
        """`stages` are all that the guard has items for."""
        super().__init__(**rest)
        self.project, self.guard, self.stages = project, guard, stages
        if self.config.pluginmanager.hasplugin("xdist"):
            self.add_marker(pytest.mark.xdist_group(name=one_line(guard.ref.name)))

    def runtest(self) -> None:
        """Get the guard's Verdict, which the first of its items makes, and say what this stage has to say."""
        from mlguard.plugin import outcome

        taking_part = _taking_part(self.session)
        verdict = self.project.result(self.guard, many=len(taking_part) > 1).verdict
        selected = [stage for stage in self.stages if stage in taking_part[self.guard.ref]]
        environments = self.project.settings.environments
        said = outcome.say(verdict, self.name, self.stages, selected, environments=environments)
        if said.kind == outcome.SKIPPED:
            pytest.skip(visible(said.text))
        if said.kind == outcome.EXPECTED:
            pytest.xfail(visible(said.text))
        if said.kind != outcome.PASSED:
            leave_properties(self, verdict)
            raise VerdictError(said.text, said.summary)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The Verdict's own text, uncut; what else is raised is a defect, and drawn as pytest does."""
        if isinstance(excinfo.value, VerdictError):
            return drawn(excinfo.value, self)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Where the guard is declared."""
        return self.path, self.guard.line - 1, one_line(f"{self.guard.ref.name}: {self.name}")


_SELECTED = pytest.StashKey["dict[GuardRef, set[str]]"]()
"""Where a session keeps the stages that take part in it, by guard."""


def _taking_part(session: pytest.Session) -> dict[GuardRef, set[str]]:
    """The stages of each guard that this session runs; looked for once, when the first of them runs."""
    if _SELECTED not in session.stash:
        found: dict[GuardRef, set[str]] = {}
        for item in session.items:
            if isinstance(item, StageItem):
                found.setdefault(item.guard.ref, set()).add(item.name)
        session.stash[_SELECTED] = found
    return session.stash[_SELECTED]


class _File(pytest.File):
    """A file that pytest itself has not collected."""

    def collect(self) -> Iterable[pytest.Item]:
        """Nothing: its items are added one by one."""
        return []


class FailingItem(pytest.Item):
    """A guard or a golden that this run passes over, which no run of a guard can say."""

    def __init__(self, *, verdict: Verdict, title: str, **rest: Any):
        """`verdict` says what is wrong, `title` in a few words."""
        super().__init__(**rest)
        self.verdict, self.title = verdict, title

    @classmethod
    def of_golden(cls, session: pytest.Session, folder: Path, verdict: Verdict) -> FailingItem:
        """The item of a golden without a guard."""
        parent = pytest.Dir.from_parent(session, path=folder)
        return cls.from_parent(parent, name="stale", verdict=verdict, title=f"{verdict.guard}: stale")

    @classmethod
    def of_file(cls, session: pytest.Session, file: Path, name: str, verdict: Verdict) -> FailingItem:
        """The item of something in a file that pytest has not collected."""
        parent = _File.from_parent(session, path=file)
        return cls.from_parent(parent, name=one_line(name), verdict=verdict, title=f"{verdict.guard}: not collected")

    def runtest(self) -> None:
        """Fail: what nothing is compared with guards nothing."""
        from mlguard.report.wording import explanation, headline

        leave_properties(self, self.verdict)
        raise VerdictError("\n".join(explanation(self.verdict)), headline(self.verdict))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The Verdict's own text."""
        if isinstance(excinfo.value, VerdictError):
            return drawn(excinfo.value, self)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """The golden's folder, or the file."""
        return self.path, None, one_line(self.title)


def collectors(parent: pytest.Module, klass: type[Guard], project: Project) -> list[pytest.Collector]:
    """A collector per variant of a guard's class."""
    found: list[pytest.Collector] = []
    for guard in project.collected(klass, parent.path.resolve()):
        stages = project.stages(klass, guard)
        name = one_line(guard.ref.name)  # pytest prints node ids as they are.
        whole = GuardCollector.from_parent(parent, name=name, project=project, guard=guard, stages=stages)
        whole.own_markers += get_unpacked_marks(klass)
        whole.keywords.update((mark.name, mark) for mark in whole.own_markers)
        found.append(whole)
        for stage in _named(parent.config, name, stages):
            found.append(NamedStage.from_parent(parent, name=f"{name}::{stage}", whole=whole, stage=stage))
    return found


def drawn(error: VerdictError, item: pytest.Item) -> ReprExceptionInfo:
    """An error as pytest's reports draw it and xdist carries it: our text as it is, our summary as the short line."""
    path, line, _ = item.reportinfo()
    entry = ReprEntryNative([f"{error.text}\n"])
    place = ReprFileLocation(os.fspath(path), (line or 0) + 1, error.summary)
    return ReprExceptionInfo(reprtraceback=ReprTraceback([entry], None, "native"), reprcrash=place)


def leave_properties(item: pytest.Item, verdict: Verdict) -> None:
    """What a JUnit report says of a failure; once, however often the item runs."""
    sizes = [f.difference.max_scaled for f in verdict.moves() if f.difference.max_scaled is not None]
    values = (verdict.guard, str(verdict.outcome), verdict.first_moved, max(sizes, default=None))
    others = [(name, value) for name, value in item.user_properties if name not in PROPERTIES]
    facts = zip(PROPERTIES, values, strict=True)
    item.user_properties[:] = [*others, *((name, value) for name, value in facts if value is not None)]


def _named(config: pytest.Config, name: str, stages: tuple[str, ...]) -> list[str]:
    """The stages of a variant that the command line names one by one."""
    if "[" not in name:
        return []
    return [stage for stage in stages if any(arg.endswith(f"::{name}::{stage}") for arg in config.args)]
