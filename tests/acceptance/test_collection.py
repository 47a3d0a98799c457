"""A guard that is declared, and that a run was asked for, is never passed over without a word; nor is its golden."""

from __future__ import annotations

import os
import shutil

import pytest

from mlguard.golden.codec import encode
from mlguard.golden.local import LocalStore
from tests.disk import CHANGING, DiedError
from tests.plugin.real import BUG, Real, build

FILE = "tests/guards/test_prices.py"
HIDDEN = "tests/guards/prices.py"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory) -> Real:
    """A project with a golden."""
    project = build(tmp_path_factory.mktemp("recorded") / "project")
    project.write("tests/unit/test_plain.py", "def test_plain(): pass\n")
    ran = project.mlguard("regen-golden", "--yes", "--reason", "first")
    assert ran.code == 0, ran.out
    return project


@pytest.fixture
def real(recorded, tmp_path) -> Real:
    return recorded.copy(tmp_path / "project")


class TestNotCollected:
    """The file of a guard is renamed, and its code is broken afterwards."""

    @pytest.fixture(autouse=True)
    def hidden(self, real):
        (real.root / FILE).rename(real.root / HIDDEN)
        real.edit("shop.py", *BUG)

    @pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
    def test_a_run_of_everything_fails(self, real, workers):
        ran = real.pytest(*workers, plugins=("xdist.plugin",))
        assert ran.code == 1
        assert f"guard Prices ({HIDDEN}:6) was not collected by pytest" in ran.out
        assert "1 failed, 1 passed" in ran.out

    def test_a_run_of_something_else_passes(self, real):
        assert real.pytest("tests/unit").code == 0


class TestGone:
    """A guard is abstract by accident, or deleted, and an option leaves no guard out."""

    @pytest.mark.parametrize(
        ("old", "new"),
        [("    dataset =", "    abstract = True\n    dataset ="), ("class Prices(Guard)", "class Costs")],
        ids=["abstract", "deleted"],
    )
    def test_its_golden_is_stale(self, real, old, new):
        real.edit(FILE, old, new)
        ran = real.pytest("-m", "not slow", "--ignore=docs", "-k", "not slow", "--deselect=tests/unit/test_plain.py")
        assert ran.code == 1
        assert "golden Prices has no guard" in ran.out


class TestLeftOver:
    """A golden that was being replaced when the process died, and then the old one is checked out again."""

    @pytest.fixture(scope="class")
    def dearer(self, recorded, tmp_path_factory) -> Real:
        """The project with a bug, and a golden of that."""
        project = recorded.copy(tmp_path_factory.mktemp("dearer") / "project")
        project.edit("shop.py", *BUG)
        ran = project.mlguard("regen-golden", "--yes", "--reason", "dearer")
        assert ran.code == 0, ran.out
        return project

    @pytest.fixture(params=[0, 1, 2])
    def left(self, request, recorded, dearer, tmp_path, monkeypatch) -> Real:
        """The code with the bug; its golden was on its way when the process died; the old golden lies there again."""
        project = dearer.copy(tmp_path / "project")
        shutil.rmtree(project.root / "golden/Prices")
        shutil.copytree(recorded.root / "golden/Prices", project.root / "golden/Prices")
        replace, moved = os.replace, iter(range(9))

        def dead(*arguments, **options):
            raise DiedError

        def dying(*arguments, **options):
            if next(moved) >= request.param:
                for call in CHANGING:
                    monkeypatch.setattr(os, call, dead)
                dead()
            replace(*arguments, **options)

        new = goldens(dearer).load("Prices")
        monkeypatch.setattr(os, "replace", dying)
        with pytest.raises(DiedError):
            goldens(project).save(new)
        monkeypatch.undo()
        assert list((project.root / "golden/Prices").glob(".saving-*"))
        shutil.copytree(recorded.root / "golden/Prices", project.root / "golden/Prices", dirs_exist_ok=True)
        return project

    def test_the_visible_golden_decides(self, left, recorded, dearer):
        kept, old, new = (encode(goldens(project).load("Prices")) for project in (left, recorded, dearer))
        assert kept == old != new

    @pytest.mark.parametrize("left", [1], indirect=True)
    def test_the_code_of_the_other_golden_does_not_match(self, left):
        before = left.golden()
        ran = left.mlguard("check", "--quick", CI="1")
        assert ran.code == 1, ran.out
        assert left.golden() == before, "nothing is written in CI"


def goldens(project: Real) -> LocalStore:
    return LocalStore(project.root / "golden", project.root)
