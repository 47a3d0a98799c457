"""Every dataset is as documented, holds its planted rows, and can be learned."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlguard.tables.catalogue import catalogue
from mlguard.tables.folder import write_dataset
from tests.generators.case import Case, schema
from tests.generators.cases import CASES

SEEDS = (0, 1, 2)


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    chosen: Case = request.param
    return chosen


def test_every_built_in_generator_has_its_case() -> None:
    assert sorted(case.name for case in CASES) == sorted(catalogue(Path("no project")))


@pytest.mark.parametrize("seed", SEEDS)
def test_schema_is_as_documented(case: Case, seed: int) -> None:
    data = case.make(seed)
    assert schema(data[case.table]) == case.columns
    assert data.target == case.target
    assert case.target is None or f" {case.target}:" in f" {case.columns}"
    assert 100 <= len(data[case.table]) <= 400


def test_its_files_stay_small(case: Case, tmp_path: Path) -> None:
    write_dataset(case.make(0), tmp_path / case.name, name=case.name, seed=0)
    assert sum(file.stat().st_size for file in (tmp_path / case.name).iterdir()) < 60_000


@pytest.mark.parametrize("seed", SEEDS)
def test_planted_rows_are_there(case: Case, seed: int) -> None:
    assert [name for name, present in case.planted(case.make(seed)).items() if not present] == []


@pytest.mark.parametrize("rows", [20, 57, 1000, 4000])
def test_rows_are_respected(case: Case, rows: int) -> None:
    assert len(case.make(3, rows)[case.table]) == min(rows, case.most)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plain_model_beats_a_constant_one(case: Case, seed: int) -> None:
    plain, constant = case.plain(case.make(seed))
    assert plain >= constant + case.margin


def test_another_seed_makes_other_data(case: Case) -> None:
    assert str(case.make(0)[case.table][:5]) != str(case.make(1)[case.table][:5])
