"""What pytest pays for the plugin: almost nothing where no guard is."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"click", "joblib", "numpy", "pandas", "scipy", "sklearn", "yaml"}
MOST = 6
"""Modules of ours that may be loaded without a guard."""

RUN = """
import os, sys
os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
import pytest
code = pytest.main(["-q", "-p", "mlguard.pytest_plugin", "-p", "no:cacheprovider", *sys.argv[1:]])
print("loaded:", *sorted(sys.modules))
sys.exit(code)
"""


def loaded(folder, *args):
    """The modules that a pytest run leaves loaded."""
    ran = subprocess.run([sys.executable, "-c", RUN, *args], cwd=folder, capture_output=True, text=True)
    assert ran.returncode in (0, 5), ran.stdout + ran.stderr
    return ran.stdout.rpartition("loaded:")[2].split()


@pytest.mark.parametrize(
    "test",
    ["def test_plain(): pass", "import mlguard\ndef test_plain(): assert mlguard.__version__", "class Plain: pass"],
    ids=["no mlguard", "the front page", "a class"],
)
def test_without_a_guard_nothing_heavy_is_loaded(tmp_path, test):
    (tmp_path / "test_plain.py").write_text(f"{test}\n")
    modules = loaded(tmp_path)
    assert not {name.partition(".")[0] for name in modules} & HEAVY
    ours = [name for name in modules if name.partition(".")[0] == "mlguard"]
    assert len(ours) <= MOST, ours


def test_collecting_a_guard_loads_no_library_that_trains(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.mlguard]\nguards = ["."]\n')
    guard = 'from mlguard import Guard\nclass Churn(Guard):\n    dataset = "churn"\n    def train(self, rows): pass\n'
    (tmp_path / "test_guard.py").write_text(guard)
    modules = loaded(tmp_path, "--collect-only")
    assert "mlguard.plugin.nodes" in modules
    assert {name.partition(".")[0] for name in modules} & HEAVY <= {"numpy"}
