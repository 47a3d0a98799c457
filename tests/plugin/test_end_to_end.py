"""Real guards under real runs of pytest: each test states what is changed, what is run and what comes of it."""

from __future__ import annotations

import json
import re

import pytest

from tests.plugin.real import BUG, Real, build

NODE = "tests/guards/test_prices.py::Prices"
REGEN = ("--regen-golden", "--golden-reason", "first")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory) -> Real:
    """A project whose golden was recorded by pytest."""
    project = build(tmp_path_factory.mktemp("real") / "project")
    ran = project.pytest(*REGEN)
    assert ran.code == 0, ran.out
    assert "Prices: recorded, " in ran.out
    return project


@pytest.fixture
def real(recorded, tmp_path) -> Real:
    return recorded.copy(tmp_path / "project")


def test_unchanged_code_passes_and_the_command_agrees(real):
    before = real.golden()
    ran = real.pytest("-v")
    assert ran.code == 0, ran.out
    assert ran.out.count("PASSED") == 6
    assert "1 guard: 1 match" in ran.out
    assert real.mlguard("check").code == 0
    assert real.golden() == before


def test_modules_of_the_project_can_be_imported_as_by_the_command(real):
    ran = real.pytest("--collect-only", "-q", python=("-P",))  # Without the working directory, as `pytest` alone runs.
    assert ran.code == 0, ran.out
    assert f"{NODE}::predict" in ran.out


def test_a_planted_bug_fails_at_its_stage_and_the_command_says_the_same(real):
    before = real.golden()
    real.edit("shop.py", *BUG)
    ran = real.pytest("-v")
    assert ran.code == 1
    for stage, word in (("split", "PASSED"), ("train", "PASSED"), ("predict", "FAILED"), ("evaluate", "FAILED")):
        assert f"{NODE}::{stage} {word}" in ran.out
    assert real.outcome() == ("shifted", "predict")
    assert "dataset, split and contracts hold, predict moved" in ran.out
    told = json.loads(real.mlguard("check", "--json").out)
    assert (told["guards"][0]["outcome"], told["guards"][0]["first_moved"]) == ("shifted", "predict")
    assert real.golden() == before


def test_xdist_runs_a_guard_once_and_the_controller_sums_up(real):
    count = '    with open(__import__("os").environ["COUNT"], "a") as file:\n        file.write("trained ")\n'
    real.edit("shop.py", "def train(rows):\n", f"def train(rows):\n{count}")
    real.edit("pyproject.toml", "[tool.mlguard]\n", '[tool.mlguard]\npass_env = "COUNT"\n')
    caches = real.root.parent / ".cache"  # Where no contract looks for what guarded code writes.
    caches.mkdir()
    alone, both = caches / "alone", caches / "both"
    log = ("--log-file", str(caches / "run.log"), "--log-file-level=INFO")
    quick = real.pytest("--guard-quick", *log, COUNT=str(alone))
    assert quick.code == 0, quick.out
    told = re.sub(r"\[\d+\]", "", (caches / "run.log").read_text())
    assert told.count("Prices : train started") == told.count("Prices : train ended, ") == 1
    assert "failed" not in quick.out
    ran = real.pytest("-n", "2", "--guard-quick", plugins=("xdist.plugin",), COUNT=str(both))
    assert ran.code == 0, ran.out
    assert both.read_text() == alone.read_text()
    assert ran.out.count("1 guard: 1 match") == 1


def test_what_pytest_changes_in_its_own_process_does_not_reach_a_guard(real):
    real.write(
        "tests/conftest.py",
        """
import os
import pytest
import shop
os.environ["PRICE"] = "conftest"
@pytest.fixture(autouse=True, scope="session")
def cheaper():
    patch = pytest.MonkeyPatch()
    patch.setattr(shop, "predict", lambda model, rows: rows["size"] * 0.0)
    patch.setenv("PRICE", "fixture")
    yield
    patch.undo()
""",
    )
    real.write(
        "tests/guards/test_a_first.py", "import shop\ndef test_patched(): assert shop.predict(1, {'size': 2}) == 0\n"
    )
    real.edit(
        "shop.py",
        "def predict(model, rows):\n",
        "def predict(model, rows):\n    assert 'PRICE' not in __import__('os').environ\n",
    )
    ran = real.pytest()
    assert ran.code == 0, ran.out
    assert "7 passed" in ran.out


def test_coverage_is_measured_in_workers(real):
    ran = real.pytest("--cov=shop", "--cov-report=json:cov.json", plugins=("pytest_cov",))
    assert ran.code == 0, ran.out
    found = json.loads((real.root / "cov.json").read_text())["files"]["shop.py"]
    assert found["missing_lines"] == []


def test_a_crash_in_training_fails_every_item_and_records_nothing(real):
    before = real.golden()
    real.edit("shop.py", 'size, price = rows["size"]', 'size, price = rows["sizes"]')
    ran = real.pytest(*REGEN)
    assert ran.code == 1
    assert "6 failed" in ran.out
    assert "KeyError: 'sizes'" in ran.out
    assert 'File "shop.py", line 3, in train' in ran.out
    assert real.golden() == before


def test_recording_accepts_a_shift_and_says_what_moved(real):
    before = real.golden()
    real.edit("shop.py", *BUG)
    ran = real.pytest("--regen-golden", "--golden-reason", "dearer", f"{NODE}::predict")
    assert ran.code == 0, ran.out
    assert "mean " in ran.out
    assert real.golden() != before
    assert "dearer" in (real.root / "golden/Prices/record.json").read_text()
    assert real.pytest().code == 0


def test_recording_does_not_hide_a_requirement_that_is_violated(real):
    real.edit("tests/guards/test_prices.py", "    seeds = (0,)", '    seeds = (0,)\n    require = {"mean": ">= 1000"}')
    ran = real.pytest("--regen-golden", "--golden-reason", "no matter")
    assert ran.code == 1
    assert real.outcome()[0] == "violated"


def test_in_process_the_same_guard_passes_and_a_breakpoint_can_be_reached(real):
    real.edit(
        "shop.py",
        "def predict(model, rows):\n",
        "def predict(model, rows):\n    __import__('sys').stderr.write('here ')\n",
    )
    ran = real.pytest("--guard-in-process", "-s")
    assert ran.code == 0, ran.out
    assert "here " in ran.out
    assert "nothing can be recorded" in ran.out
