"""Environment variables of a run on a cluster, in processes that start with the variables of the test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import mlguard.runner.run
from mlguard.cluster.spread import Spread, spread
from mlguard.core.error import UsageError
from mlguard.settings import load
from mlguard.worker.pool import Workers
from tests.cluster.beside import Beside
from tests.project import FILES, GUARD, Project

ASKING = (
    FILES[GUARD]
    .replace("import line\n", "import os\n\nimport line\n")
    .replace("line.fit(train)", 'line.fit(train, float(os.environ.get("WEIGHT", "0")))')
)
"""A guard whose model depends on an environment variable."""


@contextmanager
def apart(folder: Path, here: str | None, there: str | None, guard: str = ASKING) -> Iterator[tuple[Spread, Project]]:
    """A Runner where the variable has one value, of a node where it has another."""
    project = Project(folder)
    project.write("pyproject.toml", '[tool.mlguard]\ntimeout = 60\npass_env = ["WEIGHT"]\n')
    project.write(GUARD, guard)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mlguard.runner.run, "Workers", Workers)  # Other tests share processes that have started.
        put(patch, here)
        with spread(load(project.root), Beside(project.root)) as runner:
            runner.close()  # What the node kept has started with the value of here.
            put(patch, there)
            yield runner, project


def put(patch: pytest.MonkeyPatch, value: str | None) -> None:
    """Set the variable, or take it away."""
    patch.delenv("WEIGHT", raising=False) if value is None else patch.setenv("WEIGHT", value)


def test_values_of_variables_stay_where_they_are(tmp_path: Path) -> None:
    with apart(tmp_path, "0.123456789", "0.123456789") as (runner, project):
        assert runner.run(project.declared()).variables["WEIGHT"] == "0.123456789"
        cluster = runner._cluster
        assert isinstance(cluster, Beside)
        assert not any(b"0.123456789" in passed for passed in cluster.passed)


@pytest.mark.parametrize(("here", "there"), [("0.1", "0.5"), ("0.1", None), (None, "0.5")])
def test_another_value_on_a_node_is_refused(tmp_path: Path, here: str | None, there: str | None) -> None:
    with (
        apart(tmp_path, here, there) as (runner, project),
        pytest.raises(UsageError, match="Line ran with another value of WEIGHT on node"),
    ):
        runner.run(project.declared())


def test_a_variable_that_the_code_sets_itself_is_nobodys(tmp_path: Path) -> None:
    setting = ASKING.replace("import line\n", 'import line\n\nos.environ["WEIGHT"] = "0.25"\n', 1)
    with apart(tmp_path, None, None, setting) as (runner, project):
        assert "WEIGHT" not in runner.run(project.declared()).variables
