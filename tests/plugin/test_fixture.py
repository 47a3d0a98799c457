"""The fixture `guard`: values of an ordinary test against the golden under its node id."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from _pytest._code.code import TracebackEntry

from tests.repository import git

REGEN = ("--regen-golden", "--golden-reason", "first")
TEST = """
import mlguard
import numpy as np

def test_sims(guard):
    guard.note("sims", np.array([SIMS, 0.5]))
    mlguard.note("pairs", [["a", 1], ["b", 2]])
    guard.note("sizes", {"users": 3}, stage="train")
"""
GOLDEN = "golden/tests/test_sims.py/test_sims/record.json"


@pytest.fixture
def noted(small):
    """A project whose one test has a golden."""
    small.write("tests/guards/test_shop.py", "")
    small.write("tests/test_sims.py", TEST.replace("SIMS", "0.25"))
    assert small.run(*REGEN).code == 0
    return small


def files(project):
    return {file: file.read_bytes() for file in (project.root / "golden").rglob("*") if file.is_file()}


def test_recorded_under_the_node_id_it_passes_afterwards(noted):
    assert (noted.root / GOLDEN).is_file()
    before = files(noted)
    assert noted.run().code == 0
    assert noted.run(*REGEN).code == 0
    assert files(noted) == before, "what matches is not written again"


def test_tests_that_note_values_need_no_folder_of_guards(small):
    (small.root / "tests/guards/test_shop.py").unlink()
    (small.root / "tests/guards").rmdir()
    small.write("tests/test_sims.py", TEST.replace("SIMS", "0.25"))
    assert small.run("tests/test_sims.py", *REGEN).code == 0
    assert small.run().code == 0


def test_recording_is_told(small):
    small.write("tests/test_sims.py", TEST.replace("SIMS", "0.25"))
    tried = small.run("tests/test_sims.py", *REGEN)
    assert "tests/test_sims.py::test_sims: recorded, " in tried.text
    assert "first golden: " in tried.text


def test_what_moved_fails_in_full_and_can_be_accepted(noted):
    noted.write("tests/test_sims.py", TEST.replace("SIMS", "0.26"))
    tried = noted.run("--junitxml=report.xml")
    assert tried.outcomes == {"tests/test_sims.py::test_sims": "failed"}
    told = tried.section("test_sims")
    assert "shifted, first moved in stage predict" in told
    assert "0.25 -> 0.26" in told
    assert 'pytest "tests/test_sims.py::test_sims" --regen-golden' in told
    assert "mlguard/plugin" not in told
    assert 'name="outcome" value="shifted"' in (noted.root / "report.xml").read_text()
    assert noted.run("--regen-golden", "--golden-reason", "meant").code == 0
    assert noted.run().code == 0
    assert '"meant"' in (noted.root / GOLDEN).read_text()


def test_pytest_reads_no_source_for_a_traceback_that_nobody_sees(noted, monkeypatch):
    """Reading ours takes longer than comparing the values of a small test."""
    read = []
    monkeypatch.setattr(TracebackEntry, "getsource", lambda entry, *rest: read.append(Path(entry.path).name))
    noted.write("tests/test_sims.py", TEST.replace("SIMS", "0.26"))
    assert noted.run().outcomes == {"tests/test_sims.py::test_sims": "failed"}
    assert read == []
    noted.write("tests/test_sims.py", "def test_sims():\n    assert False\n")
    noted.run("tests/test_sims.py")
    assert read == ["test_sims.py"]


def test_a_damaged_golden_is_recorded_against_the_one_that_git_has(noted):
    git(noted.root, "init", "-q")
    git(noted.root, "add", "golden")
    git(noted.root, "commit", "-qm", "first")
    (noted.root / GOLDEN).write_bytes((noted.root / GOLDEN).read_bytes().replace(b"0.25", b"0.75"))
    noted.write("tests/test_sims.py", TEST.replace("SIMS", "0.26"))
    assert "was changed after it was accepted" in noted.run().text
    tried = noted.run("--regen-golden", "--golden-reason", "mended")
    assert "against the committed golden (" in tried.text
    assert "0.25 -> 0.26" in tried.text
    assert noted.run().code == 0
    assert [reason in (noted.root / GOLDEN).read_text() for reason in ('"first"', '"mended"')] == [True, True]


def test_a_junit_report_keeps_the_tests_own_properties(noted):
    test = TEST.replace("SIMS", "0.26").replace(
        "(guard):\n", "(guard, record_property):\n    record_property('mine', 1)\n"
    )
    noted.write("tests/test_sims.py", test)
    noted.run("--junitxml=report.xml")
    names = [entry.get("name") for entry in ElementTree.parse(noted.root / "report.xml").iter("property")]
    assert names == ["mine", "guard", "outcome", "first_moved", "max_scaled"]


def test_the_smallest_move_within_the_tolerance_passes(noted):
    noted.write("tests/test_sims.py", TEST.replace("SIMS", "0.25 + 1e-15"))
    assert noted.run().code == 0


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("    guard.note('sims', np.array([0.25, 0.5]))", "was not observed"),
        (TEST.partition("\n    ")[2].replace("SIMS", "0.25") + "    guard.note('new', 1)", "missing"),
        ("    pass", "noted nothing"),
    ],
    ids=["fewer", "more", "none"],
)
def test_fewer_more_or_no_values_are_never_a_pass(noted, body, told):
    import re

    noted.write(
        "tests/test_sims.py", f"import mlguard\nimport numpy as np\ndef test_sims(guard):\n    {body.strip()}\n"
    )
    tried = noted.run()
    assert tried.outcomes == {"tests/test_sims.py::test_sims": "failed"}
    assert re.search(told, tried.section("test_sims")), tried.section("test_sims")


def test_without_a_golden_it_fails_however_often_it_runs(small):
    small.write("tests/test_sims.py", TEST.replace("SIMS", "0.25"))
    tried = small.run("tests/test_sims.py", "-p", "pytest_rerunfailures", "--reruns", "2")
    assert tried.code == 1
    assert "has no golden: nothing was compared" in tried.section("test_sims")
    assert not (small.root / "golden").exists()


def test_a_golden_that_cannot_be_trusted_fails_and_can_be_recorded_anew(noted):
    (noted.root / GOLDEN).write_text("<<<<<<< HEAD\n")
    tried = noted.run()
    assert tried.code == 1
    assert "corrupt" in tried.section("test_sims")
    assert noted.run(*REGEN).code == 0
    assert noted.run().code == 0


def test_a_test_that_fails_records_nothing_and_loses_nothing(noted):
    before = files(noted)
    noted.write("tests/test_sims.py", TEST.replace("SIMS", "0.9") + "    raise ValueError('later')\n")
    tried = noted.run(*REGEN)
    assert tried.code == 1
    assert "ValueError: later" in tried.text
    assert files(noted) == before


def test_notes_hold_the_value_of_their_moment(small):
    small.write(
        "tests/test_loop.py",
        """
