"""Provenance: what identifies the files of a project, and which of them count."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mlguard.runner.provenance import LARGEST, source_digest
from tests.project import CODE, GENERATOR, GUARD, Project


def test_line_ends_are_no_change_of_a_source(tmp_path: Path):
    one, other, changed = tmp_path / "a.py", tmp_path / "b.py", tmp_path / "c.py"
    one.write_bytes(b"x = 1\ny = 2\n")
    other.write_bytes(b"x = 1\r\ny = 2\r\n")
    changed.write_bytes(b"x = 1\ny = 3\n")
    assert source_digest(one) == source_digest(other)
    assert source_digest(one) != source_digest(changed)


@pytest.mark.parametrize(
    "touch",
    [
        "open(CONFIG).read()",
        "open('.cache-of-mine/x', 'w').close(); open('.cache-of-mine/x').read()",
        "open('memory.txt', 'w').close(); open('memory.txt').read()",
        "open(__file__).read()",
        "open(os.devnull).read()",
        "open('.venv/lib/words.txt').read()",
    ],
)
def test_what_is_no_part_of_the_project_is_no_source(line: Project, touch: str):
    """Neither a configuration, whose values are kept, nor a cache, nor what the code wrote itself, nor a library's."""
    (line.root / ".cache-of-mine").mkdir(exist_ok=True)
    (line.root / ".venv" / "lib").mkdir(parents=True, exist_ok=True)
    (line.root / ".venv" / "lib" / "words.txt").write_text("a")
    with (
        line.also("line.json", '{"ridge": 0.5}'),
        line.editing(GUARD, '    dataset = "tiny"\n', '    dataset = "tiny"\n    config = "line.json"\n'),
        line.editing(
            CODE,
            "def fit(rows, ridge=0.0):\n",
            f"import os\nCONFIG = 'line.json'\n\n\ndef fit(rows, ridge=0.0):\n    {touch}\n",
        ),
    ):
        assert sorted(line.run().record.provenance.sources) == sorted([GENERATOR, CODE, GUARD])


@pytest.mark.parametrize(("size", "counts"), [(LARGEST, True), (LARGEST + 1, False)])
def test_a_file_too_large_to_be_read_in_every_run_is_no_source(line: Project, size: int, counts: bool):
    with (
        line.also("weights.bin", ""),
        line.editing(
            CODE, "def fit(rows, ridge=0.0):\n", "def fit(rows, ridge=0.0):\n    open('weights.bin').read(1)\n"
        ),
    ):
        os.truncate(line.root / "weights.bin", size)
        assert ("weights.bin" in line.run().record.provenance.sources) is counts
