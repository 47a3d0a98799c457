"""What a zygote is to import, read from sources without running any."""

from __future__ import annotations

from pathlib import Path

from mlguard.runner.preload import ALWAYS, third_party


def test_third_party_modules_are_found_through_the_projects_own(tmp_path: Path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").write_text("")
    (tmp_path / "shop" / "train.py").write_text("import numpy.linalg\nraise SystemExit\n")
    guard = tmp_path / "test_guard.py"
    guard.write_text("import json\nimport no_such_module\nfrom shop import train\nfrom mlguard import Guard\n")
    found = third_party([guard], [str(tmp_path)])
    assert found == (*ALWAYS, "numpy.linalg")


def test_modules_that_import_each_other_and_broken_ones_do_no_harm(tmp_path: Path):
    (tmp_path / "one.py").write_text("import two\n")
    (tmp_path / "two.py").write_text("import one, yaml\n")
    (tmp_path / "broken.py").write_text("import (\n")
    files = [tmp_path / "one.py", tmp_path / "broken.py", tmp_path / "absent.py"]
    assert third_party(files, [str(tmp_path)]) == (*ALWAYS, "yaml")


def test_scripts_that_a_guard_names_are_followed(tmp_path: Path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "train.py").write_text("import numpy.linalg\n")
    (tmp_path / "serve.py").write_text("import yaml\n")
    (tmp_path / "notes.py").write_text("import pandas\n")
    guard = tmp_path / "test_guard.py"
    guard.write_text(
        '"""notes.py is named in a docstring only."""\n'
        "class Shop:\n"
        '    train = "python bin/train.py {train} {bundle}"\n'
        '    predict = "python -m serve {bundle} {rows} {answers}"\n'
    )
    assert third_party([guard], [str(tmp_path)]) == (*ALWAYS, "numpy.linalg", "yaml")
