from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mlguard.core.error import UsageError
from mlguard.discovery import Declared, declared, files, guard_classes, load_module, module_name, select
from mlguard.settings import load

MODULE = """
from mlguard import Guard
from shared_guards import Base, Imported

class Second(Base):
    dataset = "b"
    config = [{"a": 1}, {"a": 2}]

class First(Base):
    dataset = "a"
    timeout = 3
    def features(self, model, rows): ...
    def evaluate(self, test, predictions): ...

class NoDataset(Base):
    pass

class Itself(Guard):
    def observe(self, data, notes): ...

Again = First
"""
SHARED = """
from mlguard import Guard

class Base(Guard):
    abstract = True
    dataset = "x"
    def train(self, train): ...
    def predict(self, model, rows): ...

class Imported(Base):
    dataset = "y"
"""


@pytest.fixture(autouse=True)
def imports(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "guards" / "deep").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[tool.mlguard]\nguards = ["guards", "one.py"]\n')
    (tmp_path / "guards" / "test_a.py").write_text(MODULE)
    (tmp_path / "guards" / "shared_guards.py").write_text(SHARED)
    for name in ("one.py", "guards/deep/test_b.py", "guards/conftest.py", "guards/.hidden.py"):
        (tmp_path / name).write_text("")
    for name in (".venv", "__pycache__", "build"):
        (tmp_path / "guards" / name).mkdir()
        (tmp_path / "guards" / name / "test_c.py").write_text("")
    return tmp_path


def found(root: Path) -> list[Declared]:
    file = root / "guards" / "test_a.py"
    return [entry for klass in guard_classes(load_module(file)) for entry in declared(klass, file, root)]


def test_modules_are_found_where_the_settings_say_and_nothing_else_is(root: Path) -> None:
    names = [file.relative_to(root).as_posix() for file in files(load(root))]
    assert names == ["guards/deep/test_b.py", "guards/shared_guards.py", "guards/test_a.py", "one.py"]


def test_places_that_do_not_exist_are_all_named(root: Path) -> None:
    (root / "pyproject.toml").write_text('[tool.mlguard]\nguards = ["nowhere", "guards", "no.py"]\n')
    with pytest.raises(UsageError) as caught:
        files(load(root))
    assert caught.value.message.splitlines()[1:] == [
        "  - `guards` in [tool.mlguard] names nowhere, which does not exist",
        "  - `guards` in [tool.mlguard] names no.py, which does not exist",
    ]


def test_a_module_declares_its_own_guards_in_the_order_of_its_lines(root: Path) -> None:
    guards = found(root)
    assert [guard.ref.name for guard in guards] == ["Second[0]", "Second[1]", "First", "NoDataset", "Itself"]
    first = guards[2]
    assert (first.dataset, first.line, first.options.timeout, first.problems) == ("a", 9, 3, ())
    assert first.stages == ("dataset", "split", "features", "train", "predict", "evaluate", "contracts")
    assert guards[0].stages == ("dataset", "split", "train", "predict", "contracts")
    assert "contracts" not in guards[4].stages


def test_what_is_wrong_with_a_declaration_is_said_in_it(root: Path) -> None:
    (root / "guards" / "test_a.py").write_text(
        "from mlguard import Guard\nclass Churn(Guard):\n    dataset = 'a'\n    config = 'no.yaml'\n    seeds = 1\n"
    )
    (guard,) = found(root)
    assert [problem.partition(": ")[2].split(";")[0] for problem in guard.problems] == [
        "it has no `train`",
        "it has no `predict`",
        "`seeds` must be a tuple of whole numbers from 0 to 2**32 - 1, such as (0, 1, 2), not 1",
        "there is no configuration no.yaml in the project",
    ]


def test_a_module_that_cannot_be_imported_leaves_nothing_behind(root: Path) -> None:
    broken = root / "guards" / "broken.py"
    broken.write_text("1 / 0\n")
    with pytest.raises(ZeroDivisionError):
        load_module(broken)
    assert "broken" not in sys.modules


def test_modules_have_the_names_and_the_path_that_pytest_gives_them(root: Path) -> None:
    (root / "guards" / "__init__.py").write_text("")
    assert module_name(root / "guards" / "test_a.py") == (root, "guards.test_a")
    assert module_name(root / "guards" / "deep" / "test_b.py") == (root / "guards" / "deep", "test_b")
    load_module(root / "guards" / "deep" / "test_b.py", ("/first", "/second"))
    assert sys.path[:3] == [str(root / "guards" / "deep"), "/first", "/second"]


def test_one_module_is_loaded_once(root: Path) -> None:
    file = root / "guards" / "test_a.py"
    assert load_module(file) is load_module(file)


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        ([], ["Second[0]", "Second[1]", "First", "NoDataset", "Itself"]),
        (["First"], ["First"]),
        (["Second"], ["Second[0]", "Second[1]"]),
        (["Second[1]"], ["Second[1]"]),
        (["Second[*]"], ["Second[0]", "Second[1]"]),
        (["*st*"], ["First"]),
        (["[FN]*"], ["First", "NoDataset"]),
        (["Itself", "First", "First"], ["First", "Itself"]),
    ],
)
def test_guards_are_named_exactly_by_class_or_by_glob(names: list[str], chosen: list[str], root: Path) -> None:
    assert [guard.ref.name for guard in select(found(root), names, where="guards")] == chosen


def test_an_exact_name_wins_over_a_glob(root: Path) -> None:
    guards = found(root)
    odd = replace(guards[2], ref=replace(guards[2].ref, name="F*", class_name="F*"))
    assert select([*guards, odd], ["F*"], where="guards") == [odd]


def test_unknown_names_are_all_told_with_the_nearest_ones(root: Path) -> None:
    with pytest.raises(UsageError) as caught:
        select(found(root), ["Frist", "First", "zzz"], where="guards")
    one, two = caught.value.message.splitlines()[1:]
    assert one == "  - no guard 'Frist' in guards; nearest: First"
    assert two.startswith("  - no guard 'zzz' in guards; nearest: Second[0]")
    with pytest.raises(UsageError, match="no guards are declared there"):
        select([], ["x"], where="guards")
