"""`mlguard init`: what it writes, what it leaves alone, and that what it wrote runs at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mlguard.cli.init import command
from mlguard.core.error import RunError, UsageError

Init = Callable[..., Result]

WRITTEN = {
    ".gitattributes",
    ".gitignore",
    ".github/workflows/mlguard.yml",
    "datasets/generators/example.py",
    "example_pipeline.py",
    "pyproject.toml",
    "tests/guards/test_example.py",
}


@pytest.fixture
def init(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Init:
    """Call `mlguard init` inside a fresh repository."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return lambda *args: CliRunner().invoke(command, args, catch_exceptions=False)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_an_empty_repository_gets_everything(init: Init, tmp_path: Path) -> None:
    result = init()
    assert result.exit_code == 0
    assert set(contents(tmp_path)) == WRITTEN
    assert all(f"wrote       {name}" in result.stdout for name in WRITTEN)
    assert result.stdout.rstrip().endswith('next:\n  mlguard regen-golden --reason "first golden"\n  pytest')
    assert tomllib.loads((tmp_path / "pyproject.toml").read_text()) == {
        "tool": {"mlguard": {"guards": ["tests/guards"]}}
    }
    assert (tmp_path / ".gitignore").read_text() == ".mlguard/\n"


def test_a_second_run_changes_nothing(init: Init, tmp_path: Path) -> None:
    init()
    before = contents(tmp_path)
    result = init("--json")
    assert contents(tmp_path) == before
    assert {entry["action"] for entry in json.loads(result.stdout)["files"]} == {"left alone"}


def test_json_holds_files_and_next_commands(init: Init, tmp_path: Path) -> None:
    told = json.loads(init("--json").stdout)
    assert told["root"] == str(tmp_path)
    assert {entry["path"] for entry in told["files"]} == WRITTEN
    assert told["next"] == ['mlguard regen-golden --reason "first golden"', "pytest"]


@pytest.mark.parametrize(
    "before",
    [
        '# mine\n[project]\nname="x"  # odd   spacing\n',
        '[project]\nname = "x"',
        '[project]\r\nname = "x"\r\n',
        "",
    ],
    ids=["comments", "no last newline", "windows", "empty"],
)
def test_an_existing_pyproject_is_only_appended_to(init: Init, tmp_path: Path, before: str) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_bytes(before.encode())
    init()
    after = file.read_bytes().decode()
    assert after.startswith(before)
    assert tomllib.loads(after)["tool"]["mlguard"] == {"guards": ["tests/guards"]}
    assert after.count("\r\n") == (after.count("\n") if "\r\n" in before else 0)


def test_a_section_that_exists_is_left_alone_and_obeyed(init: Init, tmp_path: Path) -> None:
    text = '[tool.mlguard]\nguards = ["checks"]\ngenerators = "data"\ngolden = "ok"\n'
    (tmp_path / "pyproject.toml").write_text(text)
    init()
    assert (tmp_path / "pyproject.toml").read_text() == text
    assert (tmp_path / "checks/test_example.py").is_file()
    assert (tmp_path / "data/example.py").is_file()
    assert "ok/** text eol=lf" in (tmp_path / ".gitattributes").read_text()


