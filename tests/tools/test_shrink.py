"""The fewest rows that keep the power: where the search goes, and who cannot be asked."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mlguard.core.power import Power, Shrunk
from mlguard.tools import shrink as room
from mlguard.tools.shrink import shrink
from tests.project import GENERATOR, GUARD, Project


def searched(monkeypatch: pytest.MonkeyPatch, line: Project, needed: int, runs: int = 0) -> Shrunk:
    """The search with a guard that notices all ten changes on `needed` rows and runs on `runs`; nothing is run."""

    def power(runner: object, guard: object, counted: Sequence[object], rows: int, jobs: int) -> Power | None:
        return None if rows < runs else Power(10, 0) if rows >= needed else Power(9, 1)

    monkeypatch.setattr(room, "own_rows", lambda *_: 400)
    monkeypatch.setattr(room, "_counted", lambda *_, **__: ([], Power(10, 0)))
    monkeypatch.setattr(room, "_power", power)
    with line.runner() as runner:
        return shrink(runner, line.declared(), changes=10, seed=0, jobs=1, progress=lambda text: None)


@pytest.mark.parametrize("needed", [1, 2, 7, 60, 199, 200, 201, 399, 400])
def test_the_answer_is_enough_and_close_to_the_fewest(
    monkeypatch: pytest.MonkeyPatch, line: Project, needed: int
) -> None:
    found = searched(monkeypatch, line, needed)
    assert needed <= found.rows <= max(needed + 1, needed * 1.12 + 1)
    assert found.steps[0] == (400, Power(10, 0))
    assert len(found.steps) <= 14


def test_rows_on_which_the_guard_cannot_run_are_too_few(monkeypatch: pytest.MonkeyPatch, line: Project) -> None:
    found = searched(monkeypatch, line, needed=1, runs=50)
    assert 50 <= found.rows <= 57
    assert (25, None) not in found.steps or found.rows > 25


def test_a_generator_that_cannot_be_asked(fresh: Project) -> None:
    fresh.edit(GENERATOR, "rows=16", "rows=int(16)")
    ran = fresh.command("make-dataset", "--shrink", "Line")
    assert (ran.code, ran.out) == (2, "")
    assert "[shrink-rows]" in ran.err


def test_rows_on_a_real_guard(line: Project) -> None:
    ran = line.command("make-dataset", "--shrink", "Line", "--json")
    assert (ran.code, ran.changed) == (0, ())
    told = ran.json
    assert (told["name"], told["dataset"], told["own_rows"]) == ("Line", "tiny", 16)
    assert 0 < told["rows"] <= 16
    kept = next(step for step in told["steps"] if step["rows"] == told["rows"])
    assert kept["noticed"] >= told["steps"][0]["noticed"] > 0


def test_options_about_tables_have_no_place_beside_it(line: Project) -> None:
    ran = line.command("make-dataset", "--shrink", "Line", "--rows", "5")
    assert (ran.code, ran.out) == (2, "")
    assert "run it without --rows" in ran.err


def test_a_name_of_several_guards_is_usage(line: Project) -> None:
    content = (line.root / GUARD).read_text(encoding="utf-8").replace("class Line", "class Lines")
    with line.also("tests/guards/test_lines.py", content):
        ran = line.command("make-dataset", "--shrink", "Line*")
    assert (ran.code, ran.out) == (2, "")
    assert "[shrink-one]" in ran.err
