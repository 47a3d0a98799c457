"""One run may differ from the project on disk: sources, configuration, data, rows and seeds, and no file changes."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mlguard.core.compare import compare
from mlguard.core.error import RunError, UsageError
from mlguard.core.outcome import Outcome
from mlguard.core.record import Record
from mlguard.runner.order import Change, Extent
from mlguard.runner.run import Runner
from mlguard.settings import load
from tests.project import CODE, FILES, GENERATOR, GUARD, Project

CONFIGURED = """\
import json
import tomllib
from pathlib import Path

import yaml

import line
from mlguard import Guard

READ = {".json": json.loads, ".toml": tomllib.loads, ".yaml": yaml.safe_load}


class Ridge(Guard):
    dataset = "tiny"
    seeds = (0,)
    config = ["a.json", "b.toml", "c.yaml"]

    def train(self, train):
        file = Path(self.config_path)
        return line.fit(train, READ[file.suffix](file.read_text())["ridge"])

    def predict(self, model, rows):
        return line.answer(model, rows) + self.config["shift"]
"""


DOUBLED = """\
from mlguard import Dataset


def doubled(data):
    return Dataset({"rows": data.rows.assign(x=data.rows["x"] * 2)}, target=data.target, decimals=data.decimals)


def without_shift(config):
    return {"ridge": config["ridge"]}
"""
"""What a worker must be able to import, as it can the changes that mlguard's own tools ask for."""


@pytest.fixture(scope="module")
def changes(line: Project) -> Iterator[ModuleType]:
    line.write("changes.py", DOUBLED)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(line.root))
        yield importlib.import_module("changes")
        patch.delitem(sys.modules, "changes")


@pytest.fixture(autouse=True)
def untouched(line: Project, changes: ModuleType) -> Iterator[None]:
    before = line.files()
    yield
    assert line.files() == before


def edited(project: Project, name: str, old: str, new: str) -> Change:
    path = project.root / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    return Change(sources={str(path.resolve()): text.replace(old, new)})


def seen(record: Record, stage: str, name: str, run: str = "main") -> Any:
    return next(o.value.data[0] for o in record if (o.run, o.stage, o.name) == (run, stage, name))


def runs(record: Record) -> set[str]:
    return {o.run for o in record}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (CODE, 'return {"mae"', 'return {"mae": 7.0} | {"rmse"'),
        (GUARD, 'return line.score(test["y"], predictions)', 'return {"mae": 7.0}'),
        (GENERATOR, "rng.randint(-5, 6, rows) / 10", "rng.randint(1, 2, rows) * 7"),
    ],
)
def test_a_changed_source_is_what_runs(line: Project, name: str, old: str, new: str):
    plain, changed = line.run(extent=Extent.MAIN), line.run(extent=Extent.MAIN, change=edited(line, name, old, new))
    assert seen(plain.record, "evaluate", "mae") < 1
    assert seen(changed.record, "evaluate", "mae") != seen(plain.record, "evaluate", "mae")
    before, after = plain.record.provenance.sources, changed.record.provenance.sources
    assert [source for source in before if before[source] != after[source]] == [name]


def test_the_saved_bundle_predicts_with_the_same_change(line: Project):
    change = edited(line, CODE, 'rows["x"]).to_numpy()', 'rows["x"]).to_numpy() * 3')
    record = line.run(extent=Extent.QUICK, change=change).record
    assert seen(record, "contracts", "saved bundle") == "same"


def test_what_a_changed_source_raises_shows_the_changed_line(line: Project):
    change = edited(line, CODE, 'x, y = rows["x"], rows["y"]', 'x, y = rows["x"], rows["gone"]')
    with pytest.raises(RunError) as raised:
        line.run(extent=Extent.MAIN, change=change)
    assert 'x, y = rows["x"], rows["gone"]' in raised.value.traceback  # type: ignore[attr-defined]


def test_sources_cannot_be_changed_in_this_process(line: Project):
    change = edited(line, CODE, "slope * x.mean()", "slope")
    with Runner(load(line.root), in_process=True) as runner, pytest.raises(UsageError) as refused:
        runner.run(line.declared(), change=change)
    assert refused.value.slug == "change-in-process"


