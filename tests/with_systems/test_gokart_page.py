"""The guard that docs/gokart.md shows, and what a check says of edits of its pipeline."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mlguard.report.terminal import draw
from tests.adapters.pages import files_shown, page
from tests.docs.rules import ANY, same, stable
from tests.project import Project

PAGE = page("gokart.md")
GUARD, RENTS, LOG = "tests/guards/test_rents.py", "rents.py", "conf/logging.ini"

SOURCES = {
    "pyproject.toml": "[tool.mlguard]\n",
    "conf/param.ini": f"[core]\nlogging_conf_file={LOG}\n\n[Check]\nrequire_acc=0.5\n",
    LOG: "[logger_root]\nlevel=INFO\nhandlers=\n",
    "datasets/generators/flats.py": """\
import numpy as np
import pandas as pd


def make(rng, rows=64):
    area = rng.randint(200, 900, rows) / 10
    rent = 11 * area + rng.randint(-40, 41, rows)
    flats = pd.DataFrame({"area": area, "rooms": 1 + (area // 30).astype(int), "rent": rent})
    flats.loc[5:40:15, "area"] = np.nan
    return flats
""",
    RENTS: """\
import gokart
import luigi
import numpy as np
import pandas as pd
import pandera.pandas as pa

FLATS = pa.DataFrameSchema({"area": pa.Column(float, pa.Check.gt(0), nullable=True)})


class Load(gokart.TaskOnKart):
    def run(self):
        self.dump(pd.read_csv("flats.csv"))


class Clean(gokart.TaskOnKart):
    def requires(self):
        return Load()

    def run(self):
        flats = FLATS.validate(self.load())
        usual = flats.groupby("rooms")["area"].transform("median")
        self.dump(flats.assign(area=flats["area"].fillna(usual)))


class Split(gokart.TaskOnKart):
    def requires(self):
        return Clean()

    def output(self):
        return {part: self.make_target(f"{part}.csv") for part in ("train", "test")}

    def run(self):
        flats = self.load()
        self.dump(flats[:48], "train")
        self.dump(flats[48:], "test")


class Train(gokart.TaskOnKart):
    def requires(self):
        return Split()

    def run(self):
        flats = self.load()["train"]
        flats = flats.iloc[np.random.randint(0, len(flats), 200)]
        self.dump({"rate": float(flats["rent"].sum() / flats["area"].sum())})


class Predict(gokart.TaskOnKart):
    def requires(self):
        return {"model": Train(), "split": Split()}

    def output(self):
        return self.make_target("rents.csv")

    def run(self):
        flats = self.load("split")["test"]
        self.dump(pd.DataFrame({"rent": flats["area"] * self.load("model")["rate"]}))


class Check(gokart.TaskOnKart):
    require_acc = luigi.FloatParameter()

    def requires(self):
        return {"answers": Predict(), "split": Split()}

    def run(self):
        off = self.load("answers")["rent"].to_numpy() - self.load("split")["test"]["rent"].to_numpy()
        accuracy = float((abs(off) < 50).mean())
        if accuracy <= self.require_acc:
            raise ValueError(f"accuracy is {accuracy}")
        self.dump({"accuracy": accuracy})


class Upload(gokart.TaskOnKart):
    def requires(self):
        return {"answers": Predict(), "check": Check()}

    def run(self):
        raise AssertionError("the upload is asked")
""",
}

SHOWN = re.findall(r"^```text\n(.*?)\n```$", PAGE, re.MULTILINE | re.DOTALL)

EDITS = {
    "a part that is not given": (
        RENTS,
        'self.load("split")["test"]\n        self',
        'self.load("split")["train"]\n        self',
    ),
    "a mean": (RENTS, 'transform("median")', 'transform("mean")'),
    "a schema": (RENTS, "pa.Check.gt(0)", "pa.Check.gt(25)"),
    "settings of logs": (LOG, "level=INFO", "level=DEBUG"),
}


@pytest.fixture(scope="module")
def rents(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    files = {**SOURCES, **dict(files_shown(PAGE))}
    project = Project(tmp_path_factory.mktemp("rents"), files)
    assert project.regen("Rents", GUARD, seeds=(0,)).refused is None
    return project


def drawn(project: Project) -> str:
    return draw(project.check("Rents", GUARD, seeds=(0,), quick=True).verdict)


def begins(seen: str, shown: str) -> bool:
    """Whether a report begins with what the page shows of it."""
    return same([*stable(shown), ANY], stable(seen))


@pytest.mark.parametrize(("told", "edit"), list(zip(SHOWN, EDITS.values(), strict=False)), ids=EDITS)
def test_what_the_page_says_of_an_edit_is_said(rents: Project, told: str, edit: tuple[str, str, str]) -> None:
    with rents.editing(*edit):
        assert begins(drawn(rents), told)


def test_a_rename_is_told_as_the_page_shows_it_where_seeds_are_not_pinned(at_once: None, tmp_path: Path) -> None:
    files = {**SOURCES, **dict(files_shown(PAGE))}
    files[GUARD] = files[GUARD].replace('    target = "rent"\n', '    target = "rent"\n    pin_seeds = False\n')
    project = Project(tmp_path, files)
    assert project.regen("Rents", GUARD, seeds=(0,)).refused is None
    project.write(RENTS, SOURCES[RENTS].replace("Clean", "Tidy"))
    assert begins(drawn(project), SHOWN[-1])
