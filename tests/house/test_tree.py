"""House rules about files that no linter knows."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.house.conftest import ROOT, SOURCES

GENERATORS = [file for file in SOURCES if file.parent.name == "generators" and file.name != "__init__.py"]
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc"}
LONGEST = 400
OF_USERS = {
    "attrs", "duckdb", "ipykernel", "ipython", "narwhals", "nbclient", "nbformat", "polars", "pyarrow", "pydantic",
    "pytest-regressions", "sqlglot", "syrupy", "watchfiles",
}  # fmt: skip
"""Libraries that users bring along and mlguard calls or walks; the other extras only run tests."""


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def test_datasets_is_no_package() -> None:
    """It would shadow a well-known library; the generators' own `__init__.py` is needed and empty."""
    assert not (ROOT / "datasets/__init__.py").exists()
    assert (ROOT / "datasets/generators/__init__.py").read_bytes() == b""


def test_there_are_no_drawers() -> None:
    folders = [folder for folder in (ROOT / "harness").rglob("*") if folder.is_dir()]
    assert [name(path) for path in [*SOURCES, *folders] if path.stem.strip("_") in DRAWERS] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [file for file in SOURCES if ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) is None]
    assert [name(file) for file in silent] == ["datasets/generators/__init__.py"]


def test_no_file_outgrows_its_noun() -> None:
    lengths = {name(file): len(file.read_text(encoding="utf-8").splitlines()) for file in SOURCES}
    assert {file: length for file, length in lengths.items() if length > LONGEST} == {}


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_a_generator_imports_the_front_page_and_nothing_behind_it() -> None:
    ours = {module for file in GENERATORS for module in imported(file)}
    assert {m for m in ours if m.startswith((".", "mlguard", "datasets", "examples"))} == {"mlguard"}


def test_nothing_stored_is_a_pickle() -> None:
    """Pickle crosses to our own workers; a golden or dataset never holds one."""
    storing = [file for file in SOURCES if file.parent.name in {"golden", "tables", "report", "core"}]
    assert len(storing) > 40
    pickling = {"pickle", "joblib", "shelve", "marshal"}
    assert [name(f) for f in storing if pickling & {module.partition(".")[0] for module in imported(f)}] == []


def test_the_lowest_constraints_are_the_lower_bounds() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = declared["optional-dependencies"]["test"]
    promised = [entry for entry in extras if entry.partition(">=")[0] in OF_USERS]
    assert len(promised) == len(OF_USERS)
    lines = (ROOT / ".ci/lowest.txt").read_text(encoding="utf-8").splitlines()
    pins = {line for line in lines if not line.startswith("#")}
    assert pins == {entry.replace(">=", "==") for entry in [*declared["dependencies"], *promised]}


def test_a_decision_fits_on_half_a_page() -> None:
    for file in (ROOT / "docs/decisions").glob("*.md"):
        text = file.read_text(encoding="utf-8")
        assert all(part in text for part in ("**Situation.**", "**Choice.**", "**Given up.**")), name(file)
        assert len(text.split()) < 450, name(file)


def test_contributing_and_releasing_stay_short() -> None:
    assert len((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()) < 120
    steps = re.findall(r"^\d+\. ", (ROOT / "RELEASING.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert 0 < len(steps) < 10
