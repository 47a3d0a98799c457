"""The log of runs: quiet unless somebody wants it, and nothing in a line acts."""

from __future__ import annotations

import logging
import re
from logging import DEBUG, INFO, WARNING
from pathlib import Path

import pytest

from mlguard.runlog import LOGGER, is_other, is_wanted, log, timed, written


def test_nobody_is_told_unless_somebody_asks(caplog: pytest.LogCaptureFixture) -> None:
    log(INFO, "quiet")
    assert (caplog.messages, is_wanted()) == ([], False)
    with caplog.at_level("DEBUG", "mlguard"):
        assert is_wanted()
        log(DEBUG, "a \x1b[31mname\nof two lines")
    assert caplog.messages == [r"a \x1b[31mname\nof two lines"]


def test_what_takes_time_has_a_start_and_an_end_whatever_happens(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "mlguard"), pytest.raises(KeyError), timed("A: run"):
        raise KeyError
    assert [re.sub("[0-9.]+", "0", line) for line in caplog.messages] == ["A: run started", "A: run ended, 0 s"]


def test_lines_have_time_and_level_and_are_added_to_a_file(tmp_path: Path) -> None:
    file = tmp_path / "run.log"
    before = LOGGER.level, list(LOGGER.handlers)
    for level in (INFO, WARNING):
        with written(str(file), level, print):
            log(INFO, "é told")
            log(WARNING, "warned")
    assert (LOGGER.level, LOGGER.handlers) == before
    lines = file.read_text("utf-8").splitlines()
    assert [re.sub("[0-9]", "0", line) for line in lines] == [
        "0000-00-00 00:00:00,000 INFO é told",
        *["0000-00-00 00:00:00,000 WARNING warned"] * 2,
    ]


def test_each_line_can_be_said_instead() -> None:
    said: list[str] = []
    with written(None, INFO, said.append):
        log(INFO, "told")
    log(INFO, "too late")
    assert [line.split(",")[1][4:] for line in said] == ["INFO told"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told_once_and_ends_nothing() -> None:
    said: list[str] = []
    with written("/dev/full", INFO, said.append):
        log(INFO, "one")
        log(INFO, "two")
    assert said == ["mlguard: the log /dev/full cannot be written any more: No space left on device"]


def test_a_program_gives_the_logger_its_own_place_and_level(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("mlguard").setLevel("WARNING")
    try:
        log(INFO, "quiet")
        log(WARNING, "loud")
    finally:
        logging.getLogger("mlguard").setLevel(logging.NOTSET)
    assert caplog.messages == ["loud"]


def test_only_a_log_is_added_to(tmp_path: Path) -> None:
    for name, content, other in (
        ("empty", "", False),
        ("log", "2026-11-28 01:07:35,785 INFO a\n", False),
        ("code.py", "import os\n", True),
        ("notes", "2026-11-28\n", True),
    ):
        (tmp_path / name).write_text(content)
        assert is_other(str(tmp_path / name)) is other, name
    assert not is_other(str(tmp_path / "new"))
    assert not is_other("/dev/null")
