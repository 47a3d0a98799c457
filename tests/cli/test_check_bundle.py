"""`mlguard check --bundle FOLDER`: what is kept with a bundle, and what keeps it from being kept."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from mlguard.cli import checking
from mlguard.release import bundle
from tests.project import CODE, Project
from tests.release.releasing import BUNDLE, CHECK, checked, copied, train
from tests.repository import Repository

RIDGE = ("def fit(rows, ridge=0.0):\n", "def fit(rows, ridge=1.0):\n")


@pytest.fixture(scope="module")
def repository(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return checked(tmp_path_factory.mktemp("bundle"))


@pytest.fixture
def project(repository: Repository, tmp_path: Path) -> Project:
    return copied(repository, tmp_path / "copy")


def kept(project: Project, file: str = CHECK) -> Any:
    return json.loads((project.root / file).read_text(encoding="utf-8"))


def test_what_is_kept(repository: Repository):
    document = kept(repository.project)
    names = ("model.txt", "tables/shops.csv")
    digests = {n: hashlib.sha256((repository.top / BUNDLE / n).read_bytes()).hexdigest() for n in names}
    assert document["files"] == digests
    assert (document["commit"], document["clean"]) == (repository.git("rev-parse", "HEAD"), True)
    assert {"numpy", "pandas"} <= document["environment"]["packages"].keys()
    guard = document["guards"][0]
    assert (guard["name"], guard["outcome"]) == ("Line", "match")
    assert guard["golden"] == repository.project.goldens.held("Line").version
    assert guard["metrics"]["rows"] == {"golden": 4.0, "limit": 0.0, "now": 4.0}
    assert guard["metrics"]["mae"]["golden"] == pytest.approx(guard["metrics"]["mae"]["now"])
    assert str(repository.top) not in (repository.top / CHECK).read_text(encoding="utf-8")


def test_the_same_check_keeps_the_same_bytes(project: Project):
    before = (project.root / CHECK).read_bytes()
    ran = project.command("check", "--bundle", BUNDLE)
    assert (ran.code, ran.changed) == (0, ())
    assert ran.err.endswith(f"kept with the bundle: {CHECK}\n")
    assert (project.root / CHECK).read_bytes() == before


def test_one_check_is_kept_with_several_bundles(project: Project):
    project.write("build/other/model.txt", "slope 5\n")
    assert project.command("check", "--bundle", BUNDLE, "--bundle", "build/other").code == 0
    one, other = kept(project), kept(project, "build/other/mlguard.json")
    assert one["files"].keys() == {"model.txt", "tables/shops.csv"}
    assert other["files"].keys() == {"model.txt"}
    assert one["guards"] == other["guards"]


def test_a_check_that_fails_is_kept_in_the_place_of_one_that_passed(project: Project):
    with project.editing(CODE, *RIDGE):
        assert project.command("check", "--bundle", BUNDLE).code == 1
    document = kept(project)
    assert (document["guards"][0]["outcome"], document["clean"]) == ("shifted", False)
    assert project.command("gate", BUNDLE).code == 1


def test_so_is_one_whose_module_cannot_be_imported(project: Project):
    with project.editing(CODE, "def fit(", "def fit(:"):
        assert project.command("check", "--bundle", BUNDLE).code == 5
    assert kept(project)["guards"][0]["outcome"] == "error"


def test_whoever_is_cut_off_leaves_nothing_of_an_earlier_check(project: Project, monkeypatch: pytest.MonkeyPatch):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(checking._Run, "verdicts", interrupted)
    project.write(f"{CHECK}.0123456789abcdef", "half of it")
    assert project.command("check", "--bundle", BUNDLE).code == 130
    assert sorted(p.name for p in (project.root / BUNDLE).iterdir()) == ["model.txt", "tables"]
    assert project.command("gate", BUNDLE).code == 3


@pytest.mark.parametrize(
    ("name", "content"), [("model.txt", "slope 9\n"), ("late.txt", "x"), ("tables/shops.csv", None)]
)
def test_a_bundle_that_is_written_while_the_check_runs_is_not_kept(
    project: Project, monkeypatch: pytest.MonkeyPatch, name: str, content: str | None
):
    verdicts = checking._Run.verdicts

    def written(run: checking._Run) -> Any:
        file = project.root / BUNDLE / name
        file.unlink() if content is None else file.write_text(content, encoding="utf-8")
        return verdicts(run)

    monkeypatch.setattr(checking._Run, "verdicts", written)
    ran = project.command("check", "--bundle", BUNDLE)
    assert ran.code == 3
    assert f"{BUNDLE}/{name} became another one while the check ran" in ran.err
    assert not (project.root / CHECK).exists()
    assert project.command("gate", BUNDLE).code == 3


@pytest.mark.parametrize(
    "option", ["--quick", "--changed", "--staged", "--since=HEAD", "--fail-fast", "--in-process", "--try"]
)
def test_what_makes_a_check_partial_is_refused_before_anything(project: Project, option: str):
    ran = project.command("check", "--bundle", BUNDLE, option)
    assert (ran.code, ran.changed, ran.out) == (2, (), "")


@pytest.mark.parametrize("folder", ["nowhere", "pyproject.toml", ".", "..", "build/empty"])
def test_what_is_no_bundle_is_refused_before_anything_runs(project: Project, folder: str):
    (project.root / "build/empty").mkdir()
    ran = project.command("check", "--bundle", BUNDLE, "--bundle", folder)
    assert (ran.code, ran.changed, ran.out) == (2, (), "")
    assert "[bundle-missing]" in ran.err


def test_more_files_than_are_ever_read_are_refused_before_anything_runs(
    project: Project, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bundle, "LARGEST", 200)
    ran = project.command("check", "--bundle", BUNDLE)
    assert (ran.code, ran.out) == (2, "")
    assert "build/line has 2 files" in ran.err
    assert not (project.root / CHECK).exists()


def test_a_bundle_in_another_one_is_refused_before_anything_runs(project: Project):
    ran = project.command("check", "--bundle", f"{BUNDLE}/tables", "--bundle", BUNDLE)
    assert (ran.code, ran.changed, ran.out) == (2, (), "")
    assert f"{BUNDLE}/tables lies in {BUNDLE}" in ran.err


def test_one_bundle_by_two_names_is_one(project: Project):
    assert project.command("check", "--bundle", BUNDLE, "--bundle", project.root / BUNDLE).code == 0


def test_a_link_in_a_bundle_is_refused_before_anything_runs(project: Project):
    (project.root / BUNDLE / "latest").symlink_to("model.txt")
    ran = project.command("check", "--bundle", BUNDLE)
    assert (ran.code, ran.changed, ran.out) == (3, (), "")
    assert "latest is a link" in ran.err


def test_a_file_that_ran_and_is_in_no_commit_is_said(project: Project):
    project.write("scale.py", "ONE = 1.0\n")
    project.edit(CODE, "def fit(", "from scale import ONE\n\n\ndef fit(")
    project.edit(CODE, "2).sum() + ridge", "2).sum() * ONE + ridge")
    Repository.git(_at(project), "add", CODE)
    Repository.git(_at(project), "commit", "--quiet", "--message", "Scale")
    assert project.command("check", "--bundle", BUNDLE).code == 0
    assert kept(project)["clean"] is False
    Repository.git(_at(project), "add", "scale.py")
    Repository.git(_at(project), "commit", "--quiet", "--message", "And the file")
    project.write("notes.txt", "not in git, and no code")
    assert project.command("check", "--bundle", BUNDLE).code == 0
    assert kept(project)["clean"] is True


def test_so_is_code_that_ran_and_was_taken_back_before_the_check_ended(
    project: Project, monkeypatch: pytest.MonkeyPatch
):
    verdicts = checking._Run.verdicts

    def restored(run: checking._Run) -> Any:
        found = verdicts(run)
        Repository.git(_at(project), "checkout", "--quiet", CODE)
        return found

    monkeypatch.setattr(checking._Run, "verdicts", restored)
    project.edit(CODE, "ridge=0.0", "ridge=0.0e0")
    assert project.command("check", "--bundle", BUNDLE).code == 0
    assert kept(project)["clean"] is False
    assert project.command("check", "--bundle", BUNDLE).code == 0
    assert kept(project)["clean"] is True


def _at(project: Project) -> Repository:
    made = Repository.__new__(Repository)
    made.top, made.project = project.root, project
    return made


def test_without_git_nobody_knows_the_commit(line: Project):
    train(line, "slope 2\n")
    assert line.command("check", "--bundle", BUNDLE).code == 0
    assert (kept(line)["commit"], kept(line)["clean"]) == (None, None)
    assert line.command("gate", BUNDLE).code == 0
