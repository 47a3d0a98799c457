"""Verdicts on a small pipeline: why a seed changed, and whether code, configuration or data did it."""

from __future__ import annotations

import pytest

from mlguard.core.outcome import Outcome
from mlguard.core.record import EFFECT
from mlguard.report.terminal import draw
from tests.project import FILES, GENERATOR, Project
from tests.repository import Repository

KART, INI, LOG, GUARD = "kart.py", "conf/param.ini", "conf/logging.ini", "tests/guards/test_kart.py"

SOURCES = {
    "pyproject.toml": FILES["pyproject.toml"],
    ".gitignore": ".mlguard/\n",
    GENERATOR: FILES[GENERATOR],
    INI: "[Train]\nridge=0.5\n\n[core]\nlogging_conf_file=./conf/logging.ini\n",
    LOG: """\
[loggers]
keys=root
[handlers]
keys=file
[formatters]
keys=
[logger_root]
level=INFO
handlers=file
[handler_file]
class=FileHandler
args=('kart.log',)
""",
    KART: """\
import gokart
import luigi
import numpy as np
import pandas as pd


class Load(gokart.TaskOnKart):
    def run(self):
        self.dump(pd.read_csv("data/rows.csv"))


class Clean(gokart.TaskOnKart):
    def requires(self):
        return Load()

    def run(self):
        self.dump(self.load().dropna())


class Split(gokart.TaskOnKart):
    def requires(self):
        return Clean()

    def run(self):
        rows = self.load()
        self.dump({"train": rows[:12], "test": rows[12:]})


class Train(gokart.TaskOnKart):
    ridge = luigi.FloatParameter()

    def requires(self):
        return Split()

    def run(self):
        rows = self.load()["train"]
        rows = rows.iloc[np.random.randint(0, len(rows), 3 * len(rows))]
        self.dump({"slope": float((rows["x"] * rows["y"]).sum() / ((rows["x"] ** 2).sum() + self.ridge))})


class Predict(gokart.TaskOnKart):
    def requires(self):
        return {"model": Train(), "split": Split()}

    def run(self):
        self.dump(self.load("model")["slope"] * self.load("split")["test"]["x"])
""",
    GUARD: """\
from kart import Predict
from mlguard import GokartGuard


class Kart(GokartGuard):
    dataset = "tiny"
    target = "y"
    seeds = (0,)
    config = "conf/param.ini"
    pin_seeds = False
    pipeline = Predict
    inputs = {"rows": "Load", "train": "Split[train]", "test": "Split[test]"}
    outputs = {"model": "Train", "answers": "Predict"}
""",
}


@pytest.fixture(scope="module")
def kart(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A repository whose golden is committed; seeds are those that gokart draws."""
    repository = Repository(tmp_path_factory.mktemp("kart"), files=SOURCES)
    assert repository.project.regen("Kart", GUARD, seeds=(0,)).refused is None
    repository.commit("Golden")
    return repository


@pytest.fixture(scope="module")
def project(kart: Repository) -> Project:
    return kart.project


def test_everything_is_asked(project: Project) -> None:
    golden = project.golden("Kart")
    assert {"main", "config Train.ridge", "refit", "later"} - {str(o.run) for o in golden} <= {"later"}
    effects = {o.stage: o.value.data[0] for o in golden if o.role == EFFECT and str(o.run) == "config Train.ridge"}
    assert effects["train"] > 0
    assert any(o.name.startswith("probes.") for o in golden)
    assert project.check("Kart", GUARD, seeds=(0,)).verdict.outcome is Outcome.MATCH


def test_a_renamed_task_moves_seeds_that_are_not_pinned_and_the_report_says_why(project: Project) -> None:
    before = (project.root / KART).read_text(encoding="utf-8")
    project.write(KART, before.replace("Clean", "Tidy"))
    try:
        verdict = project.check("Kart", GUARD, seeds=(0,), quick=True).verdict
    finally:
        project.write(KART, before)
    assert (verdict.outcome, verdict.first_moved) == (Outcome.SHIFTED, "train")
    why = "inside: train: the seed of `model` changed, because the task's identity changed: "
    assert f"{why}'Split() of Clean' -> 'Split() of Tidy'" in draw(verdict)


def test_an_edited_parameter_is_named_as_the_configuration(project: Project) -> None:
    with project.editing(INI, "0.5", "5.0"):
        verdict = project.check("Kart", GUARD, seeds=(0,), quick=True).verdict
    assert (verdict.outcome, verdict.first_moved) == (Outcome.SHIFTED, "train")
    assert "cause: the configuration was edited: Train.ridge 0.5 -> 5.0" in draw(verdict)


def test_edited_settings_of_logs_are_named_and_no_log_is_written(project: Project) -> None:
    before = project.files()
    with project.editing(LOG, "level=INFO", "level=DEBUG"):
        verdict = project.check("Kart", GUARD, seeds=(0,), quick=True).verdict
    edited = f"{LOG} logger_root.level 'INFO' -> 'DEBUG'"
    assert draw(verdict).splitlines()[0] == "Kart: match"
    assert f"  the configuration was edited: {edited}; no result depends on it" in draw(verdict).splitlines()
    assert project.files() == before
    kept = project.golden("Kart").provenance.configuration
    assert kept is not None
    assert kept.beside[LOG]["handler_file.args"] == "('kart.log',)"


def test_a_shifted_domain_is_the_data_and_an_edited_task_the_model(project: Project) -> None:
    with project.editing(GENERATOR, "2 * x + 1", "3 * x + 1"):
        shifted = project.check("Kart", GUARD, seeds=(0,)).verdict
    assert (shifted.outcome, shifted.first_moved) == (Outcome.DATASET_CHANGED, "dataset"), draw(shifted)
    with project.editing(KART, "+ self.ridge", "+ 2 * self.ridge"):
        edited = project.check("Kart", GUARD, seeds=(0,), quick=True).verdict
    assert (edited.outcome, edited.first_moved) == (Outcome.SHIFTED, "train")
    assert "inside: train Train.slope" in draw(edited)


def test_a_task_that_fails_tells_its_own_exception(project: Project) -> None:
    with project.editing(KART, "self.load().dropna()", 'self.load()["z"]'):
        verdict = project.check("Kart", GUARD, seeds=(0,), quick=True).verdict
    told = draw(verdict)
    assert (verdict.outcome, verdict.stage) == (Outcome.ERROR, "split")
    assert "`split` raised KeyError: 'z'" in told
    assert "in task Clean, where Load is given" in told
    assert 'File "kart.py", line 17, in run' in told
    assert "luigi" not in told
