"""A golden of an earlier release matches under a version that asks more, and is red where something known is gone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlguard.checker.check import Checker
from mlguard.checker.regen import Regen, Regenerator
from mlguard.core.compare import compare
from mlguard.core.finding import Question
from mlguard.core.outcome import Outcome
from mlguard.core.question import ASKED_AT_FIRST, FIRST_RELEASE, QUESTIONS, WHOLE, probe_question, questions_of
from mlguard.core.record import CONTRACT, Observation, Record
from mlguard.core.run_name import MAIN
from mlguard.core.value import number, text
from mlguard.discovery import Declared
from mlguard.report.quiet import NAMED, quiet
from mlguard.runner.order import Done
from mlguard.runner.run import Runner
from tests.project import FILES, GUARD, Project

RELEASED = Path(__file__).parents[1] / "golden" / "formats" / "released"

NOTES = "tests/guards/test_notes.py"
FILES_OF_THAT_TIME = FILES | {
    NOTES: """\
from mlguard import Guard


class Notes(Guard):
    dataset = "tiny"
    seeds = (0, 1)

    def observe(self, data, notes):
        rows = data.rows
        notes.note("means", rows.groupby("shop")["x"].mean().to_numpy(), stage="features")
        notes.note("total", {"y": float(rows["y"].sum()), "rows": len(rows)}, stage="evaluate")
"""
}
GUARDS = [("Line", GUARD), ("Notes", NOTES)]

FAKE = Observation("contracts", "answers are sorted", text("same"), role=CONTRACT)
ASKED = {"contract answers are sorted": 1, "probe zero": 2, "form objects": 1}
"""What a newer version would ask: a contract, other rows of zeros, and another form of objects."""


@pytest.fixture(scope="module", params=sorted(path.name for path in RELEASED.iterdir()))
def old(request: pytest.FixtureRequest, at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project of that time, with the goldens that the release wrote."""
    project = Project(tmp_path_factory.mktemp("old"), FILES_OF_THAT_TIME)
    shutil.copytree(RELEASED / str(request.param), project.root / "golden")
    return project


@pytest.fixture(scope="module")
def done(old: Project) -> Done:
    """A run of today."""
    return old.run()


@pytest.mark.parametrize(("name", "file"), GUARDS)
def test_a_golden_of_every_release_matches(old: Project, name: str, file: str) -> None:
    verdict = old.check(name, file).verdict
    assert verdict.outcome is Outcome.MATCH, verdict


def test_what_this_version_asks_is_registered(done: Done) -> None:
    derived = [o for o in done.record if o.is_probe_status and o.run == MAIN and not o.question]
    status = [row for o in derived for row in o.value.rows or ()]
    answered = [question for o in done.record for question in questions_of(o)]
    assert {probe_question(row, QUESTIONS) for row in status} | set(answered) <= set(QUESTIONS)
    assert done.record.asked == QUESTIONS


def newer(record: Record, *more: Observation) -> Record:
    return replace(record, observations=(*record, *more), asked={**QUESTIONS, **ASKED}, mlguard="9.0")


def test_what_the_golden_was_not_asked_is_one_line_and_decides_nothing(old: Project, done: Done) -> None:
    comparison = compare(old.golden(), newer(done.record, FAKE, replace(FAKE, name="x", question="form objects")))
    assert comparison.outcome is Outcome.MATCH
    told = [remark for remark in quiet(comparison.findings, guard="Line") if "new in this version" in remark]
    assert len(told) == 1
    assert told[0].endswith("; `mlguard regen-golden Line` adds them")
    asked = {finding.detail.name for finding in comparison.findings if isinstance(finding.detail, Question)}
    assert f" and {len(asked) - NAMED} more; " in told[0]
    assert asked > {"probe zero", "contract answers are sorted", "form objects"}
    assert asked - {"probe zero", *ASKED} <= set(QUESTIONS)


def test_what_its_mlguard_knew_and_it_lacks_is_missing(old: Project, done: Done) -> None:
    golden = replace(old.golden(), asked={**ASKED_AT_FIRST, **ASKED})
    assert compare(golden, newer(done.record, FAKE)).outcome is Outcome.MISSING


@pytest.mark.parametrize("contract", ["batches", "saved bundle"])
def test_what_it_was_asked_and_the_run_lacks_is_lost(old: Project, done: Done, contract: str) -> None:
    record = replace(done.record, observations=tuple(o for o in done.record if o.contract != contract))
    assert compare(old.golden(), newer(record)).outcome is Outcome.SHIFTED


def test_an_old_form_is_compared_in_that_form_and_only_there(old: Project, done: Done) -> None:
    now = Observation("evaluate", "mae", text("fields"), question="form objects")
    then = next(o for o in done.record if o.name == "mae" and o.run == "main")
    rest = [o for o in done.record if o.key != then.key]

    def kept(value: float) -> Record:
        return newer(Record.of("Line", [*rest, now, replace(then, value=number(value), until="form objects")]))

    assert compare(old.golden(), kept(then.value.data[0])).outcome is Outcome.MATCH
    assert compare(old.golden(), kept(2.0)).outcome is Outcome.SHIFTED
    assert compare(kept(1.0), kept(2.0)).outcome is Outcome.MATCH


