"""The table of speed: each figure beside its goal, from ways that were measured side by side."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks.speed.__main__ import ROWS, command, draw
from benchmarks.speed.measured import Line, environ, run, side_by_side
from benchmarks.speed.sessions import Told, net

PAGE = (Path(__file__).parents[2] / "docs/performance.md").read_text(encoding="utf-8")


def test_a_goal_is_a_largest_or_a_least_figure() -> None:
    figures = [(1.05, False), (1.06, False), (1.05, True), (1.04, True)]
    assert [Line("row", "what", one, 1.05, least=least).reached for one, least in figures] == [True, False, True, False]


def test_the_table_shows_what_was_missed_and_why() -> None:
    lines = [
        Line("help", "ours / bare", 1.21, 1.1),
        Line("jobs", "one / two", 1.8, 1.7, least=True, remark="by the clock"),
    ]
    assert draw(lines).splitlines() == [
        "row   what         measured  goal    reached",
        "help  ours / bare  1.21 x    <= 1.1  no",
        "jobs  one / two    1.8 x     >= 1.7  yes (by the clock)",
    ]


def test_the_order_rotates_and_the_first_run_of_each_way_does_not_count() -> None:
    order: list[str] = []
    found = side_by_side({name: lambda name=name: order.append(name) or len(order) for name in "abc"}, 3)
    assert "".join(order) == "abc" + "abc" + "bca" + "cab"
    assert found == {"a": [4, 9, 11], "b": [5, 7, 12], "c": [6, 8, 10]}


def test_a_command_is_measured_with_what_it_starts(tmp_path: Path) -> None:
    (tmp_path / "burn.py").write_text("import time\nwhile time.process_time() < 0.3:\n    pass\n")
    script = "import subprocess, sys; subprocess.run([sys.executable, 'burn.py'])"
    assert run([sys.executable, "-c", script], tmp_path).cpu >= 0.3


def test_a_command_that_fails_ends_the_measurement(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="ended with 3:\nnot today"):
        run([sys.executable, "-c", "print('not today'); raise SystemExit(3)"], tmp_path)


def test_measured_processes_keep_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert "PYTHONDONTWRITEBYTECODE" not in environ()


def test_an_empty_test_with_the_same_plugins_is_subtracted() -> None:
    full, empty = [Told(0.5, 100, 80.0), Told(0.3, 300, 90.0), Told(0.4, 200, 70.0)], [Told(0.1, 0, 60.0)]
    found = net(full, empty)
    assert (found.each, found.said, found.peak) == (pytest.approx(0.3), 300, 20.0)


def test_one_row_is_measured_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    command.main(["--rows", "help", "--rounds", "1", "--json"], standalone_mode=False)
    (line,) = json.loads(capsys.readouterr().out)
    assert (line["row"], line["goal"], line["reached"]) == ("help", 1.1, line["measured"] <= 1.1)
    assert line["measured"] > 0


def test_the_page_has_every_row_and_no_other() -> None:
    shown = {line.split()[0] for line in PAGE.partition("```text\n")[2].partition("```")[0].splitlines()[1:]}
    assert shown == set(ROWS)