import numpy as np
def test_loop(guard):
    weights = np.zeros(2)
    for _ in range(3):
        weights += 1
        guard.note("weights", weights)
""",
    )
    assert small.run("tests/test_loop.py", *REGEN).code == 0
    golden = (small.root / "golden/tests/test_loop.py/test_loop/record.json").read_text()
    assert all(f'"weights{suffix}"' in golden for suffix in ("", "#2", "#3"))
    assert "1.0, 1.0" in golden.replace("\n", " ") or "1.0,1.0" in golden


def test_parameters_that_differ_only_in_case_are_refused(small):
    small.write(
        "tests/test_case.py",
        "import pytest\n@pytest.mark.parametrize('v', ['x', 'X'])\ndef test_case(guard, v): guard.note('v', v)\n",
    )
    tried = small.run("tests/test_case.py", *REGEN)
    assert tried.code == 1
    assert "would share a golden" in tried.text
    assert not (small.root / "golden").exists()


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("guard.note('', 1)", "a note needs a name"),
        ("guard.note('x', 1, stage='fit')", "known are dataset, split"),
        ("guard.note('x', {})", "holds nothing to compare"),
    ],
)
def test_what_cannot_be_noted_is_said(small, call, told):
    small.write("tests/test_bad.py", f"def test_bad(guard): {call}\n")
    tried = small.run("tests/test_bad.py", *REGEN)
    assert tried.code == 1
    assert told in tried.text


def test_without_a_project_it_fails(small):
    small.write("pyproject.toml", "[project]\nname = 'shop'\n")
    small.write("tests/test_sims.py", TEST.replace("SIMS", "0.25"))
    tried = small.run("tests/test_sims.py")
    assert "no [tool.mlguard]" in tried.section("test_sims")


def test_a_fixture_of_the_users_own_wins(small):
    small.write("tests/conftest.py", "import pytest\n@pytest.fixture\ndef guard(): return 'mine'\n")
    small.write("tests/test_mine.py", "def test_mine(guard): assert guard == 'mine'\n")
    assert small.run("tests/test_mine.py").code == 0


def test_what_the_tested_code_notes_is_heard(noted):
    assert '"pairs[0]' in (noted.root / GOLDEN).read_text()
    noted.write("tests/test_sims.py", TEST.replace("SIMS", "0.25").replace('["b", 2]', '["b", 3]'))
    assert noted.run().code == 1


def test_what_belongs_to_the_session_is_looked_at_once_however_many_tests_note(small, monkeypatch):
    from mlguard.golden import naming
    from mlguard.runner import imported

    looks = {"collisions": 0, "distributions": 0}

    def counted(module, name):
        ordinary = getattr(module, name)

        def count(*arguments):
            looks[name] += 1
            return ordinary(*arguments)

        monkeypatch.setattr(module, name, count)

    small.write("tests/guards/test_shop.py", "")
    small.write(
        "tests/test_many.py",
        "import pytest\n@pytest.mark.parametrize('n', range(12))\ndef test_it(guard, n): guard.note('n', n)\n",
    )
    counted(naming, "collisions")
    counted(imported, "distributions")
    assert small.run("tests/test_many.py", *REGEN).code == 0
    assert looks["distributions"] >= 1
    assert looks["collisions"] == 1
    assert len(small.run("tests/test_many.py").outcomes) == 12
    assert looks["distributions"] <= 3, "once, and again where a module was loaded meanwhile"
    assert looks["collisions"] == 2
