"""Other data seeds are described by the data that they were given, whatever the guarded code did to them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mlguard.core.compare import compare
from mlguard.core.outcome import Outcome
from mlguard.core.question import AS_GIVEN, QUESTIONS
from mlguard.core.record import Record
from mlguard.core.run_name import Seed
from tests.observe import pipeline, variants
from tests.observe.pipeline import observed


def contents(record: Record, *, older: bool = False) -> list[str]:
    found = record.older if older else record.observations
    return [str(o.value.data[0]) for o in found if (o.run, o.name) == (Seed(1), "rows.content")]


def test_code_that_changes_its_data_changes_no_digest_of_another_seed(tmp_path: Path) -> None:
    good, bad = (observed(guard, tmp_path, seeds=(1,)) for guard in (pipeline.Shop, variants.MarksData))
    assert contents(good) == contents(bad)
    assert (contents(good, older=True), len(contents(bad, older=True))) == ([], 1)
    comparison = compare(good, bad)
    assert comparison.outcome is Outcome.VIOLATED
    assert {(move.run, move.observation) for move in comparison.moves()} == {("main", "inputs unchanged")}


def test_a_golden_of_before_keeps_the_digests_of_the_end(tmp_path: Path) -> None:
    record = replace(observed(variants.MarksData, tmp_path, seeds=(1,)), asked=dict(QUESTIONS))
    ends = {o.key: replace(o, until="") for o in record.older}
    then = tuple(ends.get(o.key, o) for o in record)
    before = replace(record, observations=then, older=(), asked={n: v for n, v in QUESTIONS.items() if n != AS_GIVEN})
    assert compare(before, record).outcome is Outcome.MATCH
    assert compare(replace(before, asked=dict(QUESTIONS)), record).outcome is Outcome.SHIFTED
