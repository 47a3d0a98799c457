"""Environment variables of a run on a cluster, in processes that start with the variables of the test."""

from __future__ import annotations

from pathlib import Path

import pytest

import mlguard.runner.run
from mlguard.cluster.spread import spread
from mlguard.core.error import UsageError
from mlguard.settings import load
from mlguard.worker.pool import Workers
from tests.cluster.beside import Beside
from tests.project import FILES, GUARD, Project

ASKING = (
    FILES[GUARD]
    .replace("import line\n", "import os\n\nimport line\n")
    .replace("line.fit(train)", 'line.fit(train, float(os.environ["WEIGHT"]))')
)
"""A guard whose model depends on an environment variable."""


def test_values_of_variables_stay_where_they_are_and_have_to_be_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mlguard.runner.run, "Workers", Workers)  # Other tests share processes that have started.
    project = Project(tmp_path)
    project.write("pyproject.toml", '[tool.mlguard]\ntimeout = 60\npass_env = ["WEIGHT"]\n')
    project.write(GUARD, ASKING)
    monkeypatch.setenv("WEIGHT", "0.123456789")
    engine = Beside(project.root)
    with spread(load(project.root), engine) as runner:
        assert runner.run(project.declared()).variables["WEIGHT"] == "0.123456789"
        assert not any(b"0.123456789" in passed for passed in engine.passed)
        runner.close()  # What a node keeps has started already.
        monkeypatch.setenv("WEIGHT", "0.5")
        with pytest.raises(UsageError, match="Line ran with another value of WEIGHT on node"):
            runner.run(project.declared())
