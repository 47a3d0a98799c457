"""Bad code against good code: what moved, in which run, at which stage; and good code against itself."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlguard.core.compare import Comparison, compare
from mlguard.core.outcome import Outcome
from mlguard.core.record import Record
from mlguard.observe.files import Files
from mlguard.report.sentence import say
from tests.observe import pipeline, variants
from tests.observe.pipeline import make, observed
from tests.observe.variants import cached, once, shared, warm

ALL: dict[str, Any] = {"seeds": (1,), "configurations": True, "refit": True, "fewer_levels": True}


@pytest.fixture(scope="module")
def place() -> Any:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def golden(place: Path) -> Record:
    return observed(pipeline.Shop, place, **ALL)


@pytest.mark.parametrize("guard", [pipeline.Shop, variants.Rounded])
def test_a_true_refactor_matches_in_everything(guard: type[pipeline.Shop], golden: Record, place: Path) -> None:
    comparison = compare(golden, observed(guard, place, **ALL))
    assert [say(m) for m in comparison.moves()] == []
    assert comparison.outcome is Outcome.MATCH
    assert {f.run for f in comparison.findings} >= {
        "main",
        "seed 1",
        "config alpha",
        "config threshold",
        "without levels",
        "refit",
    }


CHANGES: list[tuple[Any, str, str, str, str]] = [
    # code, outcome, run and stage of the first move, and an Observation that moved
    (variants.ScalesByBatch, "shifted", "main", "predict", "batches"),
    (variants.KnowsBatchSize, "violated", "main", "contracts", "batches"),
    (variants.WritesIntoRows, "shifted", "main", "predict", "inputs unchanged"),
    (variants.AddsColumn, "violated", "main", "contracts", "inputs unchanged"),
    (variants.WritesIntoConfig, "violated", "main", "contracts", "configuration unchanged"),
    (variants.WritesIntoModel, "shifted", "main", "predict", "predict twice"),
    (variants.ReadsTarget, "shifted", "main", "predict", "target unread"),
    (variants.TakesFirstColumn, "violated", "main", "contracts", "column order"),
    (variants.AlignsByIndex, "violated", "main", "contracts", "row index"),
    (variants.KnowsCitiesOnly, "shifted", "main", "predict", "probes.status"),
    (variants.RefusesGaps, "shifted", "main", "predict", "probes.status"),
    (variants.SplitsAfterSorting, "shifted", "main", "split", "test.rows"),
    (variants.AnswersLess, "shifted", "main", "predict", "test.score"),
    (variants.AnswersShorter, "shifted", "main", "predict", "test.score"),
    (variants.RoundsMetric, "shifted", "main", "evaluate", "accuracy"),
    (variants.FailsOnOtherData, "shifted", "seed 1", "dataset", "test.score"),
    (variants.IgnoresAlpha, "shifted", "config alpha", "train", "effect"),
    (cached, "shifted", "seed 1", "train", "test.score"),
    (once, "shifted", "seed 1", "dataset", "test.score"),
]


def changed(golden: Record, code: Any, place: Path, **extra: Any) -> Comparison:
    guard = code if isinstance(code, type) else code()
    return compare(golden, observed(guard, place, **extra))


@pytest.mark.parametrize(
    ("code", "outcome", "run", "stage", "name"), CHANGES, ids=[change[0].__name__ for change in CHANGES]
)
def test_a_change_is_noticed_where_it_happens(
    code: Any, outcome: str, run: str, stage: str, name: str, golden: Record, place: Path
) -> None:
    comparison = changed(golden, code, place, **ALL)
    assert str(comparison.outcome) == outcome
    assert (comparison.first.run, comparison.first.stage) == (run, stage)
    assert name in {move.observation for move in comparison.moves()}


@pytest.mark.parametrize(
    ("code", "word"), [(warm, "no longer holds: score"), (once, "no longer holds: raised OSError")]
)
def test_what_another_fit_leaves_behind_shows_in_the_refit(
    code: Callable[[], type[pipeline.Shop]], word: str, place: Path
) -> None:
    comparison = changed(observed(pipeline.Shop, place, refit=True), code, place, refit=True)
    assert comparison.outcome is Outcome.VIOLATED
    assert (comparison.first.run, comparison.first.stage) == ("refit", "predict")
    assert word.partition(": ")[2] in say(comparison.first)
    assert word.partition(": ")[0] in say(comparison.first)


def test_a_threshold_that_moved_where_no_row_stands_is_noticed(place: Path) -> None:
    golden, new = observed(variants.Labels, place), observed(variants.LabelsMoved, place)
    comparison = compare(golden, new)
    assert comparison.outcome is Outcome.SHIFTED
    assert {m.observation for m in comparison.moves()} == {"boundary"}
    assert compare(golden, observed(variants.Labels, place)).outcome is Outcome.MATCH


def test_scores_on_both_sides_of_a_flip_tell_the_threshold(golden: Record) -> None:
    walked = {o.name: o.value for o in golden if o.name in ("boundary", "probes.score")}
    score = dict(zip(walked["probes.score"].rows or (), walked["probes.score"].data, strict=True))
    pairs = walked["boundary"].rows or ()
    assert pairs
    for pair in pairs:
        sides = sorted((score[f"before boundary {pair}"], score[f"behind boundary {pair}"]))
        assert sides[0] < 0.5 <= sides[1]
        assert sides[1] - sides[0] < 1e-3


def test_few_calls_of_predict_give_what_many_give(place: Path) -> None:
    for guard in (pipeline.Shop, variants.Labels):
        few, many = observed(guard, place), observed(guard, place, in_few_calls=False)
        assert [say(m) for m in compare(many, few).moves()] == []
        walked, bisected = ([o.value for o in record if o.name == "boundary"] for record in (few, many))
        assert [value.digest() for value in walked] == [value.digest() for value in bisected]
        assert [o.key for o in few] == [o.key for o in many]


def test_a_file_outside_the_folder_is_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    config = {"alpha": 0.5, "threshold": 0.5, "place": str(tmp_path / "cache.txt")}
    heard = Files(tmp_path)
    quiet = observed(pipeline.Shop, tmp_path, config=config, files=Files(tmp_path))
    comparison = compare(quiet, observed(variants.Writer, tmp_path, config=config, files=heard))
    assert (heard.written, comparison.outcome) == (["cache.txt"], Outcome.VIOLATED)
    assert say(comparison.first) == "no files outside the folder: no longer holds: cache.txt"


def test_other_data_are_told_apart_column_by_column(golden: Record, place: Path) -> None:
    table = make()
    table.loc[25, "visits"] += 1
    comparison = compare(golden, observed(pipeline.Shop, place, table=table, **ALL))
    assert (comparison.first.stage, comparison.first.difference.rows) == ("dataset", ("visits",))


def test_a_model_that_shares_something_with_later_ones_is_noticed(golden: Record, place: Path) -> None:
    comparison = changed(golden, shared, place, **ALL)
    (finding,) = [move for move in comparison.moves() if move.observation == "first model"]
    assert (finding.outcome, finding.run, finding.stage) == (Outcome.VIOLATED, "later", "contracts")


def test_a_model_may_keep_more_or_less_of_its_configuration(place: Path) -> None:
    whole, part = (observed(guard, place, **ALL) for guard in (variants.KeepsSettings, variants.KeepsOneSetting))
    assert compare(whole, part).outcome is Outcome.MATCH
    assert compare(part, whole).outcome is Outcome.MATCH
    hard_coded = compare(whole, observed(variants.IgnoresAlpha, place, **ALL))
    assert ("config alpha", "train") in {(move.run, move.stage) for move in hard_coded.moves()}


WORDS = {"alpha": 0.5, "threshold": 0.5, "fill": "mean"}


def test_a_word_that_is_written_into_the_code_is_noticed(place: Path) -> None:
    golden = observed(variants.FillsByWord, place, config=WORDS, configurations=True)
    comparison = compare(golden, observed(variants.FillsByMean, place, config=WORDS, configurations=True))
    assert (comparison.outcome, comparison.first.run) == (Outcome.SHIFTED, "config fill")
    assert "`fill` no longer has an effect on train" in say(comparison.first)


def test_refusing_a_word_that_nobody_uses_is_no_move(place: Path) -> None:
    lax, strict = (
        observed(guard, place, config=WORDS, configurations=True)
        for guard in (variants.FillsByWord, variants.RefusesWords)
    )
    assert compare(lax, strict).outcome is Outcome.MATCH
    assert compare(strict, lax).outcome is Outcome.MATCH


def test_a_changed_key_keeps_the_effects_up_to_where_its_run_raised(place: Path) -> None:
    golden = observed(pipeline.Shop, place, configurations=True)
    comparison = compare(golden, observed(variants.RaisesAtPrediction, place, configurations=True))
    assert (comparison.first.run, comparison.first.stage) == ("config threshold", "predict")


def test_a_floor_that_no_single_column_reaches_is_noticed_in_a_corner(place: Path) -> None:
    comparison = compare(observed(variants.HasFloor, place), observed(pipeline.Shop, place))
    (finding,) = [move for move in comparison.moves() if move.observation == "probes.score"]
    assert {row.partition(" up to ")[0] for row in finding.difference.rows if " up to " in row} == {"lowest"}


def test_another_shape_of_what_was_learned_names_the_place_and_moves_nothing_itself(place: Path) -> None:
    comparison = compare(observed(pipeline.Shop, place), observed(variants.LearnsMore, place))
    assert (comparison.outcome, comparison.first.stage) == (Outcome.SHIFTED, "train")
