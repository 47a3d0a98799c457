"""What is kept of a match: everything that a later run may depend on, under a key, and nothing that can harm."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

import mlguard.checker.unchanged as module
from mlguard.checker.reach import Reach
from mlguard.checker.unchanged import MATCHED, Standing, Unchanged, forget, places
from mlguard.files.facts import Question, answer
from mlguard.golden.made import remember_made
from mlguard.runner.differing import Differing
from mlguard.settings import load
from mlguard.worker.depends import Depends

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
VARIABLES = {"PATH": "/bin", "SHOP_TOKEN": "a secret"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path.resolve()
    (root / "pyproject.toml").write_text("[tool.mlguard]\n")
    (root / "tests" / "guards").mkdir(parents=True)
    (root / "golden" / "Churn").mkdir(parents=True)
    (root / "golden" / "Churn" / "record.json").write_text("{}")
    (root / "data.csv").write_text("1")
    matched(root)
    return root


def depends(root: Path, *doubts: str) -> Depends:
    looks = [(Question.CONTENT, root / "data.csv"), (Question.KIND, root / ".env")]
    return Depends({question: {str(path): answer(question, str(path))} for question, path in looks}, doubts)


def unchanged(root: Path, now: datetime = NOW, **variables: str) -> Unchanged:
    return Unchanged(load(root), VARIABLES | variables, now=lambda: now)


def matched(root: Path, *doubts: str, guard: str = "Churn", dated: bool = True) -> None:
    kept = unchanged(root)
    kept.keep(guard, depends(root, *doubts), kept.golden(guard), dated=dated)


def standing(root: Path, now: datetime = NOW, guard: str = "Churn", **variables: str) -> Standing:
    return unchanged(root, now, **variables).standings([guard])[guard]


def state_file(root: Path) -> Path:
    return root / ".mlguard" / MATCHED / "Churn.json"


def test_a_guard_of_which_nothing_changed_last_matched_then(root: Path):
    assert standing(root) == Standing("2026-03-01T12:00:00+00:00")
    os.utime(root / "data.csv", (1, 1))
    assert standing(root).when is not None


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a file": (lambda r: (r / "data.csv").write_text("2"), "data.csv changed"),
    "no file": (lambda r: (r / "data.csv").unlink(), "data.csv is gone"),
    "a new file": (lambda r: (r / ".env").touch(), ".env is new"),
    "golden": (lambda r: (r / "golden/Churn/record.json").write_text("{ }"), "its golden changed"),
    "no golden": (lambda r: shutil.rmtree(r / "golden"), "its golden changed"),
    "more golden": (lambda r: (r / "golden/Churn/more.csv").touch(), "its golden changed"),
    "a link for the golden": (
        lambda r: ((r / "golden").rename(r / "other"), (r / "golden").symlink_to("other")),
        "its golden changed",
    ),
    "a link in the golden": (
        lambda r: (
            (r / "golden/Churn/record.json").rename(r / "o"),
            (r / "golden/Churn/record.json").symlink_to(r / "o"),
        ),
        "its golden changed",
    ),
    "settings": (
        lambda r: (r / "pyproject.toml").write_text("[tool.mlguard]\ntimeout = 9\n"),
        "[tool.mlguard] changed",
    ),
    "import path": (
        lambda r: (r / "pytest.ini").write_text("[pytest]\npythonpath = src\n"),
        "[tool.mlguard] changed",
    ),
    "a file that an earlier run wrote": (
        lambda r: remember_made(r, [str(r / "data.csv")]),
        "an earlier run wrote data.csv",
    ),
    "its file": (lambda r: state_file(r).unlink(), "nothing is kept of a match on this machine"),
    "the key": (lambda r: (r / ".mlguard/known/key").write_text("0"), "nothing is kept of a match on this machine"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_makes_a_guard_run(root: Path, change: str):
    edit, why = CHANGES[change]
    edit(root)
    assert standing(root) == Standing(why=why)


def test_what_differs_from_another_state_counts_beside_what_changed(root: Path):
    def against(*edited: str) -> Standing:
        differing = Differing("main", frozenset(str(root / name) for name in edited))
        kept = Unchanged(load(root), VARIABLES, reach=Reach(load(root), differing), now=lambda: NOW)
        return kept.standings(["Churn"])["Churn"]

    assert against("docs.md", "golden/Other/record.json") == against() == standing(root)
    assert against("data.csv") == Standing(why="data.csv differs from main", is_reached=True)
    assert against("golden/Churn/record.json").is_reached
    (root / "data.csv").write_text("2")
    assert against("docs.md") == Standing(why="data.csv changed")
    assert against("data.csv").is_reached
    matched(root, "it uses the network")
    assert against() == Standing(why="it uses the network")
    assert against("docs.md") == Standing(why="it uses the network", is_reached=True)


def test_a_run_that_did_not_match_is_remembered_until_one_does(root: Path):
    state_file(root).unlink()
    memory: dict[str, dict[str, object]] = {}

    def again() -> Unchanged:
        return Unchanged(load(root), VARIABLES, now=lambda: NOW, memory=memory)

    again().remember("Churn", depends(root), again().golden("Churn"), dated=True)
    assert again().standings(["Churn"])["Churn"] == Standing("2026-03-01T12:00:00+00:00", matched=False)
    assert again().read_by("Churn") == {str(root / "data.csv")}
    assert standing(root).why == "nothing is kept of a match on this machine"
    (root / "data.csv").write_text("2")
    assert again().standings(["Churn"])["Churn"] == Standing(why="data.csv changed")
    again().keep("Churn", depends(root), again().golden("Churn"), dated=True)
    assert again().standings(["Churn"])["Churn"].matched
    assert memory == {}


def test_variables_day_version_and_machine_make_a_guard_run(root: Path, monkeypatch: pytest.MonkeyPatch):
    assert standing(root, PATH="/usr/bin").why == "the variable PATH changed"
    assert standing(root, NEW="").why == "the variable NEW changed"
    assert standing(root, now=datetime(2026, 3, 2, tzinfo=UTC)).why == "it last matched on another day (2026-03-01)"
    for name, changed in (
        ("__version__", "9"),
        ("FORMAT", 2),
        ("_machine", lambda: ["other"]),
        ("_stamps", lambda _: []),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, changed)
            assert standing(root).when is None, name
    monkeypatch.setattr(module.sys, "version", "3.99")
    assert standing(root).why == "Python changed"


def test_a_guard_with_a_clock_of_its_own_depends_on_no_day(root: Path):
    matched(root, dated=False)
    assert standing(root, now=datetime(2027, 3, 2, tzinfo=UTC)).when is not None


def test_a_doubt_makes_a_guard_run_each_time(root: Path):
    matched(root, "it uses the network")
    assert standing(root) == Standing(why="it uses the network")


def test_another_guard_has_a_standing_of_its_own(root: Path):
    assert standing(root, guard="Other").when is None
    shutil.copy(state_file(root), state_file(root).with_name("Other.json"))
    shutil.copytree(root / "golden/Churn", root / "golden/Other")
    assert standing(root, guard="Other").when is None


def test_what_was_dropped_is_forgotten(root: Path):
    forget(load(root), "Churn")
    forget(load(root), "Churn")
    assert standing(root).when is None


def test_no_value_of_a_variable_is_written(root: Path):
    assert "SHOP_TOKEN" in state_file(root).read_text()
    assert b"a secret" not in b"".join(p.read_bytes() for p in (root / ".mlguard").rglob("*") if p.is_file())


def edited(**members: object) -> Callable[[Path], object]:
    return lambda file: file.write_text(json.dumps({**json.loads(file.read_text()), **members}))


HOSTILE: dict[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_text(""),
    "cut": lambda file: file.write_text(file.read_text()[:-9]),
    "null": lambda file: file.write_text("null"),
    "a list": lambda file: file.write_text("[]"),
    "deep": lambda file: file.write_text("[" * 100_000),
    "no text": lambda file: file.write_bytes(b"\xff\xfe\0"),
    "large": lambda file: os.truncate(file, 2**40),
    "a folder": lambda file: (file.unlink(), file.mkdir()),
    "a pipe": lambda file: (file.unlink(), os.mkfifo(file)),
    "a link": lambda file: (file.rename(file.with_name("o")), file.symlink_to("o")),
    "a linked folder": lambda file: (file.parent.rename(file.parent.with_name("o")), file.parent.symlink_to("o")),
    "no facts": edited(facts={}, seal=""),
    "no facts, under its old seal": edited(facts={}),
    "facts of another kind": edited(facts=[1]),
    "a seal of another kind": edited(seal=None),
    "a time of another kind": edited(when=1),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_this_machine_did_not_write_counts_as_a_change(root: Path, kind: str):
    HOSTILE[kind](state_file(root))
    assert standing(root).when is None
    assert unchanged(root).guards() is None


def test_the_guards_of_a_project_are_known_until_something_may_declare_another(root: Path):
    def known() -> dict[str, str] | None:
        return unchanged(root).guards()

    assert known() is None
    unchanged(root).keep_guards({"Churn": "tests/guards/a.py"}, depends(root), places(load(root)))
    assert known() == {"Churn": "tests/guards/a.py"}
    for name in ("tests/guards/b.py", "golden/Other/record.json"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).touch()
        assert known() is None
        (root / name).unlink()
    assert known() is not None
    (root / "data.csv").write_text("2")
    assert known() is None