class Newer:
    """A Runner whose runs bring back what a newer version would."""

    def __init__(self, runner: Runner, change: Callable[[Record], Record]) -> None:
        self.runner, self.change = runner, change

    def __getattr__(self, name: str) -> Any:
        return getattr(self.runner, name)

    def run(self, *given: Any, **how: Any) -> Done:
        done = self.runner.run(*given, **how)
        return replace(done, record=self.change(done.record))


@pytest.fixture
def upgraded(old: Project) -> Iterator[Project]:
    before = old.root / "golden"
    kept = shutil.copytree(before, old.root / ".mlguard" / "kept")
    yield old
    shutil.rmtree(before)
    shutil.move(kept, before)


def regen(project: Project, change: Callable[[Record], Record]) -> Regen:
    with project.runner() as runner:
        regenerator = Regenerator(Checker(runner.settings, Newer(runner, change)), reason="mlguard 9.0")  # type: ignore[arg-type]
        prepared = regenerator.prepare(project.declared())
        regenerator.accept(prepared)
        return prepared


class Listening(Newer):
    """A Runner that notes in which form each run calls `predict`."""

    def __init__(self, runner: Runner) -> None:
        super().__init__(runner, lambda record: record)
        self.few: list[bool] = []

    def run(self, guard: Declared, *given: Any, **how: Any) -> Done:
        self.few.append(guard.forms >= WHOLE)
        return super().run(guard, *given, **how)


def test_an_old_golden_has_the_answers_of_many_calls_until_it_is_recorded_anew(upgraded: Project) -> None:
    with upgraded.runner() as real:
        runner = Listening(real)
        checker = Checker(runner.settings, runner)  # type: ignore[arg-type]
        assert checker.check(upgraded.declared()).verdict.outcome is Outcome.MATCH
        assert runner.few == [False]
        regenerator = Regenerator(checker, reason="few calls")
        regenerator.accept(regenerator.prepare(upgraded.declared(), everything=True))
        assert runner.few[1] is False
        assert all(runner.few[2:])
        assert upgraded.golden().asked == QUESTIONS
        assert checker.check(upgraded.declared()).verdict.outcome is Outcome.MATCH
        assert runner.few[-1]


def with_rows(record: Record) -> Record:
    """A fake contract, and one row of zeros more in every table of probes."""

    def longer(o: Observation) -> Observation:
        rows = o.value.rows or ()
        if o.file != "probes" or "zero x #0" not in rows:
            return o
        value = o.value.take_rows([*range(len(rows)), rows.index("zero x #0")])
        return replace(o, value=replace(value, rows=(*rows, "zero x #99")))

    return newer(replace(record, observations=tuple(longer(o) for o in record)), FAKE)


def test_recording_adds_what_is_new_and_touches_nothing_else(upgraded: Project) -> None:
    before = upgraded.golden()
    assert before.mlguard == FIRST_RELEASE
    # What was accepted keeps its digits, also where today's run differs within the tolerance.
    off = lambda o: (o.value.is_float and replace(o, value=replace(o.value, data=o.value.data * (1 + 1e-12)))) or o  # noqa: E731
    accepted = regen(upgraded, lambda record: with_rows(replace(record, observations=tuple(map(off, record)))))
    assert accepted.proposal is not None
    assert set(accepted.proposal.summary) > {
        "new in this version: probe zero", "new in this version: contract answers are sorted"
    }  # fmt: skip
    after = upgraded.golden().by_key()
    assert upgraded.golden().tolerances == before.tolerances
    for old in before:
        new = after.pop(old.key)
        places = [new.value.rows.index(row) for row in old.value.rows] if new.value.rows and old.value.rows else None
        kept = new.value if places is None else new.value.take_rows(places)
        assert np.array_equal(kept.data, old.value.data) or kept.digest() == old.value.digest(), old.key
    assert FAKE.key in after
    assert all(set(questions_of(o)) - set(ASKED_AT_FIRST) for o in after.values())
    said = list(quiet(compare(upgraded.golden(), with_rows(upgraded.run().record)).findings))
    assert not [line for line in said if "new in this version" in line]


def test_where_nothing_is_new_nothing_is_recorded(upgraded: Project) -> None:
    assert regen(upgraded, lambda record: record).proposal is not None
    assert regen(upgraded, lambda record: record).proposal is None


def test_the_list_marks_what_was_not_asked(old: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlguard.cli.list.QUESTIONS", ASKED_AT_FIRST)
    assert "not asked" not in old.command("list").out
    monkeypatch.setattr("mlguard.cli.list.QUESTIONS", {**ASKED_AT_FIRST, **ASKED})
    assert f"recorded by mlguard {FIRST_RELEASE}: 3 newer questions not asked" in old.command("list").out
    assert old.command("list", "--json").json["guards"][0]["not_asked"] == list(ASKED)[1::-1] + list(ASKED)[2:]
