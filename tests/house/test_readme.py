"""What the README shows is what happens: help texts and the command that the build runs.

A block below `<!-- output: COMMAND -->` is compared with what the command prints.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys

from tests.house.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^<!-- output: (.+?) -->\n+```\w*\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_the_overview_is_shown() -> None:
    assert "mlguard --help" in [command for command, _ in SHOWN]


def test_help_texts_are_the_real_ones() -> None:
    for command, text in SHOWN:
        program, *args = shlex.split(command)
        assert program == "mlguard"
        told = [sys.executable, "-m", "mlguard", *args]
        ran = subprocess.run(told, capture_output=True, text=True, env={**os.environ, "COLUMNS": "80"})
        assert ran.stdout == text


def test_the_build_runs_the_command_that_the_readme_gives() -> None:
    block = re.search(r"^\{\n    (.+)\n\}", (ROOT / ".ci/run").read_text(encoding="utf-8"), re.MULTILINE)
    assert block
    assert block[1] in README.splitlines()
