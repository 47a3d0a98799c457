"""The repositories below `examples/repositories/` are what others write, and their guards are short."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.examples.example import ROOT

REPOSITORIES = sorted(path.parent for path in (ROOT / "examples/repositories").glob("*/pyproject.toml"))
OURS = ("datasets", "golden", "tests", "pyproject.toml", ".mlguard")
"""What guarding adds to a repository."""


def written(repository: Path) -> list[Path]:
    """The files of a repository that were there before any guard."""
    files = (path for path in sorted(repository.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return [path for path in files if path.relative_to(repository).parts[0] not in OURS]


def guards(repository: Path) -> Iterator[ast.ClassDef]:
    for file in sorted((repository / "tests/guards").glob("*.py")):
        yield from (node for node in ast.parse(file.read_text(encoding="utf-8")).body if isinstance(node, ast.ClassDef))


@pytest.fixture(params=REPOSITORIES, ids=lambda path: path.name)
def repository(request: pytest.FixtureRequest) -> Path:
    chosen: Path = request.param
    return chosen


def test_each_is_checked_and_told_of() -> None:
    told = (ROOT / "docs/repositories.md").read_text(encoding="utf-8")
    tests = [
        *(ROOT / "tests/examples/repositories").glob("test_*.py"),
        *(ROOT / "tests/with_systems").glob("test_*.py"),
    ]
    texts = [test.read_text(encoding="utf-8") for test in tests]
    for path in REPOSITORIES:
        assert any(f'"{path.name}"' in text for text in texts), path.name
        assert f"**`{path.name}`**" in told


def test_a_repository_knows_nothing_of_its_guards(repository: Path) -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in written(repository)}
    assert [name for name, text in texts.items() if "guard" in text or "golden" in text] == []
    assert 150 <= sum(len(text.splitlines()) for name, text in texts.items() if name.endswith(".py")) <= 300


def test_a_guard_has_a_dozen_lines_and_a_golden(repository: Path) -> None:
    for guard in guards(repository):
        assert guard.end_lineno is not None
        assert guard.end_lineno - guard.lineno < 12, guard.name
        assert [*(repository / "golden" / guard.name).rglob("record.json")]


def test_the_guards_of_dvc_stages_run_their_commands() -> None:
    repository = ROOT / "examples/repositories/support_topics"
    stages = yaml.safe_load((repository / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    assert [f"python {line}" for guard in guards(repository) for line in scripts(guard)] == [
        stage["cmd"] for stage in stages.values()
    ]


def scripts(guard: ast.ClassDef) -> tuple[str, ...]:
    """The command lines that a guard runs, one after the other."""
    assigned = {ast.unparse(node.targets[0]): node.value for node in guard.body if isinstance(node, ast.Assign)}
    lines = ast.literal_eval(assigned["script"])
    return (lines,) if isinstance(lines, str) else lines
