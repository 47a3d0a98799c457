"""A generator script runs on its own, and importing what it needs stays cheap."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import pandas as pd
from mlguard import run_script, settle

def make(rng, rows=3):
    return pd.DataFrame({"x": settle(rng.uniform(size=rows), 3)})

if __name__ == "__main__":
    run_script(__file__)
"""


@pytest.fixture
def run(tmp_path):
    (tmp_path / "toy.py").write_text(SCRIPT)

    def call(*args):
        command = [sys.executable, "toy.py", *args]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    return call


def test_a_script_writes_its_dataset(run, tmp_path):
    done = run("--seed", "3", "--rows", "5", "--format", "jsonl", "--out-dir", "out")
    assert done.returncode == 0, done.stderr
    assert "5 x 1" in done.stdout
    assert sorted(p.name for p in (tmp_path / "out" / "toy").iterdir()) == ["manifest.json", "rows.jsonl"]


def test_a_script_explains_errors_and_exits_as_commands_do(run, tmp_path):
    (tmp_path / "datasets").write_text("in the way")
    done = run()
    assert done.returncode == 5
    assert "was not written" in done.stderr
    assert "Traceback" not in done.stderr


def test_settling_needs_no_pandas():
    code = "import sys; from mlguard import settle, run_script; settle(0.5); print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
