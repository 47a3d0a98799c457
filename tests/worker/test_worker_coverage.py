"""What only a worker runs counts as covered under pytest-cov, without any setting of the user's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SHOP = """\
def price(number):
    if number > 1:
        return number * 2
    return number
"""

TEST = """\
from pathlib import Path
import pytest
from mlguard.worker.job import Job
from mlguard.worker.pool import Workers

ROOT = Path(__file__).parent

@pytest.mark.parametrize("zygote", [ZYGOTE])
def test_price(zygote):
    with Workers(use_zygote=zygote) as workers:
        results = [workers.run(Job(f"job:{name}", 3, ROOT, (str(ROOT),), 60)) for name in NAMES]
    assert all(result.forked is zygote for result in results)
    assert [result.value for result in results] == EXPECTED
"""

JOB = """\
import os
def run(payload, progress):
    import shop
    return shop.price(payload)
def run_and_leave(payload, progress):
    import shop
    shop.price(payload)
    os._exit(3)
"""

PATCHED = "[run]\npatch = subprocess, fork, _exit\n"


def covered_lines(root: Path, *arguments: str) -> list[int]:
    """Run pytest under pytest-cov, without a plugin of ours, and return the lines of shop.py that it calls covered."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("COV", "PYTEST_"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:mlguard", *arguments, "--cov-report=json:cov.json"]
    done = subprocess.run(command, cwd=root, env=inherited, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not list(root.glob(".coverage.*")), "every worker's data was combined"
    files = json.loads((root / "cov.json").read_text())["files"]
    return files["shop.py"]["executed_lines"]


def write(root: Path, *, zygote: bool, names: list[str], expected: list[object]) -> None:
    (root / "shop.py").write_text(SHOP)
    (root / "job.py").write_text(JOB)
    text = TEST.replace("ZYGOTE", str(zygote)).replace("NAMES", repr(names)).replace("EXPECTED", repr(expected))
    (root / "test_shop.py").write_text(text)


@pytest.mark.parametrize(
    ("zygote", "arguments"),
    [(False, ["--cov=shop"]), (True, ["--cov=.", "--cov-branch"]), (True, ["--cov"])],
    ids=["spawned", "forked, by folder, branches", "forked, everything"],
)
def test_a_worker_is_measured(tmp_path, zygote, arguments):
    write(tmp_path, zygote=zygote, names=["run"], expected=[6])
    assert covered_lines(tmp_path, *arguments) == [1, 2, 3]


def test_a_worker_that_the_code_ends_is_measured_where_coverage_is_patched(tmp_path):
    (tmp_path / ".coveragerc").write_text(PATCHED)
    write(tmp_path, zygote=True, names=["run_and_leave"], expected=[None])
    assert covered_lines(tmp_path, "--cov=shop") == [1, 2, 3]


def test_a_worker_is_measured_under_xdist(tmp_path):
    write(tmp_path, zygote=True, names=["run"], expected=[6])
    assert covered_lines(tmp_path, "--cov=shop", "-n", "1") == [1, 2, 3]


def test_relative_sources_and_files_mean_the_folder_that_pytest_runs_in(tmp_path):
    (tmp_path / ".coveragerc").write_text("[run]\nrelative_files = true\nsource = .\nomit = job.py\n")
    write(tmp_path, zygote=False, names=["run"], expected=[6])
    assert covered_lines(tmp_path, "--cov") == [1, 2, 3]
