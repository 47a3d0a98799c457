"""Ten ways in which regression tools were seen to pass what must not pass, and one in which a golden was lost.

Each is named by its number in our survey of such tools; here every one of them is red.
"""

from __future__ import annotations

import numpy as np
import pytest

from mlguard.core.compare import compare
from mlguard.core.outcome import Outcome
from mlguard.core.record import Observation, Record
from mlguard.core.value import numbers
from mlguard.golden.local import LocalStore
from tests.plugin.real import BUG, Real, build

REGEN = ("--regen-golden", "--golden-reason", "first")


def record(**values) -> Record:
    """A Record of predictions."""
    observed = (Observation("predict", name, numbers(np.asarray(value))) for name, value in values.items())
    return Record("Churn", tuple(observed))


def outcome(golden: Record, new: Record) -> Outcome:
    return compare(golden, new).outcome


@pytest.fixture(scope="module")
def recorded(tmp_path_factory) -> Real:
    """A project with a golden."""
    project = build(tmp_path_factory.mktemp("recorded") / "project")
    ran = project.mlguard("regen-golden", "--yes", "--reason", "first")
    assert ran.code == 0, ran.out
    return project


@pytest.fixture
def real(recorded, tmp_path) -> Real:
    return recorded.copy(tmp_path / "project")


def test_the_comparison_can_pass():
    assert outcome(record(a=[1.0, 2.0]), record(a=[1.0, 2.0])) is Outcome.MATCH


class TestS1:
    """A column of the golden is absent from the new result."""

    def test_a_lost_column(self):
        assert outcome(record(a=[1.0], b=[2.0]), record(a=[1.0])) is Outcome.SHIFTED

    def test_an_added_column(self):
        assert outcome(record(a=[1.0]), record(a=[1.0], b=[2.0])) is Outcome.MISSING


class TestS2:
    """A double-precision golden, and a result of another type with the same values."""

    @pytest.mark.parametrize("dtype", ["float32", "float16", "int8", "complex128"])
    def test_another_type(self, dtype):
        golden = np.array([1.0, 2.0, 3.0])
        assert outcome(record(a=golden), record(a=golden.astype(dtype))) is Outcome.SHIFTED


class TestS3:
    """A five-fold change at 1e-9, swallowed by an absolute tolerance."""

    def test_small_values_that_grow(self):
        assert outcome(record(a=[1e-9, 2e-9]), record(a=[5e-9, 10e-9])) is Outcome.SHIFTED

    def test_a_single_one(self):
        assert outcome(record(a=1e-9), record(a=5e-9)) is Outcome.SHIFTED


class TestS4:
    """A missing golden, written by the first attempt, so that the second one passes."""

    def test_reruns_of_a_guard_without_golden(self, tmp_path):
        project = build(tmp_path / "project")
        ran = project.pytest("--reruns", "2", plugins=("pytest_rerunfailures",))
        assert ran.code == 1
        assert "6 failed, 12 rerun" in ran.out
        assert project.golden() == {}
        assert project.pytest().code == 1, "nor does a second run find what the first one left"


class TestS5:
    """Two parametrisations, or two checks in one test, share a file: the last writer wins."""

    NAMES = (
        "Churn[x-y]",
        "Churn[x_y]",
        "Churn[x y]",
        "Churn[x/y]",
        "Churn[x:y]",
        "Churn",
        "tests/test_x.py::test_x[x-y]",
    )

    def test_every_name_has_a_golden_of_its_own(self, tmp_path):
        store = LocalStore(tmp_path / "golden", tmp_path)
        for position, name in enumerate(self.NAMES):
            store.save(Record(name, (Observation("predict", "a", numbers(np.array(float(position)))),)))
        found = [store.load(name).observations[0].value.element(0) for name in self.NAMES]
        assert found == [float(position) for position in range(len(self.NAMES))]

    def test_two_notes_of_one_name_in_one_test(self, real):
        test = "def test_two(guard):\n    guard.note('a', 1)\n    guard.note('a', 2)\n"
        real.write("tests/test_two.py", test)
        assert real.pytest(*REGEN, "tests/test_two.py").code == 0
        assert real.pytest("tests/test_two.py").code == 0
        for old, new in (("'a', 1", "'a', 3"), ("'a', 2", "'a', 3")):
            real.write("tests/test_two.py", test.replace(old, new))
            assert real.pytest("tests/test_two.py").code == 1

    def test_two_guards_of_one_name(self, real):
        real.write("tests/guards/test_twin.py", (real.root / "tests/guards/test_prices.py").read_text())
        before = real.golden()
        ran = real.pytest(*REGEN, "tests/guards/test_twin.py")
        assert ran.code == 1
        assert "would share a golden" in ran.out
        assert real.golden() == before


class TestS6:
    """An element in the middle of a long array, which a shortened text does not show."""

    def test_one_of_two_thousand(self, tmp_path):
        values = np.linspace(0, 1, 2000)
        store = LocalStore(tmp_path / "golden", tmp_path)
        store.save(record(a=values))
        moved = values.copy()
        moved[1000] += 0.5
        golden = store.load("Churn")
        assert outcome(golden, record(a=values)) is Outcome.MATCH
        assert outcome(golden, record(a=moved)) is Outcome.SHIFTED
        assert compare(golden, record(a=moved)).moves()[0].difference.moved == 1


