"""Which guards a round of `mlguard watch` runs, told by the numbers of runs of a guard that nobody really runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from mlguard.checker.unchanged import Unchanged
from mlguard.cli import watching
from mlguard.cli.select import Opened
from mlguard.core.outcome import Outcome
from mlguard.core.verdict import Verdict
from mlguard.discovery import Declared
from mlguard.files.facts import Question, answer
from mlguard.runner.order import Found
from mlguard.runner.run import Runner
from mlguard.worker.depends import Depends
from tests.project import CODE, Project


class Saves:
    """Files that are saved while guards run, round by round, and then Ctrl-C."""

    def __init__(self, folder: Path, rounds: list[list[Path]]) -> None:
        self.folder, self._rounds, self.looked_at = folder, iter(rounds), set[str]()

    def so_far(self) -> list[Path]:
        try:
            return next(self._rounds)
        except StopIteration:
            raise KeyboardInterrupt from None

    def look_at(self, files: set[str], since: int) -> None:
        self.looked_at = files


Watch = Callable[..., list[str]]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project")


@pytest.fixture
def watch(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """Watch while these files are saved, one in each round; the outcomes of the runs of a guard that depends so."""
    monkeypatch.chdir(project.root)
    guard = project.declared()
    with ExitStack() as workers:

        def rounds(*names: str, depends: Depends, outcome: Outcome = Outcome.SHIFTED) -> list[str]:
            ran: list[str] = []

            def checked(opened: Opened, kept: Unchanged, guard: Declared) -> Verdict:
                ran.append(guard.ref.name)
                kept.remember(guard.ref.name, depends, kept.golden(guard.ref.name), dated=False)
                return Verdict(guard.ref.name, outcome, first_moved="predict")

            saves = Saves(project.root, [[project.root / name] for name in names])
            monkeypatch.setattr(watching, "_checked", checked)
            monkeypatch.setattr(
                watching, "look", lambda runner, _: Opened(runner.settings, runner, Found((), {}), (guard,), True)
            )
            with pytest.raises(KeyboardInterrupt):
                watching._Watch((), 1, project.root, saves, workers, as_json=False).rounds()
            return ran

        yield rounds


def reads(project: Project, *doubts: str) -> Depends:
    file = str(project.root / CODE)
    return Depends({Question.CONTENT: {file: answer(Question.CONTENT, file)}}, doubts)


def changed(project: Project, *doubts: str) -> Depends:
    return Depends({Question.CONTENT: {str(project.root / CODE): "what it was"}}, doubts)


def test_a_red_guard_runs_again_only_once_something_changed(
    project: Project, watch: Watch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert watch("README.md", "README.md", depends=reads(project)) == ["Line"]
    shown = capsys.readouterr().out
    assert shown.count("README.md saved: nothing changed that a guard depends on\nLine: shifted, first moved") == 2
    assert watch("README.md", depends=changed(project)) == ["Line", "Line"]


@pytest.mark.parametrize("outcome", [Outcome.SHIFTED, Outcome.MATCH])
def test_what_a_guard_may_have_written_unseen_ends_in_a_pause(
    project: Project, watch: Watch, outcome: Outcome, capsys: pytest.CaptureFixture[str]
) -> None:
    unseen = reads(project, "it starts another program")
    assert watch(*["log.txt"] * 5, depends=unseen, outcome=outcome) == ["Line"] * watching.AGAIN
    assert "log.txt saved: not again Line, whose last run may have written it\n" in capsys.readouterr().out


def test_a_save_of_what_a_guard_reads_is_never_taken_for_its_own(project: Project, watch: Watch) -> None:
    assert watch(*[CODE] * 5, depends=changed(project)) == ["Line"] * 6
    assert watch(*[CODE] * 5, depends=reads(project, "it starts another program")) == ["Line"] * 6


def test_workers_are_new_after_an_upgrade(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    stamps, ended = ["before", "before", "after"], []

    class Noting(Runner):
        def __exit__(self, *raised: Any) -> None:
            ended.append(self.workers)
            super().__exit__(*raised)

    monkeypatch.setattr(watching, "_installed", lambda: [stamps.pop(0)])
    monkeypatch.setattr(watching, "Runner", Noting)
    with ExitStack() as workers:
        watch = watching._Watch((), 1, project.root, Saves(project.root, []), workers, as_json=False)
        first, same, other = (watch._runner().workers for _ in range(3))
        assert first is same is not other
        assert ended == [first]