def test_lines_are_added_once_below_what_is_there(init: Init, tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.pyc\n.mlguard/\n")
    (tmp_path / ".gitattributes").write_text("*.png binary")
    init()
    assert (tmp_path / ".gitignore").read_text() == "*.pyc\n.mlguard/\n"
    lines = (tmp_path / ".gitattributes").read_text().splitlines()
    assert lines[:2] == ["*.png binary", "golden/** text eol=lf"]
    assert "golden/**/summary.md linguist-generated=false" in lines


def test_no_existing_file_is_overwritten(init: Init, tmp_path: Path) -> None:
    for name in sorted(WRITTEN - {"pyproject.toml", ".gitignore", ".gitattributes"}):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("mine")
    result = init()
    assert (tmp_path / "example_pipeline.py").read_text() == "mine"
    assert "left alone  example_pipeline.py" in result.stdout


def test_a_project_with_guards_gets_no_example(init: Init, tmp_path: Path) -> None:
    (tmp_path / "tests/guards").mkdir(parents=True)
    (tmp_path / "tests/guards/test_mine.py").write_text("")
    result = init()
    assert not (tmp_path / "example_pipeline.py").exists()
    assert "no example needed: tests/guards holds test_mine.py" in result.stdout


def test_below_the_root_the_project_around_is_meant(init: Init, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (tmp_path / "src").mkdir()
    monkeypatch.chdir(tmp_path / "src")
    assert json.loads(init("--json").stdout)["root"] == str(tmp_path)


def test_a_repository_below_a_project_is_its_own(init: Init, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.mlguard]\nguards = ['elsewhere']\n")
    (tmp_path / "inner/.git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "inner")
    init()
    assert (tmp_path / "inner/tests/guards/test_example.py").is_file()


def test_a_named_folder_is_the_root(init: Init, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.mlguard]\n")
    (tmp_path / "service").mkdir()
    init("--dir", "service")
    assert set(contents(tmp_path / "service")) == WRITTEN
    assert init("--dir", "nowhere").exit_code == 2


@pytest.mark.parametrize(
    ("config", "command_line"),
    [
        ('testpaths = ["tests"]', "pytest"),
        ('testpaths = ["unit"]', "pytest tests/guards"),
        ('testpaths = "unit more"', "pytest tests/guards"),
    ],
)
def test_the_next_command_really_reaches_the_guards(init: Init, tmp_path: Path, config: str, command_line: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.pytest.ini_options]\n{config}\n")
    assert json.loads(init("--json").stdout)["next"][-1] == command_line
    assert f"- run: python -m {command_line}\n" in (tmp_path / ".github/workflows/mlguard.yml").read_text()


def test_the_workflow_installs_what_the_project_needs(init: Init, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (tmp_path / "requirements.txt").write_text("pandas\n")
    init()
    text = (tmp_path / ".github/workflows/mlguard.yml").read_text()
    assert "- run: python -m pip install . -r requirements.txt pytest-mlguard\n" in text
    assert "@" not in text.replace("actions/checkout@v4", "").replace("actions/setup-python@v5", "")


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("[tool\n", "settings-toml"),
        (f"a = {'1' * 5000}\n", "settings-toml"),
        ("tool = { black = {} }\n", "init-pyproject"),
        ("\udcff", "init-unreadable"),
    ],
    ids=["cut off", "long number", "inline table", "no UTF-8"],
)
def test_a_pyproject_that_cannot_be_extended_stops_it_before_anything_is_written(init, tmp_path, text, slug) -> None:
    (tmp_path / "pyproject.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(UsageError) as refused:
        init("--dir", ".")
    assert refused.value.slug == slug
    assert set(contents(tmp_path)) == {"pyproject.toml"}


def test_a_disk_that_refuses_leaves_nothing_half_written(init, tmp_path, monkeypatch) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\n")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(RunError, match=r"pyproject\.toml could not be written: No space left"):
        init()
    assert contents(tmp_path) == {"pyproject.toml": b"[project]\n"}


def test_the_example_learns_and_is_sound(init: Init, tmp_path: Path) -> None:
    """What is scaffolded must be a good example: better than a constant, and the unseen channel is really there."""
    init()
    script = """
import numpy as np
from datasets.generators.example import make
from example_pipeline import evaluate, predict_chance, split_data, train_model
for seed in range(3):
    rows = make(np.random.RandomState(seed)).rows
    train, test = split_data(rows)
    constant = evaluate(test["bought"], np.full(len(test), train["bought"].mean()))
    learned = evaluate(test["bought"], predict_chance(train_model(train), test))
    assert learned["brier"] < 0.85 * constant["brier"], (seed, learned, constant)
    assert set(test["channel"]) - set(train["channel"]) == {"fax"}
"""
    ran = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_what_it_wrote_runs_at_once_and_catches_a_refactor(init: Init, tmp_path: Path) -> None:
    """The README's first five minutes: first golden, green, an edit, red at the stage that moved."""
    init()
    outside = {name: value for name, value in os.environ.items() if name != "CI"}

    def run(*told: str) -> subprocess.CompletedProcess[str]:
        command_line = [sys.executable, "-m", *told]
        return subprocess.run(command_line, cwd=tmp_path, env=outside, capture_output=True, text=True)

    recorded = run("mlguard", "regen-golden", "--reason", "first golden", "--yes")
    assert recorded.returncode == 0, recorded.stdout + recorded.stderr
    assert (tmp_path / "golden/Example/record.json").is_file()
    green = run("pytest", "-q", "-p", "no:randomly")
    assert green.returncode == 0, green.stdout + green.stderr

    pipeline = tmp_path / "example_pipeline.py"
    pipeline.write_text(pipeline.read_text(encoding="utf-8").replace("+ 1.0)", "+ 2.0)"), encoding="utf-8")
    red = run("mlguard", "check", "--json")
    assert red.returncode == 1, red.stdout + red.stderr
    assert json.loads(red.stdout)["guards"][0]["first_moved"] == "features"


def test_bare_writes_settings_and_lines_for_git_alone(init: Init, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    result = init("--bare")
    assert result.exit_code == 0
    assert set(contents(tmp_path)) == {".gitattributes", ".gitignore", "pyproject.toml"}
    assert tomllib.loads((tmp_path / "pyproject.toml").read_text())["tool"] == {"mlguard": {"guards": ["tests/guards"]}}
    following = result.stdout.partition("next:\n")[2].splitlines()
    assert "mlguard check --try" in following[2]
    before = contents(tmp_path)
    init("--bare")
    assert contents(tmp_path) == before
    assert set(json.loads(init("--bare", "--json").stdout)) == {"root", "files", "notes", "next"}
