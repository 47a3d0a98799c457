"""A model of a boosting library inside what `train` returns: what counts as learned, and what is said beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mlguard.configuration import Configuration
from mlguard.core.compare import compare
from mlguard.core.dataset import Dataset
from mlguard.core.outcome import Outcome
from mlguard.core.question import LEARNED, QUESTIONS
from mlguard.core.record import EFFECT, Record
from mlguard.core.run_name import MAIN
from mlguard.core.unstable import steadied_by
from mlguard.core.value import number
from mlguard.observe.describe import describe_model, describe_split
from mlguard.observe.origin import Origin
from mlguard.observe.run import Run, Subject
from mlguard.observe.stages import Part
from mlguard.observe.stages import Path as Went
from tests.adapters.boosters import CatBoost, XGBooster
from tests.observe.pipeline import CONFIG, Shop, observed
from tests.observe.variants import Boosted, IgnoresRate, IgnoresThreads


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return run(Boosted, tmp_path_factory.mktemp("golden"))


def run(guard: type[Shop], folder: Path) -> Record:
    return observed(guard, folder, config={**CONFIG, "rate": 0.1, "threads": 1}, configurations=True)


def test_a_setting_that_training_only_obeys_has_no_effect_and_may_go(golden: Record, tmp_path: Path) -> None:
    assert compare(golden, run(IgnoresThreads, tmp_path)).outcome is Outcome.MATCH


def test_one_that_is_learned_may_not_go(golden: Record, tmp_path: Path) -> None:
    comparison = compare(golden, run(IgnoresRate, tmp_path))
    assert [(move.run, move.stage) for move in comparison.moves()] == [("config rate", "train")]


def test_an_effect_that_an_older_version_saw_in_settings_is_not_compared(golden: Record) -> None:
    known = {name: version for name, version in QUESTIONS.items() if name != LEARNED}
    threads = next(o for o in golden if (o.run, o.stage, o.role) == ("config threads", "train", EFFECT))
    assert threads.value.data.tolist() == [0.0]
    older = golden.with_observations(tuple(replace(o, value=number(1.0)) if o is threads else o for o in golden))
    assert compare(older, golden).outcome is Outcome.SHIFTED
    assert compare(replace(older, asked=known), golden).outcome is Outcome.MATCH


def test_what_training_leaves_behind_and_what_would_steady_it_are_named(tmp_path: Path) -> None:
    racing = XGBooster({"model": {"weights": [1.0]}}, linear={"updater": "shotgun"})
    kept = Run(Subject("Shop", Shop, Configuration(None, None, {}), tmp_path), MAIN, Dataset({}), tmp_path)
    part = Part("test", None, None)  # type: ignore[arg-type]  # Only the model is looked at.
    describe_model(kept, Went(part, part, model={"one": CatBoost(), "other": [racing, racing]}))
    assert kept.remarks == ["training leaves `catboost_info/` in the project; allow_writing_files=False leaves nothing"]
    assert steadied_by(Record.of("Shop", kept.observations)) == ("updater='coord_descent'", "nthread=1")


def test_rows_that_only_a_library_reads_are_named_with_what_to_return_instead(tmp_path: Path) -> None:
    held = type("Own", (type("DMatrix", (), {"__module__": "xgboost.core"}),), {})()
    kept = Run(Subject("Shop", Shop, Configuration(None, None, {}), tmp_path), MAIN, Dataset({}), tmp_path)
    describe_split(kept, Went(*(Part(name, held, Origin(())) for name in ("train", "test"))))
    said = "`split` returned xgboost.DMatrix, which is not compared and gives no probe rows; return tables"
    assert [remark[: len(said)] for remark in kept.remarks] == [said]
