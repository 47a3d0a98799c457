"""Parameters of tasks, from a mapping and from a file that luigi reads itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlguard.programs.error import ProgramError
from mlguard.programs.parameters import Parameters

INI = Path("conf/param.ini")
TRAIN: dict[str, Any] = {"Train": {"l2": 1.0}}


def test_what_stands_in_no_file_of_luigi_is_set() -> None:
    assert Parameters.of(TRAIN, None).to_set == [("Train", {"l2": 1.0})]
    assert Parameters.of(TRAIN, Path("conf/param.yaml")).to_set == [("Train", {"l2": 1.0})]
    assert Parameters.of(TRAIN, INI).to_set == []
    assert Parameters.of(TRAIN, INI).file == INI
    assert Parameters.of(None, None).to_set == []


def test_one_is_changed_on_top_of_all_others() -> None:
    changed = Parameters.of(TRAIN, INI).but("Train.l2", 2.0).but("shop.Check.bound", 0.5)
    assert changed.to_set == [("Train", {"l2": 2.0}), ("shop.Check", {"bound": 0.5})]
    assert Parameters.of(TRAIN, None).but("Train.l2", 2.0).to_set == [("Train", {"l2": 1.0}), ("Train", {"l2": 2.0})]


def test_a_configuration_without_sections_is_told() -> None:
    with pytest.raises(ProgramError, match="the configuration has `l2` outside of a section"):
        Parameters.of({"Train": {}, "l2": 1.0}, None)
