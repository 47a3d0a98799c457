"""Files outside of the project that guarded code reads are named, and what libraries read for themselves is not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mlguard.core.outcome import Outcome
from mlguard.runner.outside import told_outside
from tests.project import CODE, Project

ROOT = Path("/home/ada/shop")


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is."""
    monkeypatch.setattr(Path, "is_file", lambda self: True)


@pytest.mark.parametrize(
    "file",
    [
        "/home/ada/rents.csv",
        "/home/ada/data/rents.csv",
        "/data/rents.csv",
        "/home/ada/shop-old/rents.csv",
        "/rents.csv",
    ],
)
@pytest.mark.usefixtures("there")
def test_a_file_that_another_machine_may_not_have_is_named(file: str) -> None:
    told = told_outside([ROOT / "data/rents.csv", Path(file)], ROOT, [], besides=[])
    assert told == (f"the code reads {file}, which lies outside of the project: another machine may not have it")


@pytest.mark.parametrize(
    "file",
    [
        "/home/ada/shop/rents.csv",
        "/home/ada/library/table.json",
        "/home/ada/library/code.py",
        "/home/ada/.config/matplotlib/style",
        "/home/other/shop/.cache/table.csv",
        "/home/ada/nltk_data/words.txt",
        "/etc/mime.types",
        "/usr/share/zoneinfo/Asia/Tokyo",
        "/proc/cpuinfo",
        f"{sys.prefix}/share/table.csv",
        "/home/ada/env/lib/python3.11/site-packages/sklearn/datasets/iris.csv",
    ],
)
@pytest.mark.usefixtures("there")
def test_what_is_the_projects_a_librarys_or_the_systems_is_not(file: str) -> None:
    besides = [Path("/home/ada/library")]
    assert told_outside([Path(file)], ROOT, [], besides=besides) == ""


@pytest.mark.usefixtures("there")
def test_a_hidden_folder_around_the_project_hides_nothing() -> None:
    told = told_outside([Path("/home/ada/.work/rents.csv")], Path("/home/ada/.work/shop"), [], besides=[])
    assert "/home/ada/.work/rents.csv" in told


def test_what_was_looked_for_in_vain_is_not(tmp_path: Path) -> None:
    assert told_outside([tmp_path / "gone.csv"], ROOT, [], besides=[]) == ""


@pytest.mark.usefixtures("there")
def test_many_are_counted() -> None:
    told = told_outside([Path(f"/data/{number}.csv") for number in range(5)], ROOT, [], besides=[])
    assert told.endswith(
        "/data/2.csv and 2 more files, which lie outside of the project: another machine may not have them"
    )


@pytest.mark.usefixtures("there")
def test_a_disk_that_was_plugged_in_is_no_part_of_the_system() -> None:
    assert "/run/media/ada/disk/rents.csv" in told_outside(
        [Path("/run/media/ada/disk/rents.csv")], ROOT, [], besides=[]
    )


def test_the_line_is_that_of_the_whole_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "prepare.py").write_text(
        "old = '/data/old-rents.csv'\nkept = 'rents.csv-old'\nnew = f'{DATA}/rents.csv'"
    )
    monkeypatch.setattr(Path, "is_file", lambda self: True)
    told = told_outside([Path("/data/rents.csv")], tmp_path, ["gone.py", "prepare.py"], besides=[])
    assert "/data/rents.csv (prepare.py, line 3), which" in told


def test_a_run_names_the_file_and_the_line_of_the_code_and_decides_nothing_by_it(
    fresh: Project, tmp_path: Path
) -> None:
    rents = tmp_path / "rents.csv"
    rents.write_text("1")
    fresh.edit(CODE, "def fit(rows, ridge=0.0):\n", f"def fit(rows, ridge=0.0):\n    open({str(rents)!r}).read()\n")
    assert fresh.regen().refused is None
    verdict = fresh.check(quick=True).verdict
    assert verdict.outcome is Outcome.MATCH
    assert [line for line in verdict.remarks if "outside" in line] == [
        f"the code reads {rents} ({CODE}, line 2), which lies outside of the project: another machine may not have it"
    ]
    assert str(rents) not in "".join(file.read_text() for file in (fresh.root / "golden").rglob("*.json*"))
