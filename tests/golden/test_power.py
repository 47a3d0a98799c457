"""The power of a guard is kept beside what no repository keeps, and enters the golden with the next approval only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlguard.golden.power import keep, kept
from tests.project import CODE, Project

FIGURES = {"power": 0.9, "noticed": 9, "missed": 1, "interval": [0.5958, 0.9821], "budget": "60 s", "when": "2026"}


def test_figures_come_back_as_they_were_kept(tmp_path: Path) -> None:
    for name in ("Line", "Line[model_cat]", "Line[odd/../name]"):
        assert kept(tmp_path, name) is None
        keep(tmp_path, name, {**FIGURES, "guard": name})
        assert kept(tmp_path, name) == {**FIGURES, "guard": name}
    assert {path.parts[len(tmp_path.parts)] for path in tmp_path.rglob("*")} == {".mlguard"}


DAMAGED = {
    "cut off": "{",
    "deep": "[" * 20_000,
    "list": "[]",
    "nothing": "{}",
    "lacks": '{"power": 0.9}',
    "text": json.dumps({**FIGURES, "power": "0.9"}),
    "no number": json.dumps({**FIGURES, "missed": None}),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_damaged_figures_are_none(content: str, tmp_path: Path) -> None:
    keep(tmp_path, "Line", FIGURES)
    (tmp_path / ".mlguard/audit/Line.json").write_text(content, encoding="utf-8")
    assert kept(tmp_path, "Line") is None


def test_the_next_approval_takes_the_power_in_and_later_ones_keep_it(fresh: Project) -> None:
    fresh.regen()
    assert fresh.golden().power == {}
    keep(fresh.root, "Line", FIGURES)
    assert fresh.golden().power == {}, "an audit writes no golden"
    with fresh.editing(CODE, 'model["shift"] +', 'model["shift"] + 0.25 +'):
        fresh.regen()
        assert fresh.golden().power["power"] == 0.9
        (fresh.root / ".mlguard/audit/Line.json").unlink()
        fresh.regen(everything=True)
        assert fresh.golden().power["noticed"] == 9
