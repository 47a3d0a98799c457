"""Places in a pipeline and its configuration, as far as they are read without gokart."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mlguard.core.error import UsageError
from mlguard.programs.error import ProgramError
from mlguard.programs.parameters import Parameters
from mlguard.programs.pipeline import Call, Place, ran


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Train", Place("Train", "Train")),
        ("shop.Train", Place("shop.Train", "shop.Train")),
        ("Split[train]", Place("Split[train]", "Split", part="train")),
        ("Split['train']", Place("Split['train']", "Split", part="train")),
        ("Split[0]", Place("Split[0]", "Split", part="0")),
        ("Load(name=shops)", Place("Load(name=shops)", "Load", (("name", "shops"),))),
        (
            "Load(name='shops', year=2024)[rows]",
            Place("Load(name='shops', year=2024)[rows]", "Load", (("name", "shops"), ("year", "2024")), "rows"),
        ),
    ],
)
def test_a_place_is_read(text: str, place: Place) -> None:
    assert Place.read(text) == place


@pytest.mark.parametrize("text", ["", "2nd", "Split[", "Split[a][b]", "Load(", "a task"])
def test_what_names_no_task_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="names no task"):
        Place.read(text)


def test_a_part_is_a_key_or_a_number() -> None:
    assert Place.read("Split[b]").of({"a": 1, "b": 2}) == 2
    assert Place.read("Split[1]").of((1, 2)) == 2
    assert Place.read("Split").of({"a": 1}) == {"a": 1}
    with pytest.raises(ProgramError, match=r"`Split\[c\]`: what Split dumped has the parts a, b"):
        Place.read("Split[c]").of({"a": 1, "b": 2})
    for number in "2", "b":
        with pytest.raises(ProgramError, match="what Split dumped has no part of that name"):
            Place.read(f"Split[{number}]").of((1, 2))


def test_a_missing_library_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gokart", None)
    told = r"run by gokart, which is not installed; pip install 'pytest-mlguard\[gokart\]' \[gokart-missing\]$"
    with pytest.raises(UsageError, match=told), ran(Call(object, Parameters(), {}, [], tmp_path), {}):
        pass
