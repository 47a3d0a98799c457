"""Commands of projects whose goldens are kept on a real server of S3."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mlguard.settings import COPIES
from tests.project import CODE, FILES, GUARD, Project
from tests.with_systems.edits import EDITS
from tests.with_systems.s3 import SECRET, Place, environment

REGEN = ("regen-golden", "Line", "--yes", "--reason", "softer")
RIDGE = ("ridge=0.0", "ridge=1.0")
LARGE = """\
import line
import mlguard
import numpy as np
from mlguard import Guard


class Line(Guard):
    dataset = "tiny"
    seeds = (0,)

    def train(self, train):
        model = line.fit(train)
        mlguard.note("grid", np.linspace(0, model["slope"], 20_000).reshape(100, 200))
        return model

    def predict(self, model, rows):
        return line.answer(model, rows)

    def evaluate(self, test, predictions):
        return line.score(test["y"], predictions)
"""


@pytest.fixture
def shared(line: Project, bucket: Place, tmp_path: Path) -> Project:
    """The tiny project, whose golden was pushed to the bucket."""
    assert line.command("golden", "push", bucket.url).code == 0
    return line.elsewhere(tmp_path / "one", bucket.url)


@pytest.fixture
def other(line: Project, shared: Project, bucket: Place, tmp_path: Path) -> Project:
    """A second checkout of it."""
    return line.elsewhere(tmp_path / "other", bucket.url)


def verdict(document: dict[str, Any]) -> str:
    """What `check --json` answers, less what no two runs share."""
    for guard in document["guards"]:
        for key in ("seconds", "costs"):
            guard.pop(key, None)
    return json.dumps(document, sort_keys=True)


def copies(project: Project) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in (project.root / COPIES).rglob("*") if path.is_file()}


def test_a_check_changes_nothing_and_says_byte_for_byte_what_it_says_of_a_local_golden(
    line: Project, shared: Project
) -> None:
    local, ran = line.command("check", "--json"), shared.command("check", "--json")
    assert (ran.code, ran.changed) == (0, ())
    assert verdict(ran.json) == verdict(local.json)


@pytest.mark.parametrize(("edit", "stage"), EDITS.values(), ids=EDITS)
def test_so_it_does_of_rewrites_and_of_bugs(
    line: Project, shared: Project, edit: tuple[str, str], stage: str | None
) -> None:
    with line.editing(CODE, *edit), shared.editing(CODE, *edit):
        local, ran = line.command("check", "--json"), shared.command("check", "--json")
    assert (ran.code, ran.json["guards"][0]["first_moved"]) == (0 if stage is None else 1, stage)
    assert verdict(ran.json) == verdict(local.json)


def test_offline_a_check_works_from_the_copy_and_says_so(shared: Project, bucket: Place) -> None:
    assert shared.command("check").code == 0
    bucket.way.cut()
    ran = shared.command("check")
    assert ran.code == 0
    assert f"from the copies on this machine: {bucket.url} cannot be reached" in ran.out
    bucket.way.mend()
    assert "goldens as of" not in shared.command("check").out


@pytest.mark.parametrize("command", [("check",), ("check", "--json"), ("check", "--changed"), ("list",)])
def test_offline_without_a_copy_is_an_error_and_no_missing_golden(
    shared: Project, bucket: Place, command: tuple[str, ...]
) -> None:
    bucket.way.cut()
    ran = shared.command(*command)
    assert ran.code == 5
    assert "golden-server" in ran.out + ran.err
    assert bucket.url in ran.out + ran.err
    assert "missing" not in ran.out + ran.err
    assert SECRET not in ran.out + ran.err


def test_offline_nothing_is_recorded(shared: Project, bucket: Place) -> None:
    shared.command("check")
    shared.edit(CODE, *RIDGE)
    before = copies(shared)
    bucket.way.cut()
    ran = shared.command(*REGEN)
    assert ran.code == 5
    assert "so that nothing was recorded" in ran.out + ran.err
    assert copies(shared) == before
    bucket.way.mend()
    assert shared.command("check").code == 1


def test_what_one_records_the_others_check_by(shared: Project, other: Project) -> None:
    assert other.command("check").code == 0
    shared.edit(CODE, *RIDGE)
    assert shared.command(*REGEN).code == 0
    assert shared.command("check").code == 0
    assert other.command("check").code == 1
    other.edit(CODE, *RIDGE)
    assert other.command("check").code == 0


def test_who_accepts_what_somebody_else_replaced_meanwhile_is_told(
    shared: Project, other: Project, bucket: Place
) -> None:
    other.edit(CODE, "ridge=0.0", "ridge=5.0")
    asked = subprocess.Popen(
        [sys.executable, "-m", "mlguard", "regen-golden", "Line", "--reason", "too late"],
        cwd=other.root,
        env=environment(bucket),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert asked.stdin is not None
    assert asked.stderr is not None
    told = b""
    while b"[y/N]" not in told:
        part = os.read(asked.stderr.fileno(), 1 << 16)
        assert part, told
        told += part
    shared.edit(CODE, *RIDGE)
    assert shared.command(*REGEN).code == 0
    out, err = asked.communicate(b"y\n", timeout=120)
    assert asked.returncode == 5
    assert b"golden-overtaken" in out + err
    assert b'with the reason "softer"' in out + err
    assert shared.command("check").code == 0


def test_an_unchanged_guard_runs_again_where_its_golden_was_replaced_or_nobody_answers(
    shared: Project, other: Project, bucket: Place
) -> None:
    assert other.command("check", "--changed").code == 0
    assert "unchanged since" in other.command("check", "--changed").out
    bucket.way.cut()
    ran = other.command("check", "--changed")
    assert ran.code == 0
    assert "unchanged since" not in ran.out
    assert "goldens as of 20" in ran.out
    bucket.way.mend()
    assert other.command("check", "--changed").code == 0
    shared.edit(CODE, *RIDGE)
    assert shared.command(*REGEN).code == 0
    ran = other.command("check", "--changed")
    assert ran.code == 1
    assert "its golden changed" in ran.out


def test_a_golden_without_a_guard_is_stale_and_goes_with_its_new_name(shared: Project, other: Project) -> None:
    shared.edit(GUARD, "class Line(Guard)", "class Straight(Guard)")
    assert "stale" in shared.command("check").out
    assert shared.command("move", "Line", "Straight").code == 0
    assert shared.command("check").code == 0
    assert other.command("check").code == 3
    other.edit(GUARD, "class Line(Guard)", "class Straight(Guard)")
    assert other.command("check").code == 0


def test_a_damaged_golden_is_corrupt_and_recording_mends_it(shared: Project, bucket: Place) -> None:
    objects = bucket.bucket()
    for name in objects.names("objects"):
        objects.mend(f"objects/{name}", b"damaged")
    ran = shared.command("check", "--json")
    assert ran.code == 3
    assert ran.json["guards"][0]["outcome"] == "corrupt"
    assert shared.command("golden", "verify").code == 3
    assert shared.command(*REGEN).code == 0
    assert shared.command("check").code == 0


def test_under_pytest_the_same_holds(shared: Project, bucket: Place, pytester: pytest.Pytester) -> None:
    shutil.copytree(shared.root, pytester.path, dirs_exist_ok=True)
    assert pytester.runpytest_subprocess("-q", "tests/guards").ret == 0
    bucket.way.cut()
    assert pytester.runpytest_subprocess("-q", "tests/guards").ret == 0
    shutil.rmtree(pytester.path / ".mlguard")
    ran = pytester.runpytest_subprocess("-q", "tests/guards")
    assert ran.ret == 1
    ran.stdout.fnmatch_lines(["*cannot be reached*"])
    ran.stdout.no_fnmatch_line(f"*{SECRET}*")


class TestLargeArrays:
    @pytest.fixture
    def project(self, at_once: None, bucket: Place, tmp_path: Path) -> Project:
        """A project whose large arrays are kept in the bucket, with a golden."""
        settings = f'[tool.mlguard]\ntimeout = 60\ngolden_arrays = "{bucket.url}"\n'
        made = Project(tmp_path / "one", {**FILES, GUARD: LARGE, "pyproject.toml": settings})
        assert made.command("golden", "push").code == 0
        assert made.command("regen-golden", "--yes", "--reason", "first golden").code == 0
        return made

    def clone(self, project: Project, root: Path) -> Project:
        shutil.copytree(project.root, root, ignore=shutil.ignore_patterns(".mlguard"))
        return Project(root, {})

    def test_the_text_lies_in_the_folder_and_a_clone_checks_by_it(self, project: Project, tmp_path: Path) -> None:
        files = [path for path in (project.root / "golden").rglob("*") if path.is_file()]
        assert [path for path in files if path.suffix == ".npy"] == []
        assert sum(path.stat().st_size for path in files) < 100_000
        assert self.clone(project, tmp_path / "two").command("check").code == 0

    def test_offline(self, project: Project, bucket: Place, tmp_path: Path) -> None:
        two, three = self.clone(project, tmp_path / "two"), self.clone(project, tmp_path / "three")
        assert two.command("golden", "pull").code == 0
        bucket.way.cut()
        assert two.command("check").code == 0
        ran = three.command("check")
        assert ran.code == 5
        assert "no copy of the array" in ran.out
        project.edit(CODE, *RIDGE)
        before = project.files()
        ran = project.command(*REGEN)
        assert ran.code == 5
        assert "so that nothing was recorded" in ran.out + ran.err
        assert project.files() == before

    def test_a_damaged_array_is_corrupt(self, project: Project, bucket: Place, tmp_path: Path) -> None:
        objects = bucket.bucket()
        for name in objects.names("objects"):
            objects.mend(f"objects/{name}", b"damaged")
        ran = self.clone(project, tmp_path / "two").command("check", "--json")
        assert ran.code == 3
        assert ran.json["guards"][0]["outcome"] == "corrupt"
        assert project.command("golden", "verify").code == 3
        assert project.command("check").code == 0