class TestS7:
    """A comparison that passes because there is no golden, or because comparing it raised."""

    def test_nothing_to_compare_with(self):
        assert outcome(Record("Churn", ()), Record("Churn", ())) is Outcome.MISSING
        assert outcome(Record("Churn", ()), record(a=[1.0])) is Outcome.MISSING

    def test_a_guard_whose_golden_is_gone(self, real):
        LocalStore(real.root / "golden", real.root).delete("Prices")
        assert real.pytest().code == 1
        assert real.outcome()[0] == "missing"

    def test_a_golden_that_cannot_be_read(self, real):
        (real.root / "golden/Prices/record.json").write_text('{"format": ')
        assert real.pytest().code == 1
        assert real.outcome()[0] == "corrupt"

    def test_a_test_that_turns_the_verdict_round_does_not_pass(self, real):
        real.write(
            "tests/test_turned.py",
            "import pytest\n@pytest.mark.xfail(strict=False)\ndef test_turned(guard): assert not guard.note('a', 1)\n",
        )
        ran = real.pytest("tests/test_turned.py")
        assert "1 xfailed" in ran.out
        assert "passed" not in ran.out


class TestS8:
    """Whole numbers within a tolerance for floats, truth that equals one, shapes that broadcast, types unseen."""

    @pytest.mark.parametrize(
        ("golden", "new"),
        [
            (np.array([1000000]), np.array([1000001])),
            (np.array([2**53]), np.array([2**53 + 1])),
            (np.array([1]), np.array([True])),
            (np.array([1.0]), np.array([True])),
            (np.ones((5, 3)), np.ones((1, 3))),
            (np.ones((5, 3)), np.ones((3, 5))),
            (np.ones(3), np.ones((3, 1))),
            (np.array([1, 2]), np.array([1.0, 2.0])),
        ],
        ids=["large", "2**53", "true", "true float", "broadcast", "turned", "column", "type"],
    )
    def test_what_only_looks_equal(self, golden, new):
        assert outcome(record(a=golden), record(a=new)) is Outcome.SHIFTED


class TestS9:
    """Everything passes unless an option is given, and small shifts vanish in the digits of the file."""

    def test_no_option_is_needed(self, real):
        real.edit("shop.py", 'model["offset"])', 'model["offset"] + 100)')
        assert real.pytest().code == 1
        assert real.mlguard("check").code == 1

    @pytest.mark.parametrize("shift", [1e-7, 3e-7])
    def test_small_shifts_survive_the_file(self, tmp_path, shift):
        store = LocalStore(tmp_path / "golden", tmp_path)
        values = np.array([0.1, 0.2, 0.3])
        store.save(record(a=values))
        assert outcome(store.load("Churn"), record(a=values * (1 + shift))) is Outcome.SHIFTED

    def test_every_bit_survives_the_file(self, tmp_path):
        store = LocalStore(tmp_path / "golden", tmp_path)
        values = np.array([0.1 + 0.2, np.nextafter(1.0, 2.0), 5e-324, -0.0, np.pi])
        store.save(record(a=values))
        loaded = store.load("Churn").observations[0].value.data
        assert loaded.tobytes() == values.tobytes()


class TestS10:
    """A variable set to "0" that accepts."""

    @pytest.mark.parametrize("value", ["0", "false"])
    def test_no_variable_accepts(self, real, value):
        real.edit("shop.py", *BUG)
        before = real.golden()
        told = dict.fromkeys(("CI", "MLGUARD_REGEN", "MLGUARD_ACCEPT", "REGEN_GOLDEN"), value)
        assert real.pytest("--guard-quick", **told).code == 1
        assert real.golden() == before

    @pytest.mark.parametrize(("value", "refused"), [("0", False), ("false", False), ("", False), ("true", True)])
    def test_only_a_true_value_says_that_it_is_ci(self, real, value, refused):
        ran = real.pytest(*REGEN, "--collect-only", CI=value)
        assert (ran.code == 4) is refused, ran.out
        ran = real.mlguard("regen-golden", "Absent", "--yes", "--reason", "x", CI=value)
        assert ("refused in CI" in ran.out) is refused
        assert ran.code == 2


class TestS11:
    """An update deletes the golden of a test that raised before its comparison."""

    def test_a_guard_that_raises_in_training(self, real):
        real.edit("shop.py", 'size, price = rows["size"]', 'size, price = rows["sizes"]')
        before = real.golden()
        assert real.pytest(*REGEN).code == 1
        assert real.golden() == before
        assert real.mlguard("regen-golden", "--yes", "--all", "--reason", "x").code == 5
        assert real.golden() == before
        assert real.mlguard("prune", "--yes").code in (0, 5)
        assert real.golden() == before

    def test_a_module_that_cannot_be_imported(self, real):
        real.edit("tests/guards/test_prices.py", "import shop", "import shop, absent")
        before = real.golden()
        assert real.pytest(*REGEN).code != 0
        assert real.mlguard("prune", "--yes").code != 0
        assert real.golden() == before
