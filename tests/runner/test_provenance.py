"""Provenance: what identifies sources and libraries, and what does not."""

from __future__ import annotations

from pathlib import Path

from mlguard.runner.provenance import source_digest


def test_line_ends_are_no_change_of_a_source(tmp_path: Path):
    one, other, changed = tmp_path / "a.py", tmp_path / "b.py", tmp_path / "c.py"
    one.write_bytes(b"x = 1\ny = 2\n")
    other.write_bytes(b"x = 1\r\ny = 2\r\n")
    changed.write_bytes(b"x = 1\ny = 3\n")
    assert source_digest(one) == source_digest(other)
    assert source_digest(one) != source_digest(changed)
