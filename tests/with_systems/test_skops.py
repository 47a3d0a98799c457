"""Models that skops keeps: they load in a fresh process, under the golden of joblib, and are looked into."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.linear_model import Ridge
from skops import io as skops

from mlguard.core.outcome import Outcome
from mlguard.observe.walk import walk
from mlguard.programs.bundle import Bundle
from mlguard.report.terminal import draw
from mlguard.worker.pool import Workers
from tests.project import CODE, FILES, GUARD, Project, sharing, unmeasured

LINE = """\
from skops import io
from sklearn.linear_model import Ridge


def fit(rows):
    return Ridge(0.5).fit(rows[["x"]], rows["y"])


def answer(model, rows):
    return model.predict(rows[["x"]])


def save(model, folder):
    io.dump(model, folder / "line.skops")


def load(folder):
    return io.load(folder / "line.skops")


def score(y, answers):
    return {"mae": float(abs(y.to_numpy() - answers).mean())}
"""

KEPT = """\
    def save(self, model, folder):
        line.save(model, folder)

    def load(self, folder):
        return line.load(folder)

    def predict("""

LOADED = '    return io.load(folder / "line.skops")\n'
ROUNDED = f"{LOADED.replace('return', 'model =')}    model.coef_ = model.coef_.round(1)\n    return model\n"


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project whose model is kept by skops, with a golden."""
    loaded = ("mlguard.runner.child", "mlguard.runner.bundle", "joblib", "sklearn.linear_model", "skops.io")
    made = Project(tmp_path_factory.mktemp("skops"), {**FILES, CODE: LINE})
    made.edit(GUARD, "    def predict(", KEPT)
    with Workers(preload=loaded, use_zygote=True) as workers, sharing(workers), unmeasured():
        assert made.regen().proposal is not None
        yield made


def test_the_saved_model_answers_as_before(line: Project) -> None:
    (status,) = [one.value.data[0] for one in line.golden() if one.name == "saved bundle"]
    assert status == "same"


def test_joblib_stands_under_the_same_golden(line: Project) -> None:
    with line.editing(GUARD, KEPT, "    def predict("):
        verdict = line.check(quick=True).verdict
    assert verdict.outcome is Outcome.MATCH, draw(verdict)


def test_what_is_lost_on_the_way_breaks_the_contract(line: Project) -> None:
    with line.editing(CODE, LOADED, ROUNDED):
        verdict = line.check(quick=True).verdict
    assert (verdict.outcome, verdict.first_moved) == (Outcome.VIOLATED, "contracts"), draw(verdict)
    assert "saved bundle" in draw(verdict)


def test_what_a_program_left_is_looked_into_as_with_joblib(tmp_path: Path) -> None:
    model = Ridge(0.5).fit(np.array([[0.0], [1.0], [2.0]]), np.array([1.0, 2.0, 4.0]))
    skops.dump(model, tmp_path / "line.skops")
    joblib.dump(model, tmp_path / "line.joblib")
    (tmp_path / "broken.skops").write_bytes(b"PK")
    found = {name: value.data.tolist() for name, value in walk(Bundle.read(tmp_path))}
    assert found["line.skops.coef_"] == model.coef_.tolist()
    assert found["broken.skops"][0].startswith("sha256:")
    kept = {name.removeprefix("line.joblib"): value for name, value in found.items() if name.startswith("line.joblib")}
    assert {name.removeprefix("line.skops"): v for name, v in found.items() if name.startswith("line.skops")} == kept
