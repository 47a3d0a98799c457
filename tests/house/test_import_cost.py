"""What starting up costs: nothing heavy for `--help`, nothing heavy for a pytest run without guards."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import mlguard

HEAVY = {"joblib", "numpy", "pandas", "scipy", "sklearn", "torch", "yaml"}


PLACES = [str(Path(mlguard.__file__).parents[1]), *sys.path[1:]]


def loaded(script: str, folder: Path) -> set[str]:
    """The top-level modules that a fresh interpreter holds after a script.

    Without `site`: what an editable install imports to find its package would hide the same import of ours.
    """
    found = f"import sys; sys.path += {PLACES!r}\n"
    report = "\nprint('loaded:', *{name.partition('.')[0] for name in sys.modules})"
    told = [sys.executable, "-S", "-c", found + script + report]
    ran = subprocess.run(told, capture_output=True, text=True, cwd=folder)
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.rpartition("loaded:")[2].split())


def test_the_measure_sees_heavy_libraries(tmp_path: Path) -> None:
    assert {"numpy", "pandas"} <= loaded("import pandas", tmp_path) & HEAVY


@pytest.mark.parametrize("args", [["--help"], ["--version"], ["-h"], ["init", "--help"], ["init", "--dir", "."]])
def test_the_command_line_starts_light(args: list[str], tmp_path: Path) -> None:
    script = f"""
from mlguard.cli.main import main
try:
    main({args!r})
except SystemExit as left:
    assert left.code == 0
"""
    assert not loaded(script, tmp_path) & HEAVY


def test_the_overview_imports_no_command(tmp_path: Path) -> None:
    script = """
import sys
from mlguard.cli.main import COMMANDS, main
try:
    main(["--help"])
except SystemExit:
    pass
ours = {entry.home.partition(":")[0] for entry in COMMANDS.values()}
assert not ours & set(sys.modules), ours & set(sys.modules)
"""
    loaded(script, tmp_path)


def test_the_overview_imports_nothing_that_click_does_not(tmp_path: Path) -> None:
    """Each library here costs `--help` some of its time, though it prints a table and no more."""
    shown = "\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass"
    bare = f"import click\n@click.group()\ndef main():\n    'Nothing.'{shown}"
    ours = loaded(f"from mlguard.cli.main import main{shown}", tmp_path)
    assert ours - loaded(bare, tmp_path) == {"mlguard"}


@pytest.mark.parametrize("module", ["mlguard", "mlguard.pytest_plugin", "mlguard.core.error", "mlguard.settings"])
def test_importing_is_light(module: str, tmp_path: Path) -> None:
    assert not loaded(f"import {module}", tmp_path) & HEAVY


@pytest.mark.parametrize("module", ["mlguard.plugin.shared", "mlguard.plugin.logged"])
def test_reading_what_others_left_loads_nothing_that_checks_or_draws(module: str, tmp_path: Path) -> None:
    """A process that only waits for guards, as xdist's own does, runs none of them."""
    loads = f"""
import sys
import {module}
ours = {{name for name in sys.modules if name.startswith(("mlguard.checker", "mlguard.runner", "mlguard.pages"))}}
assert not ours, ours
"""
    loaded(loads, tmp_path)


def test_a_pytest_run_without_guards_is_light(tmp_path: Path) -> None:
    (tmp_path / "test_plain.py").write_text("def test_plain(): pass\n")
    # Other plugins are kept out: some of them import numpy on their own.
    script = """
import os
os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
import pytest
assert pytest.main(["-q", "-p", "mlguard.pytest_plugin", "-p", "no:cacheprovider"]) == 0
"""
    assert not loaded(script, tmp_path) & HEAVY
