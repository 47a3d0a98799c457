"""Every benchmark is a command that says what it does."""

from __future__ import annotations

from importlib import import_module

import pytest
from click.testing import CliRunner


@pytest.mark.parametrize("name", ["power", "machines", "certificate", "compact"])
def test_every_benchmark_explains_its_options(name: str) -> None:
    answer = CliRunner().invoke(import_module(f"benchmarks.{name}").command, ["--help"])
    assert answer.exit_code == 0, answer.output
    assert {"--guards", "--sample", "--json"} <= set(answer.output.split())
