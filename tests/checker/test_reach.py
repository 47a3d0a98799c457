"""What differs from a commit or the index reaches whatever looked at it, and leaves alone what did not."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import mlguard
from mlguard.checker.reach import Reach
from mlguard.files.facts import LISTINGS, Question, answer
from mlguard.runner.differing import Differing, since, unstaged
from mlguard.runner.repository import Repository
from mlguard.settings import load
from mlguard.worker.depends import Depends
from mlguard.worker.pool import Workers
from tests.checker.skipping import NAMES, PLACES, Trial
from tests.repository import Repository as Real

OF_TIME = (Question.STATE, Question.OWN, Question.ENTRIES, Question.STAMP)
"""Questions whose answer holds times, which git does not keep."""

LOOKS = (*PLACES, "", "data/../line.py", "data/link/../a.csv", "link/model.py", "shop/model.py/below", "link/link/x")


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers() as opened:
        yield opened


class Edits(Trial):
    """Random edits of a project in a repository; nothing is run there."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root, self.random = root.resolve(), random.Random(seed)
        for name in self.random.sample(NAMES, 14):
            if not (self.root / name).is_dir():
                self._put(name)
        self.edit(3)

    def edit(self, times: int) -> list[str]:
        """Edit it; no folder is left empty, since git has none."""
        done = [self._edit() for _ in range(times)]
        for folder, _, _ in os.walk(self.root, topdown=False):
            if not os.listdir(folder) and folder != str(self.root):
                os.rmdir(folder)
        return done

    def answers(self) -> dict[tuple[Question, str], str]:
        """All that can be asked of each place."""
        asked = [question for question in Question if question not in OF_TIME]
        looks = [os.path.join(self.root, look) for look in LOOKS]
        return {(question, look): answer(question, look) for question in asked for look in looks}


@pytest.mark.parametrize("against", ["a commit", "the index"])
@pytest.mark.parametrize("seed", range(5))
def test_whatever_was_told_something_else_is_reached(workers: Workers, tmp_path: Path, against: str, seed: int):
    real = Real(tmp_path, files={})
    settings = load(real.top)
    project = Edits(real.top, seed)
    for _ in range(3):
        real.git("add", "--all")
        if against == "a commit":
            real.commit("State")
        before = project.answers()
        edits = project.edit(project.random.randint(1, 3))
        repository = Repository.around(real.top, workers)
        differs = unstaged(repository) if against == "the index" else since(repository, repository.commit("HEAD"), "")
        reach = Reach(settings, differs)
        for (question, path), now in project.answers().items():
            if now != before[question, path]:
                looked = Depends({question: {path: ""}})
                assert reach.reason(looked) is not None, f"{question} {path} after {edits}: {differs}"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("docs/a.md", "shop/__init__.py", "data/a.csv", "golden/Churn/record.json", "pyproject.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("[tool.mlguard]\n" if name.endswith("toml") else "")
    return tmp_path.resolve()


def reached(
    root: Path, question: Question, look: str, *, edited: Sequence[str] = (), listed: dict[str, bool] | None = None
) -> bool:
    """Whether one look is reached by these differences."""
    places = {str(root / name): leads for name, leads in (listed or {}).items()}
    differing = Differing("main", frozenset(str(root / name) for name in edited), places)
    return Reach(load(root), differing).reason(Depends({question: {str(root / look): ""}})) is not None


@pytest.mark.parametrize("question", Question)
def test_what_nobody_looked_at_reaches_nothing(root: Path, question: Question):
    assert not reached(root, question, "data/a.csv", edited=["docs/a.md", "data/b.csv"], listed={"data/new": False})
    assert not reached(root, question, "data", listed={"datasets": True, "datasets/a.csv": False})
    assert reached(root, question, "data/a.csv", edited=["data/a.csv"])
    assert reached(root, question, "data/a.csv", listed={"data": True})


SHOWN = {
    "NEW.md": (set(LISTINGS) - {Question.MODULES, Question.FOLDERS}),
    "new.py": set(LISTINGS) - {Question.FOLDERS},
    "new": set(LISTINGS),
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_listing_is_reached_by_names_that_it_shows(root: Path, name: str):
    shown = {question for question in LISTINGS if reached(root, question, ".", listed={name: "." not in name})}
    assert shown == SHOWN[name]
    assert not any(reached(root, q, "data", listed={name: True}) for q in LISTINGS)


def test_a_listing_shows_contents_only_where_it_has_their_state(root: Path):
    shown = {question for question in LISTINGS if reached(root, question, "data", edited=["data/a.csv"])}
    assert shown == {Question.ENTRIES}


def test_what_makes_a_package_shows_one_folder_higher(root: Path):
    assert reached(root, Question.MODULES, ".", listed={"shop/__init__.py": False})
    assert not reached(root, Question.NAMES, ".", listed={"shop/__init__.py": False})
    assert not reached(root, Question.MODULES, ".", listed={"shop/more.py": False})


def test_links_are_followed_to_the_place_and_each_is_looked_at(root: Path):
    (root / "now").symlink_to("data")
    (root / "latest").symlink_to("now/a.csv")
    for differs in ("latest", "now", "data/a.csv"):
        assert reached(root, Question.CONTENT, "latest", listed={differs: True}), differs
        assert reached(root, Question.CONTENT, "docs/../latest", listed={differs: True}), differs
    assert not reached(root, Question.CONTENT, "latest", listed={"docs/b.md": True})
    (root / "ring").symlink_to("ring")
    assert reached(root, Question.CONTENT, "ring/x", edited=["docs/a.md"])
    (root / "golden/Churn/record.json").unlink()
    (root / "golden/Churn").rmdir()
    (root / "golden/Churn").symlink_to("Churn")
    assert reason(root, "docs/a.md") == "docs/a.md differs from main"


def reason(root: Path, *edited: str, doubts: tuple[str, ...] = (), guard: str | None = "Churn") -> str | None:
    differing = Differing("main", frozenset(str(root / name) for name in edited))
    return Reach(load(root), differing).reason(Depends(doubts=doubts), guard)


def test_what_reaches_every_guard(root: Path):
    assert reason(root, "docs/a.md") is None
    for name in ("pyproject.toml", "pytest.ini", "tox.ini", "setup.cfg", ".gitattributes", "data/.gitattributes"):
        assert reason(root, name) == f"{name} differs from main"
    own = os.path.join(os.path.dirname(mlguard.__file__), "core", "record.py")
    assert reason(root, own) is not None
    assert reason(root, "docs/pyproject.toml") is None


def test_the_golden_of_a_guard_counts_and_that_of_another_does_not(root: Path):
    assert reason(root, "golden/Churn/record.json") == "golden/Churn/record.json differs from main"
    assert reason(root, "golden/Other/record.json") is None
    assert reason(root, "golden/Churn/record.json", guard=None) is None


def test_a_new_or_missing_guard_or_golden_reaches_the_look_for_guards(root: Path):
    (root / "tests/guards").mkdir(parents=True)
    for name in ("tests/guards/more/test_x.py", "golden/Other/record.json", "golden", "tests"):
        differing = Differing("main", listed={str(root / name): False})
        told = Reach(load(root), differing).reason(Depends())
        assert told == f"{name} differs from main"
    assert Reach(load(root), Differing("main", listed={str(root / "tests/x"): False})).reason(Depends()) is None


def test_what_nobody_saw_is_reached_by_any_difference(root: Path):
    doubt = f"it reads {root}{os.sep}x"
    assert reason(root, doubts=(doubt,)) is None
    assert reason(root, "docs/a.md", doubts=(doubt,)) == "it reads x"
