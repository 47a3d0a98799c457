"""`--log`: what started and ended when, beside an answer that stays as it was."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from tests.project import CODE, GUARD, Project

LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (DEBUG|INFO|WARNING) (.+)")
SECRET = "hunter2-is-no-password"
READS = "import os\n\n\ndef fit(rows, ridge=0.0):\n    os.environ['TOKEN']\n"


def told(place: Path) -> list[tuple[str, str]]:
    """Level and text of each line, each of which has its time."""
    found = [LINE.fullmatch(line) for line in place.read_text("utf-8").splitlines()]
    assert found
    assert all(found)
    return [(line[1], line[2]) for line in found if line]


def parts(place: Path) -> dict[str, list[str]]:
    """What started by who does it, once it is known that all of it ended in order, with its seconds."""
    started: dict[str, list[str]] = defaultdict(list)
    under_way: dict[str, str] = {}
    for level, text in told(place):
        who, _, what = text.partition(": ")
        if level == "INFO" and "[" in who and (part := re.fullmatch("(.+) started", what)):
            assert who not in under_way
            under_way[who] = part[1]
            started[who.partition(" ")[0]].append(part[1])
        elif level == "INFO" and (part := re.fullmatch(r"(.+) ended, [0-9.]+ s", what)) and "[" in who:
            assert under_way.pop(who) == part[1]
    assert under_way == {}
    return started


def test_each_guard_and_each_part_has_a_start_and_an_end_where_two_run_at_once(line: Project, tmp_path: Path) -> None:
    other = (line.root / GUARD).read_text("utf-8").replace("class Line", "class Other")
    with line.also("tests/guards/test_other.py", other):
        ran = line.command("check", "-j", "2", "--json", "--log", str(tmp_path / "run.log"))
    assert (ran.code, ran.changed) == (3, ())
    assert {guard["outcome"] for guard in ran.json["guards"]} == {"match", "missing"}
    found = parts(tmp_path / "run.log")
    whole = ["dataset", "train", "predict", "evaluate", "contracts", "probes", "seed 1", "without levels", "refit"]
    assert found == {"search": ["test_line.py", "test_other.py"], "Line": [*whole, "saved bundle"]} | {
        "Other": [*whole, "saved bundle"]
    }
    lines = {re.sub(r", [0-9.]+ s", "", text) for _, text in told(tmp_path / "run.log")}
    assert lines >= {"Line: check started", "Line: check ended, match", "Other: check ended, missing"}
    assert lines >= {"Line: full run started", "Line: full run ended"}


def test_each_call_is_told_at_the_level_of_debugging_and_no_value_of_a_variable_at_any(
    line: Project, tmp_path: Path
) -> None:
    place = tmp_path / "run.log"
    with (
        line.editing(CODE, "def fit(rows, ridge=0.0):\n", READS),
        line.editing("pyproject.toml", "timeout = 60\n", 'timeout = 60\npass_env = ["TOKEN"]\n'),
    ):
        line.command("check", "--quick", "--log", f"{place}:debug", TOKEN=SECRET)
    assert ("DEBUG", "train calls `train`") in [(level, text.partition(": ")[2]) for level, text in told(place)]
    assert SECRET not in place.read_text("utf-8")
    # What the code raises may hold one.
    before = place.read_text("utf-8")
    raises = f"def fit(rows, ridge=0.0):\n    raise KeyError({SECRET!r})\n"
    with line.editing(CODE, "def fit(rows, ridge=0.0):\n", raises):
        ran = line.command("check", "--quick", "--log", f"{place}:INFO")
    added = place.read_text("utf-8").removeprefix(before)
    assert SECRET in ran.out
    assert SECRET not in added
    assert re.search(r" WARNING Line \[\d+\]: train did not end well: raised\n", added)


def test_a_dash_is_standard_error_and_a_guard_that_is_not_run_says_so(line: Project) -> None:
    line.command("check", "--changed")
    ran = line.command("check", "--changed", "--json", "--log", "-")
    assert ran.json["outcome"] == "match"
    (told_,) = [found[2] for row in ran.err.splitlines() if (found := LINE.fullmatch(row)) and "search" not in found[2]]
    assert re.fullmatch("Line: not run, unchanged since .+", told_)


def test_in_this_process_the_same_is_told(line: Project, tmp_path: Path) -> None:
    line.command("check", "--in-process", "--quick", "--log", str(tmp_path / "run.log"))
    assert parts(tmp_path / "run.log")["Line"][:2] == ["dataset", "train"]


@pytest.mark.parametrize(
    ("place", "why"),
    [
        (GUARD, f"{GUARD} is there and no log of mlguard; name another file, or remove it"),
        ("tests", "tests cannot be written: Is a directory"),
        ("nowhere/run.log", "nowhere/run.log cannot be written: No such file or directory"),
        (":debug", "the name is empty"),
        ("", "the name is empty"),
    ],
)
def test_a_place_that_cannot_be_written_is_refused_before_anything_runs(line: Project, place: str, why: str) -> None:
    for command in (["check"], ["regen-golden", "--yes", "--reason", "x"], ["audit"]):
        ran = line.command(*command, "--log", place)
        assert (ran.code, ran.changed) == (2, ())
        assert f"Invalid value for '--log': {why}" in ran.err
