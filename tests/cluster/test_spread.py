"""Runs on a cluster: the same Record as here, from a checkout that is this one, or an error that says what differs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mlguard.checker.check import Checker
from mlguard.cluster.spread import spread
from mlguard.core.error import RunError, UsageError
from mlguard.core.outcome import Outcome
from mlguard.core.record import Record
from mlguard.runner.order import Change, Extent
from mlguard.settings import load
from tests.cluster.beside import Beside, on
from tests.project import CODE, GUARD, Project
from tests.repository import Repository

READING = """\
import line
from mlguard import Guard


class Line(Guard):
    dataset = "tiny"

    def train(self, train):
        with open("weight.txt") as file:
            return line.fit(train, float(file.read()))

    def predict(self, model, rows):
        return line.answer(model, rows)
"""
"""A guard whose model depends on a file that git ignores."""


def facts(record: Record) -> list[tuple[object, ...]]:
    """Everything that a Record holds of what was observed, in order."""
    return [(o.run, o.stage, o.name, o.role, o.value.dtype, repr(o.value.data.tolist())) for o in record]


def copied(project: Project, folder: Path) -> Path:
    """The same checkout on another machine."""
    shutil.copytree(project.root, folder, ignore=shutil.ignore_patterns("golden", ".mlguard"))
    return folder.resolve()


def test_a_run_on_a_node_is_the_run_here(line: Project, tmp_path: Path) -> None:
    here = line.run()
    with on(line.root, copied(line, tmp_path / "node")) as runner:
        there = runner.run(line.declared())
    assert facts(there.record) == facts(here.record)
    assert there.record.provenance.sources == here.record.provenance.sources
    assert there.dataset["rows"].equals(here.dataset["rows"])


@pytest.mark.parametrize("number", [2, 3, 4])
def test_shares_of_a_run_are_the_run(line: Project, number: int) -> None:
    whole = line.run()
    with on(line.root) as runner:
        done = runner.run_in_shares(line.declared(), number)
    assert done.shares == number
    assert facts(done.record) == facts(whole.record)
    assert done.record.provenance.sources == whole.record.provenance.sources
    assert done.record.left_out == frozenset()


def test_a_checkout_that_differs_is_refused_before_anything_runs(at_once: None, tmp_path: Path) -> None:
    project = Repository(tmp_path / "here").project
    other = Project(copied(project, tmp_path / "node"), {})
    other.edit(CODE, "ridge=0.0", "ridge=1.0")
    other.write("new.csv", "nothing that a run has read\n")
    (other.root / GUARD).unlink()
    there = on(project.root, project.root, other.root)
    with pytest.raises(UsageError, match=rf"another {CODE}, {GUARD}; bring it up to date") as refused, there:
        pass
    assert refused.value.slug == "cluster-differs"
    assert "2 problems" not in str(refused.value)


def test_settings_count_without_git(line: Project, tmp_path: Path) -> None:
    other = Project(copied(line, tmp_path / "node"), {})
    other.edit("pyproject.toml", "timeout = 60", "timeout = 50")
    there = on(line.root, other.root)
    with pytest.raises(UsageError, match=r"another pyproject\.toml; bring it up to date"), there:
        pass


def test_a_node_without_the_project_is_named(line: Project, tmp_path: Path) -> None:
    nowhere = on(line.root, tmp_path)
    with pytest.raises(UsageError, match=r"no project at .* give each node the checkout at the same path"), nowhere:
        pass


def test_a_checkout_that_was_edited_meanwhile_gives_no_verdict(line: Project, tmp_path: Path) -> None:
    other = Project(copied(line, tmp_path / "node"), {})
    with on(line.root, other.root) as runner:
        other.edit(CODE, "ridge=0.0", "ridge=1.0")
        seen = Checker(runner.settings, runner).check(line.declared())
    assert (seen.verdict.outcome, seen.verdict.slug) == (Outcome.ERROR, "cluster-differs")
    assert f"guard Line ran with another {CODE} on node " in str(seen.verdict.problem)


def test_a_file_that_git_ignores_counts_where_a_run_has_read_it(at_once: None, tmp_path: Path) -> None:
    project = Repository(tmp_path / "here").project
    project.write(GUARD, READING)
    project.write(".gitignore", "weight.txt\n")
    project.write("weight.txt", "0.0")
    other = Project(copied(project, tmp_path / "node"), {})
    with on(project.root, other.root) as runner:
        assert runner.run(project.declared()).record.provenance.sources["weight.txt"]
        other.write("weight.txt", "1.0")
        with pytest.raises(UsageError, match=r"Line ran with another weight\.txt on node .*:\d+"):
            runner.run(project.declared())


def test_what_guarded_code_raises_on_a_node_is_told_as_here(line: Project) -> None:
    with line.editing(CODE, "    return (model", "    rows['gone']\n    return (model"):
        with pytest.raises(RunError) as here:
            line.run()
        with on(line.root) as runner, pytest.raises(RunError) as there:
            runner.run_in_shares(line.declared(), 2)
    assert (str(there.value), there.value.traceback) == (str(here.value), here.value.traceback)


def test_what_lies_on_this_machine_alone_runs_here(line: Project, tmp_path: Path) -> None:
    cluster = Beside(line.root)
    with spread(load(line.root), cluster) as runner:
        asked = len(cluster.passed)
        other = Project(copied(line, tmp_path / "copy"), {})
        runner.elsewhere(load(other.root)).run(other.declared(), extent=Extent.MAIN)
        assert len(cluster.passed) == asked


def test_a_changed_source_is_no_other_checkout(line: Project) -> None:
    """An audit plants its changes from memory."""
    code = line.root / CODE
    planted = Change(sources={str(code): code.read_text().replace("ridge=0.0", "ridge=9.0")})
    here = line.run(change=planted, extent=Extent.MAIN)
    with on(line.root) as runner:
        there = runner.run(line.declared(), change=planted, extent=Extent.MAIN)
    assert facts(there.record) == facts(here.record)
    assert facts(there.record) != facts(line.run(extent=Extent.MAIN).record)


LEAKS = {
    "from training to training": ("def fit(rows, ridge=0.0):\n", "def fit(rows, ridge=0.0, trained=[]):\n"
                                  "    trained.append(0)\n    ridge = float(len(trained) > 1)\n"),
    "from answering to training": ("def answer(model, rows):\n", "def answer(model, rows, asked=[]):\n"
                                   "    asked.append(0)\n    fit.__defaults__ = (float(len(asked) > 2),)\n"),
}  # fmt: skip
"""Edits that keep state in the process: what is run later there moves, and a share alone might not show it."""


@pytest.mark.parametrize("leak", LEAKS)
def test_state_that_is_kept_between_parts_gives_the_verdict_of_one_process(line: Project, leak: str) -> None:
    with line.editing(CODE, *LEAKS[leak]):
        here = line.check().verdict
        with on(line.root) as runner:
            there = Checker(runner.settings, runner, shares=3).check(line.declared()).verdict
    assert here.outcome in (Outcome.SHIFTED, Outcome.VIOLATED)
    assert (there.outcome, there.findings, there.remarks) == (here.outcome, here.findings, here.remarks)
