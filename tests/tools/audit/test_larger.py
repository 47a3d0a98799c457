"""More data than a guard has, and what the unchanged code answers there."""

from __future__ import annotations

from pathlib import Path

from mlguard.tools.audit.larger import default_rows


def test_the_rows_that_a_generator_makes_unless_asked(tmp_path: Path) -> None:
    for given, rows in {
        "rng, rows=200": 200,
        "rng, *, rows=30": 30,
        "rng, people=5, rows=7": 7,
        "rng, rows=LIMIT": None,
        "rng": None,
    }.items():
        script = tmp_path / "made.py"
        script.write_text(f"LIMIT = 3\n\n\ndef make({given}):\n    return None\n", encoding="utf-8")
        assert default_rows(script) == rows, given
