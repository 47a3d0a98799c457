"""The files that a run depends on: which of them count, and what tells that one was edited."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from mlguard.runner.sources import PART, WHOLE, digest
from tests.project import CODE, GENERATOR, GUARD, Project

OWN = [GENERATOR, CODE, GUARD]


def test_line_ends_are_no_change_of_a_source(tmp_path: Path):
    one, other, changed = tmp_path / "a.py", tmp_path / "b.py", tmp_path / "c.py"
    one.write_bytes(b"x = 1\ny = 2\n")
    other.write_bytes(b"x = 1\r\ny = 2\r\n")
    changed.write_bytes(b"x = 1\ny = 3\n")
    assert digest(one) == digest(other)
    assert digest(one) != digest(changed)


@pytest.mark.parametrize("edit", ["beginning", "end", "size"])
def test_an_edit_of_a_large_file_shows(tmp_path: Path, edit: str):
    weights = tmp_path / "weights.bin"
    weights.touch()
    os.truncate(weights, WHOLE + 2 * PART)
    before = digest(weights)
    with weights.open("r+b") as opened:
        opened.seek({"beginning": 5, "end": -5, "size": 0}[edit], os.SEEK_SET if edit == "beginning" else os.SEEK_END)
        opened.write(b"x")
    assert digest(weights) != before


@pytest.mark.parametrize(
    "touch",
    [
        "open(CONFIG).read()",
        "open('.cache-of-mine/x', 'w').close(); open('.cache-of-mine/x').read()",
        "open('memory.txt', 'w').close(); open('memory.txt').read()",
        "open(__file__).read()",
        "open(os.devnull).read()",
        "open('.venv/lib/words.txt').read()",
        "os.system('date +%N > drawn.txt')",
    ],
)
def test_what_is_no_part_of_the_project_is_no_source(line: Project, touch: str):
    """Neither a configuration, whose values are kept, nor a cache, nor what the code wrote itself, nor a library's."""
    (line.root / ".cache-of-mine").mkdir(exist_ok=True)
    (line.root / ".venv" / "lib").mkdir(parents=True, exist_ok=True)
    (line.root / ".venv" / "lib" / "words.txt").write_text("a")
    (line.root / "drawn.txt").write_text("a")
    with (
        line.also("line.json", '{"ridge": 0.5}'),
        line.editing(GUARD, '    dataset = "tiny"\n', '    dataset = "tiny"\n    config = "line.json"\n'),
        line.editing(
            CODE,
            "def fit(rows, ridge=0.0):\n",
            f"import os\nCONFIG = 'line.json'\n\n\ndef fit(rows, ridge=0.0):\n    {touch}\n",
        ),
    ):
        assert sorted(line.run().record.provenance.sources) == sorted(OWN)


@pytest.mark.parametrize(
    ("name", "read"),
    [
        (".env", "open('.env').read()"),
        ("bin/clean.sh", "os.system('sh bin/clean.sh')"),
        ("steps/clean.py", "import runpy; runpy.run_path('steps/clean.py')"),
        ("shop.db", "import sqlite3; sqlite3.connect('shop.db').close()"),
        ("shop.db", "import sqlite3; sqlite3.connect('file:shop.db?mode=ro', uri=True).close()"),
        ("linked.txt", "open('linked.txt').read()"),
        ("../shared/scale.py", "import scale"),
        ("data/part.csv", "import pathlib; [p.read_text() for p in pathlib.Path('data').glob('*.csv')]"),
    ],
)
def test_whatever_the_code_runs_or_opens_is_a_source(project: Project, name: str, read: str):
    here = "import os\nfrom pathlib import Path\n\n\ndef fit(rows, ridge=0.0):\n    os.chdir(Path(__file__).parent)\n"
    with project.editing(CODE, "def fit(rows, ridge=0.0):\n", f"{here}    {read}\n"):
        assert sorted(project.run().record.provenance.sources) == sorted([*OWN, name])


@pytest.fixture(scope="module")
def project(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The tiny project beside a folder that its import path leads to, with files of many kinds."""
    top = tmp_path_factory.mktemp("sources")
    project = Project(top / "project")
    project.write("pyproject.toml", '[tool.mlguard]\n\n[tool.pytest.ini_options]\npythonpath = [".", "../shared"]\n')
    project.write("../shared/scale.py", "SCALE = 2\n")
    for name in (".env", "steps/clean.py", "bin/clean.sh", "data/part.csv"):
        project.write(name, "")
    sqlite3.connect(project.root / "shop.db").execute("create table rows (x)").connection.close()
    (top / "elsewhere.txt").write_text("a")
    (project.root / "linked.txt").symlink_to(top / "elsewhere.txt")
    return project
