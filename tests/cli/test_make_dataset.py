"""`mlguard make-dataset`: what it writes, prints, verifies and refuses."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from mlguard.cli.make_dataset import command
from mlguard.core.error import RunError, UsageError
from mlguard.tables.folder import read_dataset

TOY = """
import pandas as pd

def make(rng, rows=4):
    return pd.DataFrame({"x": rng.uniform(size=rows), "name": ["a"] * rows})
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text("[tool.mlguard]\ngenerators = 'data/made'\n")
    (tmp_path / "data" / "made").mkdir(parents=True)
    (tmp_path / "data" / "made" / "toy.py").write_text(TOY)
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*args):
    return CliRunner().invoke(command, [str(arg) for arg in args], standalone_mode=True)


def test_a_project_makes_its_own_datasets_below_its_root(project):
    done = run()
    assert done.exit_code == 0, done.output
    assert [path.name for path in (project / "datasets").iterdir()] == ["toy"]
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["dataset", "table", "rows", "columns", "bytes", "digest"]
    assert lines[1].split()[:4] == ["toy", "rows", "4", "2"]
    assert lines[-1] == f"1 dataset in {project / 'datasets'}"


def test_some_datasets_with_seed_rows_and_format(project):
    done = run("toy", "segments", "--seed", 3, "--rows", 50, "--format", "jsonl", "--out-dir", "out", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)["datasets"]
    assert [(one["name"], one["seed"]) for one in told] == [("toy", 3), ("segments", 3)]
    for one in told:
        assert one["path"] == str(project / "below" / "out" / one["name"])
        assert one["digest"].startswith("sha256:")
        assert [table["rows"] for table in one["tables"]] == [50]
        assert one["tables"][0]["file"] == "rows.jsonl"
    assert len(read_dataset(project / "below" / "out" / "toy").rows) == 50


def test_outside_any_project_the_built_in_ones_serve(elsewhere):
    done = run("segments", "ratings")
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in (elsewhere / "datasets").iterdir()) == ["ratings", "segments"]


def test_verify_answers_equal_differs_and_missing(project):
    assert run("--verify").exit_code == 3
    assert run("--seed", 5, "--rows", 6).exit_code == 0
    equal = run("--verify")
    assert (equal.exit_code, equal.stdout) == (0, "toy: equal\n")

    other = run("--verify", "--seed", 6, "--json")
    told = json.loads(other.stdout)["datasets"][0]
    assert (other.exit_code, told["state"]) == (1, "differs")
    assert "table 'rows', column 'x': 6 of 6 elements" in told["message"]

    file = project / "datasets" / "toy" / "rows.csv"
    file.write_text(file.read_text().replace(",a", ",b", 1))
    edited = run("--verify")
    assert (edited.exit_code, edited.stdout[:45]) == (1, "toy: table 'rows', column 'name': 1 of 6 elem")

    file.unlink()
    gone = run("--verify")
    assert (gone.exit_code, gone.stdout) == (3, f"toy: {file} is missing\n")


def test_verify_sees_an_edited_generator_and_damage(project):
    assert run().exit_code == 0
    script = project / "data" / "made" / "toy.py"
    script.write_text(TOY.replace("['a']", "['b']").replace('["a"]', '["b"]'))
    assert "column 'name'" in run("--verify").stdout
    script.write_text(TOY)
    for name in ("rows.csv", "manifest.json"):
        file = project / "datasets" / "toy" / name
        good = file.read_bytes()
        file.write_bytes(good[:-3])
        damaged = run("--verify")
        assert (damaged.exit_code, f"{name} " in damaged.stdout) == (1, True)
        file.write_bytes(good)
    assert run("--verify").exit_code == 0


def test_an_unknown_name_is_refused_with_the_nearest_and_the_place(project):
    done = run("tyo", "--json")
    assert isinstance(done.exception, UsageError)
    assert "did you mean toy" in done.exception.message
    assert str(project / "data" / "made") in done.exception.message
    assert not done.stdout


def test_nothing_is_written_where_one_generator_fails(project):
    (project / "data" / "made" / "bad.py").write_text("def make(rng): return 1 / 0\n")
    (project / "data" / "made" / "worse.py").write_text("def make(rng): return 1 / 0\n")
    done = run()
    assert isinstance(done.exception, RunError)
    assert "2 of 3 datasets could not be made" in done.exception.message
    assert "bad.py, line 1" in done.exception.message
    assert "worse.py, line 1" in done.exception.message
    assert not (project / "datasets").exists()


def test_only_what_it_wrote_itself_is_overwritten(project):
    assert run().exit_code == 0
    assert run("--seed", 1).exit_code == 0
    file = project / "datasets" / "toy" / "rows.csv"
    file.write_text("mine")
    done = run()
    assert isinstance(done.exception, UsageError)
    assert str(file) in done.exception.message
    assert file.read_text() == "mine"


@pytest.mark.parametrize("args", [["--rows", "0"], ["--seed", "-1"], ["--seed", "4294967296"], ["--format", "xlsx"]])
def test_impossible_options_are_usage_errors(project, args):
    assert run(*args).exit_code == 2
