"""Which environment variables guarded code is seen to read: its own reads, and those of a library on its behalf."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

from mlguard.runner.environ import told_withheld, variables_read


def read_by(root: Path, code: str) -> set[str]:
    """The names that a module of the project reads while it is imported."""
    file = root / "subject.py"
    file.write_text(code)
    spec = importlib.util.spec_from_file_location("subject", file)
    module = importlib.util.module_from_spec(spec)
    with variables_read(str(root)) as names:
        spec.loader.exec_module(module)
    return names


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos.environ.get('SHOP')",
        "import os\nos.getenv('SHOP', 'x')",
        "import os\n'SHOP' in os.environ",
        "from os import environ as e\ntry: e['SHOP']\nexcept KeyError: pass",
        "import os\n[os.environ.pop('SHOP', None)]",
        "import os\nos.environ.setdefault('SHOP', 'x')",
        "import os\nos.environb.get(b'SHOP')",
        "import os.path\nos.path.expandvars('$SHOP')",
        "import settings_library\nsettings_library.load('SHOP')",
    ],
)
def test_every_way_to_read_one_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str):
    library = tmp_path / "site-packages"
    library.mkdir()
    (library / "settings_library.py").write_text(
        "import os, shutil\nos.getenv('READ_AT_IMPORT')\n"
        "def load(name): return os.getenv(name), os.getenv('OMP_NUM_THREADS'), shutil.get_terminal_size()\n"
    )
    monkeypatch.syspath_prepend(str(library))
    monkeypatch.delitem(sys.modules, "settings_library", raising=False)
    monkeypatch.setenv("SHOP", "1")
    assert read_by(tmp_path, code) == {"SHOP"}


def test_what_the_project_reads_of_the_default_list_is_seen_as_well(tmp_path: Path):
    assert read_by(tmp_path, "import os\nos.getenv('TZ')\nos.getenv('HOME')") == {"TZ", "HOME"}


def test_what_is_kept_and_restored_around_a_program_is_no_read_of_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SHOP", "1")
    code = """
import pathlib, types
from mlguard.programs.run import as_program
with as_program(types.ModuleType("__main__"), ["run.py"], None, pathlib.Path(__file__).parent):
    pass
"""
    assert read_by(tmp_path, code) == set()


def test_nothing_is_seen_afterwards(tmp_path: Path):
    ordinary = type(os.environ).__getitem__
    names = read_by(tmp_path, "import os\ndef later(): return os.getenv('READ_LATER')\nos.getenv('READ_NOW')")
    os.getenv("READ_LATER")
    assert names == {"READ_NOW"}
    assert type(os.environ).__getitem__ is ordinary


def test_a_variable_that_is_set_and_does_not_reach_guards_is_named_with_the_cure():
    assert told_withheld({"A", "B"}, {"C"}) == ""
    assert told_withheld({"A", "B"}, {"A"}).startswith("the code reads A, which is set in this shell and does not")
    assert told_withheld({"A", "B"}, {"A", "B"}).startswith("the code reads A, B, which are set in this shell and do")
