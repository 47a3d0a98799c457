"""Under xdist, tests that share what is made once run in one process."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sharing import shared

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    ("nodeid", "group"),
    [
        ("tests/power/test_power.py::test_refactors_are_quiet[Churn-sorted]", "power Churn"),
        ("tests/power/test_machines.py::test_a_guard_is_quiet_on_another_machine[Churn]", "power Churn"),
        ("tests/power/test_power.py::test_the_tables_are_wide_enough", "tests/power/test_power.py"),
        ("tests/core/test_guard.py::test_a[Churn]", "tests/core/test_guard.py"),
    ],
)
def test_what_is_shared(nodeid: str, group: str) -> None:
    assert shared(nodeid) == group


def test_a_fixture_of_a_module_is_made_once(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    pytester.makeconftest("from tests.conftest import pytest_xdist_make_scheduler")
    pytester.makepyfile("""
        import os
        import pytest

        @pytest.fixture(scope="module")
        def made():
            return os.getpid()

        @pytest.mark.parametrize("number", range(12))
        def test_one(made, number):
            with open("processes", "a") as file:
                file.write(f"{made}\\n")
    """)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.runpytest_subprocess("-n", "2", "-p", "no:mlguard").assert_outcomes(passed=12)
    assert len(set((pytester.path / "processes").read_text().split())) == 1
