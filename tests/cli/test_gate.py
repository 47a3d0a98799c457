"""`mlguard gate`: each exit code, and the file, guard, golden or library that is named for it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.project import CODE, GUARD, Project
from tests.release.releasing import BUNDLE, CHECK, Edit, checked, copied, edited, train
from tests.repository import Repository

RIDGE = ("def fit(rows, ridge=0.0):\n", "def fit(rows, ridge=1.0):\n")


@pytest.fixture(scope="module")
def repository(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return checked(tmp_path_factory.mktemp("gate"))


@pytest.fixture
def project(repository: Repository, tmp_path: Path) -> Project:
    return copied(repository, tmp_path / "copy")


def gate(project: Project, *more: str) -> tuple[int, list[str]]:
    """The exit code, and the lines; nothing is written."""
    ran = project.command("gate", BUNDLE, *more)
    assert (ran.changed, ran.err) == ((), "")
    return ran.code, ran.out.splitlines()


def test_what_was_checked_passes(project: Project):
    code, lines = gate(project)
    assert (code, len(lines)) == (0, 2)
    assert lines[0].startswith(f"{BUNDLE}: passes; 1 guard matches, ")
    document = project.command("gate", BUNDLE, "--json").json
    assert (document["outcome"], document["exit_code"], document["objections"], document["look"]) == (
        "match",
        0,
        [],
        [],
    )
    assert document["guards"][0]["metrics"].keys() == {"mae", "rows"}
    assert (document["clean"], len(document["commit"])) == (True, 40)


def test_it_is_decided_from_any_folder_of_the_project(project: Project):
    assert project.command("gate", f"../{BUNDLE}", below="tests").code == 0


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("model.txt", "slope 3\n", "file model.txt was changed after the check"),
        ("tables/more.csv", "x\n", "file tables/more.csv was added after the check"),
        ("tables/shops.csv", None, "file tables/shops.csv was removed after the check"),
    ],
)
def test_a_file_that_is_not_the_one_of_the_check_is_named(project: Project, name: str, content: str | None, said: str):
    file = project.root / BUNDLE / name
    file.unlink() if content is None else file.write_text(content)
    assert gate(project) == (3, [f"{BUNDLE}: refused, nobody has checked this", f"  {said}"])


def test_very_many_files_are_counted(project: Project):
    for number in range(15):
        project.write(f"{BUNDLE}/part{number:02}", "x")
    code, lines = gate(project)
    assert (code, len(lines), lines[-1]) == (3, 12, "  and 5 more of these")
    assert len(project.command("gate", BUNDLE, "--json").json["objections"]) == 15


def test_without_a_check_nothing_passes(project: Project):
    (project.root / CHECK).unlink()
    assert gate(project)[0] == 3
    assert project.command("gate", BUNDLE, "--json").json["digest"] is None


def test_another_golden_in_this_checkout_is_named(project: Project):
    project.edit(CODE, *RIDGE)
    assert project.command("regen-golden", "--yes", "--reason", "softer").code == 0
    code, lines = gate(project)
    assert (code, lines[1]) == (
        3,
        "  guard Line was compared with another golden than this checkout has; check the bundle again",
    )


def test_a_golden_that_is_damaged_here_is_named(project: Project):
    project.edit("golden/Line/record.json", '"guard": "Line"', '"guard": "Lime"')
    assert gate(project)[1][1] == "  guard Line has no golden in this checkout that can be read"


def test_a_guard_that_failed_is_behaviour_with_its_stage_and_metrics(project: Project):
    project.edit(CODE, *RIDGE)
    assert project.command("check", "--bundle", BUNDLE).code == 1
    code, lines = gate(project)
    assert (code, lines[0]) == (1, f"{BUNDLE}: refused, behaviour is not what was promised")
    assert lines[1] == "  guard Line: shifted, first moved in stage train"
    assert lines[2].startswith("  guard Line: mae 0.37")
    assert lines[-1] == "  look: it was checked with changes that no commit has"


def test_a_metric_that_misses_what_is_required_is_behaviour(project: Project):
    project.edit(GUARD, "    seeds = (0, 1)\n", '    seeds = (0, 1)\n    require = {"mae": "<= 0.1"}\n')
    assert project.command("check", "--bundle", BUNDLE).code == 1
    code, lines = gate(project)
    assert (code, lines[1].partition(",")[0]) == (1, "  guard Line: violated")


def test_guarded_code_that_raises_is_an_error(project: Project):
    project.edit(CODE, "def answer(model, rows):\n", "def answer(model, rows):\n    raise KeyError('x')\n")
    assert project.command("check", "--bundle", BUNDLE).code == 5
    code, lines = gate(project)
    assert (code, lines[:2]) == (
        5,
        [f"{BUNDLE}: refused, guarded code did not run to its end", "  guard Line: error"],
    )


def set_python(document: dict[str, Any]) -> None:
    document["environment"]["python"] = "3.10.1"


def set_numpy(document: dict[str, Any]) -> None:
    document["environment"]["packages"]["numpy"] = "1.0.0"


def set_odd(document: dict[str, Any]) -> None:
    document["environment"]["packages"]["no_such_library"] = "1.0.0"


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (set_python, "  Python was 3.10.1 at the check, and is 3."),
        (set_numpy, f"  numpy was 1.0.0 at the check, and is {np.__version__}"),
        (set_odd, "  no_such_library was 1.0.0 at the check, and is missing here"),
    ],
)
def test_other_libraries_are_the_environment(project: Project, edit: Edit, said: str):
    edited(project, edit)
    code, lines = gate(project)
    assert (code, lines[0]) == (4, f"{BUNDLE}: refused, behaviour holds, and the environment or the data are others")
    assert lines[1].startswith(said)


def test_data_alone_that_changed_are_told_apart(project: Project):
    project.edit("datasets/generators/tiny.py", "rng.randint(0, 60, rows)", "rng.randint(0, 59, rows)")
    assert project.command("check", "--bundle", BUNDLE).code == 4
    code, lines = gate(project)
    assert (code, lines[1]) == (4, "  guard Line: dataset-changed, first moved in stage dataset")


def test_a_guard_can_be_asked_for(project: Project):
    assert gate(project, "--guard", "Line")[0] == 0
    ran = project.command("gate", BUNDLE, "--guard", "Lime")
    assert (ran.code, ran.out) == (2, "")
    assert "no guard 'Lime' was checked" in ran.err


def test_a_golden_whose_guard_was_not_selected_is_mentioned_and_refused_where_it_is_asked_for(project: Project):
    (project.root / "golden/Line").rename(project.root / "golden/Lime")
    assert project.command("check", "--bundle", BUNDLE, "Line").code == 3
    assert "  look: guard Lime has a golden here, and was not checked with this bundle" in gate(project)[1]
    code, lines = gate(project, "--guard", "Lime")
    assert (code, "  guard Lime was not checked with it" in lines) == (3, True)


@pytest.mark.parametrize("name", ["nowhere", "pyproject.toml"])
def test_what_is_no_folder_is_usage(project: Project, name: str):
    ran = project.command("gate", name)
    assert (ran.code, ran.out) == (2, "")
    assert "[bundle-missing]" in ran.err


def test_outside_of_a_project_it_is_usage(tmp_path: Path):
    assert Project(tmp_path, {"b/x": ""}).command("gate", "b").code == 2


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"{}", b'{"format": 2}', b"\xff", b"[" * 100_000, b'{"format": 1, "files": NaN}'],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(project: Project, content: bytes):
    (project.root / CHECK).write_bytes(content)
    code, lines = gate(project)
    assert (code, len(lines)) == (3, 2)
    assert lines[1].startswith(f"  {CHECK} ")


def test_nothing_in_a_name_acts_or_begins_a_line(project: Project):
    def set_name(document: dict[str, Any]) -> None:
        document["guards"][0]["name"] = "Line\n  digest 0\x1b[2J"

    edited(project, set_name)
    code, lines = gate(project)
    said = "  guard Line\\n  digest 0\\x1b[2J has no golden in this checkout that can be read"
    assert (code, lines[1:]) == (
        3,
        [said, "  look: guard Line has a golden here, and was not checked with this bundle"],
    )


def test_a_bundle_is_never_left_through_a_link(project: Project):
    outside = project.write("outside.txt", "slope 2\n")
    file = project.root / BUNDLE / "model.txt"
    file.unlink()
    file.symlink_to(outside)
    code, lines = gate(project)
    assert (code, len(lines)) == (3, 2)
    assert "model.txt is a link" in lines[1]
    file.unlink()
    train(project, "slope 2\n")
    (project.root / CHECK).rename(project.root / "elsewhere.json")
    (project.root / CHECK).symlink_to("../../elsewhere.json")
    assert gate(project)[0] == 3


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
def test_no_device_is_waited_for(project: Project):
    os.mkfifo(project.root / BUNDLE / "pipe")
    assert gate(project)[0] == 3


def test_against_a_release_the_metrics_are_compared(project: Project):
    def set_mae(document: dict[str, Any]) -> None:
        document["guards"][0]["metrics"]["mae"]["now"] = 0.5

    project.command("release", BUNDLE, "place")
    assert gate(project, "--against", "place")[0] == 0
    other = project.root / "other"
    (project.root / BUNDLE).rename(other)
    train(project, "slope 2\n")
    assert project.command("check", "--bundle", BUNDLE).code == 0
    edited(project, set_mae, "other/mlguard.json")
    said = "guard Line: mae 0.5 -> 0.3712 (-0.129) since the current release, for the better, and no intent names it"
    code, lines = gate(project, "--against", "other")
    assert (code, lines[-1]) == (0, f"  look: {said}")
    assert gate(project, "--against", "other", "--declared")[0] == 1


def test_what_the_release_measured_and_the_bundle_does_not_is_named(project: Project):
    def rename(document: dict[str, Any]) -> None:
        guard = document["guards"][0]
        guard["metrics"]["mse"] = guard["metrics"].pop("mae")
        document["guards"].append({**guard, "name": "Shops"})

    shutil.copytree(project.root / BUNDLE, project.root / "other")
    edited(project, rename, "other/mlguard.json")
    code, lines = gate(project, "--against", "other")
    assert (code, lines[2:]) == (
        0,
        [
            "  look: guard Line: metric mse is gone, which was 0.371239 in the current release",
            "  look: guard Shops is gone, which was checked with the current release",
        ],
    )
    assert gate(project, "--against", "other", "--declared")[0] == 1


@pytest.mark.parametrize("folder", ["plaec", "build", "golden"])
def test_against_a_folder_without_a_release_is_usage(project: Project, folder: str):
    ran = project.command("gate", BUNDLE, "--against", folder, "--declared")
    assert (ran.code, ran.changed, ran.out) == (2, (), "")
    assert f"nothing was released in {folder}" in ran.err
    assert "[gate-against-nothing]" in ran.err


def test_a_promise_that_the_golden_makes_is_held_against_the_release_before(project: Project):
    assert project.command("release", BUNDLE, "place").code == 0
    project.edit(CODE, *RIDGE)
    promised = ("--intent", "changing: mae up 0.01")
    regen = project.command("regen-golden", "--yes", "--reason", "softer", *promised)
    assert regen.code == 0, regen.err
    assert project.command("check", "--bundle", BUNDLE).code == 0
    assert gate(project, "--against", "place", "--declared")[0] == 0

    def set_mae(document: dict[str, Any]) -> None:
        document["guards"][0]["metrics"]["mae"]["now"] = 0.38

    edited(project, set_mae)
    code, lines = gate(project, "--against", "place")
    assert (code, lines[1]) == (
        1,
        "  guard Line: mae 0.3712 -> 0.38 (+0.00876) since the current release, and up 0.01 was promised",
    )