@pytest.fixture(scope="module")
def ridge(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A guard with a configuration of each kind; `ridge` is read from the file, `shift` from the mapping."""
    files = {"a.json": '{"ridge": 0.0, "shift": 0.0}', "b.toml": "ridge = 0.0\nshift = 0.0\n"}
    guards = {GUARD: CONFIGURED, "c.yaml": "ridge: 0.0\nshift: 0.0\n"}
    return Project(tmp_path_factory.mktemp("ridge"), {**FILES, **files, **guards, "changes.py": DOUBLED})


@pytest.mark.parametrize("variant", ["a", "b", "c"])
@pytest.mark.parametrize("key", ["ridge", "shift"])
def test_a_changed_configuration_reaches_the_mapping_and_the_file(ridge: Project, variant: str, key: str):
    name, before = f"Ridge[{variant}]", ridge.files()
    plain = ridge.run(name, extent=Extent.QUICK).record
    moved = ridge.run(name, extent=Extent.QUICK, change=Change(config=partial(dict, **{key: 50.0}))).record
    assert seen(moved, "predict", "test.prediction") != seen(plain, "predict", "test.prediction")
    assert seen(moved, "contracts", "saved bundle") == "same"
    assert moved.provenance.configuration.values[key] == 50.0
    assert moved.provenance.configuration.source == plain.provenance.configuration.source
    assert ridge.files() == before


@pytest.mark.parametrize("tables", [False, True])
def test_changed_data_is_what_is_observed_on_every_seed(line: Project, changes: ModuleType, tables: bool):
    given = Path(line.goldens.datasets.place("tiny")) if tables else None
    plain = line.run(tables=given).record
    changed = line.run(change=Change(data=changes.doubled), tables=given).record
    for run in ("main", "seed 1"):
        name = "rows.content"
        columns = [o.value.data for o in (*plain, *changed) if (o.run, o.name) == (run, name)]
        assert len(columns) == 2
        assert list(columns[0]) != list(columns[1])
    assert plain.provenance.dataset.digest != changed.provenance.dataset.digest


def test_other_rows_and_seeds(line: Project):
    done = line.run(change=Change(rows=40, seeds=(5, 6, 7)))
    assert done.record.provenance.dataset.rows == {"rows": 40}
    assert done.record.provenance.dataset.seed == 5
    assert runs(done.record) == {"main", "seed 6", "seed 7", "later", "without levels", "refit"}


def test_a_generator_of_fixed_size_refuses_rows_under_a_slug_of_its_own(line: Project):
    fixed = edited(line, GENERATOR, "def make(rng, rows=16):\n", "def make(rng):\n    rows = 16\n")
    with pytest.raises(UsageError) as refused:
        line.run(change=replace(fixed, rows=40))
    assert refused.value.slug == "generator-rows"


def test_the_main_run_alone_is_compared_with_a_golden_without_anything_missing(line: Project):
    record = line.run(extent=Extent.MAIN).record
    assert runs(record) == {"main"}
    assert {o.stage for o in record} == {"dataset", "split", "train", "predict", "evaluate"}
    assert {o.file for o in record} & {"probes"} == set()
    comparison = compare(line.golden(), record, left_out=record.left_out)
    assert comparison.outcome is Outcome.MATCH
    assert "mae" in {f.observation for f in comparison.findings}


def test_a_removed_configuration_key_leaves_no_run_missing_that_was_not_asked_for(ridge: Project, changes: ModuleType):
    plain = ridge.run("Ridge[a]").record
    assert "config shift" in runs(plain)
    unread = edited(ridge, GUARD, ' + self.config["shift"]', "")
    change = replace(unread, config=changes.without_shift)
    record = ridge.run("Ridge[a]", extent=Extent.MAIN, change=change).record
    assert compare(plain, record, left_out=record.left_out).outcome is Outcome.MATCH


def test_nothing_is_left_of_the_files_of_a_changed_run(ridge: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ridge.run("Ridge[b]", extent=Extent.MAIN, change=Change(config=partial(dict, ridge=1.0)))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("variant", ["a", "b", "c"])
def test_a_probed_key_acts_on_code_that_reads_the_file(ridge: Project, variant: str):
    record = ridge.run(f"Ridge[{variant}]").record
    assert seen(record, "predict", "effect", run="config ridge") > 0


def test_of_other_runs_only_those_that_are_chosen_are_run(line: Project):
    done = line.run(extent=Extent.CHOSEN, bundle=False, trace={"seed 1"}, runs={"seed 1"})
    assert runs(done.record) == {"main", "seed 1"}
    assert {o.role for o in done.record} & {"probe", "contract"} == set()
    assert done.trace is not None
    assert {call.run for call in done.trace.calls} == {"seed 1"}
    assert "seed 1" not in done.record.left_out
    assert {"seed 2", "refit"} & done.record.left_out


def test_what_the_first_model_answers_later_needs_the_other_seeds(line: Project):
    done = line.run(extent=Extent.CHOSEN, bundle=False, runs={"later"})
    assert {"seed 1", "later"} <= runs(done.record)


def test_a_single_contract_or_probe_is_followed(line: Project):
    wanted = {"contracts single rows", "probes minimum x #0"}
    done = line.run(extent=Extent.QUICK, bundle=False, trace=wanted)
    assert done.trace is not None
    assert {call.run for call in done.trace.calls} == {"contracts single rows", "probes minimum x"}
    every = line.run(extent=Extent.QUICK, bundle=False, trace={"contracts", "probes"}).trace
    assert every is not None
    assert {call.run for call in every.calls} > {"contracts single rows", "contracts row order", "probes maximum x"}
