"""Parameters of tasks, from a mapping and from a file that luigi reads itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlguard.programs.error import ProgramError
from mlguard.programs.parameters import Parameters, settings_of_logs

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


@pytest.mark.parametrize("name", ["./conf/logging.ini", "conf/../conf/logging.ini"])
def test_the_settings_of_logs_are_those_of_the_file_that_luigi_would_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/logging.ini").write_text("[logger_root]\nlevel=INFO\n[formatter_line]\nformat=%(asctime)s\n")
    found = {"logger_root": {"level": "INFO"}, "formatter_line": {"format": "%(asctime)s"}}
    assert settings_of_logs({"core": {"logging_conf_file": name}}, tmp_path) == {"conf/logging.ini": found}


@pytest.mark.parametrize(
    "config",
    [
        None,
        {},
        {"core": 1},
        {"core": {"logging_conf_file": None}},
        {"core": {"logging_conf_file": "gone.ini"}},
        {"core": {"logging_conf_file": "."}},
        {"core": {"logging_conf_file": "no.ini"}},
        {"core": {"logging_conf_file": "../outside.ini"}},
    ],
)
def test_without_such_a_file_in_the_project_there_are_none(tmp_path: Path, config: Any) -> None:
    root = tmp_path / "shop"
    root.mkdir()
    (root / "no.ini").write_text("[")
    (tmp_path / "outside.ini").write_text("[logger_root]\nlevel=INFO\n")
    assert settings_of_logs(config, root) == {}
