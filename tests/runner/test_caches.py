"""Caches of joblib begin empty in a run, and the code sees of them what it wrote."""

from __future__ import annotations

from pathlib import Path

import joblib
import pytest

from mlguard.runner.caches import empty_memory


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    return tmp_path / "temporary"


def counted(place: Path | str | None, calls: list[int]) -> int:
    return joblib.Memory(place, verbose=0).cache(_count, ignore=["calls"])(3, calls)


def _count(x: int, calls: list[int]) -> int:
    calls.append(x)
    return 2 * x


@pytest.mark.parametrize("kind", [str, Path])
def test_a_warm_cache_is_not_read_and_the_runs_own_is(tmp_path: Path, temporary: Path, kind: type):
    calls: list[int] = []
    warm = kind(tmp_path / "warm")
    assert (counted(warm, calls), counted(warm, calls), calls) == (6, 6, [3])
    with empty_memory():
        assert (counted(warm, calls), counted(warm, calls), calls) == (6, 6, [3, 3])
        assert joblib.Memory(warm, verbose=0).location == warm
        counted(kind(tmp_path / "other"), calls)
        assert len(list((temporary / "memory").iterdir())) == 2
    assert not (tmp_path / "other").exists()
    counted(warm, calls)
    assert calls == [3, 3, 3]


def test_a_memory_without_a_place_keeps_nothing(temporary: Path):
    calls: list[int] = []
    with empty_memory():
        counted(None, calls)
        counted(None, calls)
    assert calls == [3, 3]
    assert not temporary.exists()
