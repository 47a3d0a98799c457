"""A golden as plain files, and put back from them: byte for byte, with its tables, and no other's."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mlguard.core.error import GoldenError
from mlguard.golden.copies import copies, put_back, version_of
from mlguard.golden.local import LocalStore
from tests.project import GENERATOR, Project


@pytest.fixture
def project(line: Project, tmp_path: Path) -> Project:
    return line.copied(tmp_path / "copy")


def store(project: Project) -> LocalStore:
    return LocalStore(project.root / "golden", project.root)


def there(project: Project) -> dict[str, bytes]:
    root = project.root / "golden"
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_copies_are_all_files_of_a_golden_and_its_tables(project: Project) -> None:
    found = copies(store(project), "Line")
    assert found == there(project)
    assert "_datasets/tiny/manifest.json" in found
    assert version_of(found, "Line") == project.goldens.held("Line").version


def test_the_golden_of_a_variant_below_is_another_one(project: Project) -> None:
    shutil.copytree(project.root / "golden/Line", project.root / "golden/Line/model_a")
    assert not any(name.startswith("Line/model_a/") for name in copies(store(project), "Line"))


def test_what_is_put_back_is_what_was_copied(project: Project) -> None:
    before = there(project)
    kept = copies(store(project), "Line")
    project.edit(GENERATOR, "rng.randint(0, 60, rows)", "rng.randint(0, 59, rows)")
    project.regen()
    assert there(project) != before
    changed = put_back(store(project), kept, "Line")
    assert there(project) == before
    assert {"Line/record.json", "_datasets/tiny/rows.csv"} <= {*changed}
    assert put_back(store(project), kept, "Line") == ()


def test_what_is_gone_is_put_back(project: Project) -> None:
    before, kept = there(project), copies(store(project), "Line")
    shutil.rmtree(project.root / "golden")
    put_back(store(project), kept, "Line")
    assert there(project) == before


def test_files_that_are_no_whole_golden_change_nothing(project: Project) -> None:
    before, kept = there(project), copies(store(project), "Line")
    odd = {**kept, "Line/record.json": kept["Line/record.json"].replace(b'"Line"', b'"Lime"')}
    with pytest.raises(GoldenError):
        put_back(store(project), odd, "Line")
    del kept["Line/predictions.csv"]
    with pytest.raises(GoldenError):
        put_back(store(project), kept, "Line")
    assert there(project) == before


def test_a_damaged_golden_is_not_copied(project: Project) -> None:
    (project.root / "golden/Line/predictions.csv").write_text("x\n")
    with pytest.raises(GoldenError):
        copies(store(project), "Line")
