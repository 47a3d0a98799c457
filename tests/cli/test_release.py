"""`mlguard release` and `mlguard rollback`: a place of releases, one of which is current, and the way back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.project import CODE, FILES, GUARD, Project
from tests.release.releasing import BUNDLE, CHECK, PLACE, checked, copied, served, train
from tests.repository import Repository, git

RIDGE = ("def fit(rows, ridge=0.0):\n", "def fit(rows, ridge=1.0):\n")


@pytest.fixture(scope="module")
def first(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A project with one release."""
    made = checked(tmp_path_factory.mktemp("release"))
    ran = made.project.command("release", BUNDLE, PLACE)
    assert ran.code == 0, ran.err
    return made


@pytest.fixture(scope="module")
def second(first: Repository, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The same with a second one, whose golden is another."""
    project = copied(first, tmp_path_factory.mktemp("second") / "copy")
    project.edit(CODE, *RIDGE)
    promised = ("--intent", "changing: mae up")
    assert project.command("regen-golden", "--yes", "--reason", "softer", *promised).code == 0
    git(project.root, "commit", "--quiet", "--all", "--message", "Softer")
    train(project, "slope 3\n")
    assert project.command("check", "--bundle", BUNDLE).code == 0
    ran = project.command("release", BUNDLE, PLACE)
    assert ran.code == 0, ran.err
    return project


@pytest.fixture
def project(second: Project, tmp_path: Path) -> Project:
    return second.copied(tmp_path / "copy")


def history(project: Project) -> list[str]:
    return (project.root / PLACE / "current").read_text(encoding="utf-8").splitlines()


def digest(project: Project) -> str:
    found: str = project.command("gate", BUNDLE, "--json").json["digest"]
    return found


def test_the_first_line_names_what_is_served_and_the_others_what_was(project: Project):
    lines = history(project)
    assert lines[0] == f"releases/{digest(project)}/bundle"
    assert len(lines) == 2
    assert served(project) == "slope 3\n"
    names = {p.name for p in (project.root / PLACE).iterdir()}
    assert names == {".lock", "current", "releases"}


def test_a_release_has_the_bundle_and_its_goldens_as_plain_files(project: Project):
    release = (project.root / PLACE / history(project)[0]).parent
    for folder, original in {"bundle": BUNDLE, "golden": "golden"}.items():
        here = {p.relative_to(release / folder): p.read_bytes() for p in (release / folder).rglob("*") if p.is_file()}
        there = project.root / original
        assert here == {p.relative_to(there): p.read_bytes() for p in there.rglob("*") if p.is_file()}
    assert (release / "bundle").stat().st_mode & 0o055 == 0o055 & ~umask()


def umask() -> int:
    import os

    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_what_does_not_pass_changes_nothing(project: Project):
    before = history(project)
    (project.root / BUNDLE / "model.txt").write_text("slope 4\n")
    ran = project.command("release", BUNDLE, PLACE)
    assert (ran.code, ran.changed) == (3, ())
    assert ran.out.splitlines()[1] == "  file model.txt was changed after the check"
    document = project.command("release", BUNDLE, PLACE, "--json").json
    assert (document["released"], document["exit_code"]) == (False, 3)
    assert f"releases/{document['current']}/bundle" == before[0] == history(project)[0]
    assert not (project.root / "elsewhere").exists()
    assert project.command("release", BUNDLE, "elsewhere").code == 3
    assert not (project.root / "elsewhere").exists()


def test_what_is_current_already_stays(project: Project):
    before = history(project)
    ran = project.command("release", BUNDLE, PLACE)
    assert (ran.code, history(project)) == (0, before)
    assert ran.out.splitlines()[-1].endswith("is current already")


def test_a_bundle_of_before_can_be_released_again(project: Project):
    old = history(project)[1]
    project.command("rollback", PLACE)
    again = project.command("release", f"{PLACE}/{old}", PLACE)
    assert (again.code, history(project)) == (0, [old])


def test_the_way_back_restores_bundle_and_golden_together(first: Repository, project: Project):
    now, old = history(project)
    wanted = {p: p.read_bytes() for p in (first.top / "golden").rglob("*") if p.is_file()}
    ran = project.command("rollback", PLACE)
    assert ran.code == 0, ran.err
    assert (history(project), served(project)) == ([old], "slope 2\n")
    assert wanted.keys() == {first.top / p.relative_to(project.root) for p in files(project, "golden")}
    assert all((project.root / p.relative_to(first.top)).read_bytes() == content for p, content in wanted.items())
    lines = ran.out.splitlines()
    assert lines[0] == f"place: {old[9:21]} is current again, instead of {now[9:21]}"
    assert lines[1].startswith("  golden Line: restored, ")
    commit = first.git("rev-parse", "HEAD")
    assert lines[2] == f"  its code is that of commit {commit[:12]}, with which `mlguard check` holds"
    assert project.command("gate", f"{PLACE}/{old}").code == 0


def files(project: Project, folder: str) -> list[Path]:
    return [p for p in (project.root / folder).rglob("*") if p.is_file()]


def test_a_golden_that_came_after_the_release_is_named_and_left_alone(project: Project):
    project.write("tests/guards/test_other.py", FILES[GUARD].replace("class Line", "class Other"))
    assert project.command("regen-golden", "Other", "--yes", "--reason", "another one").code == 0
    other = {p: p.read_bytes() for p in files(project, "golden/Other")}
    ran = project.command("rollback", PLACE)
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[2] == "  golden Other: left alone, that release was not checked with it"
    assert ran.out.endswith(", with which these guards hold\n")
    assert other == {p: p.read_bytes() for p in files(project, "golden/Other")}


def test_a_release_that_no_commit_has_names_no_commit_as_its_code(project: Project):
    project.write(CODE, (project.root / CODE).read_text(encoding="utf-8") + "\n")
    for model in ("slope 4\n", "slope 5\n"):
        train(project, model)
        assert project.command("check", "--bundle", BUNDLE).code == 0
        assert project.command("release", BUNDLE, PLACE).code == 0
    ran = project.command("rollback", PLACE)
    commit = git(project.root, "rev-parse", "HEAD")
    assert ran.out.splitlines()[-1] == f"  its code is commit {commit[:12]} with changes that no commit has"


def test_with_the_code_of_its_commit_the_guard_matches_again(project: Project):
    project.command("rollback", PLACE)
    assert project.command("check").code == 1
    git(project.root, "checkout", "--quiet", "HEAD~1", "--", CODE)
    assert project.command("check").code == 0


def test_the_bundle_alone_goes_back_without_a_project(project: Project, tmp_path: Path):
    (tmp_path / "server").mkdir()
    shutil.move(project.root / PLACE, tmp_path / "server/place")
    server = Project(tmp_path / "server", {})
    assert server.command("rollback", "place").code == 2
    ran = server.command("rollback", "place", "--bundle-only", "--json", CI="1")
    assert (ran.code, ran.json["goldens"], ran.json["exit_code"]) == (0, None, 0)
    assert served(server, "place") == "slope 2\n"


def test_in_ci_goldens_are_only_restored_where_that_is_meant(project: Project):
    ran = project.command("rollback", PLACE, CI="true")
    assert (ran.code, ran.changed) == (2, ())
    assert "[ci-refused]" in ran.err
    document = project.command("rollback", PLACE, "--allow-ci", "--json", CI="true").json
    assert document["goldens"][0]["name"] == "Line"
    assert "Line/record.json" in document["goldens"][0]["files"]
    assert document["bundle"].endswith(history(project)[0])


def test_there_has_to_be_one_before(first: Repository, tmp_path: Path):
    project = copied(first, tmp_path / "copy")
    for place in (PLACE, "nowhere"):
        ran = project.command("rollback", place)
        assert (ran.code, ran.changed) == (2, ())
        assert "[release-none-before]" in ran.err
    assert not (project.root / "nowhere").exists()


def test_a_golden_that_nobody_has_is_never_lost(project: Project):
    project.edit(CODE, "ridge=1.0", "ridge=2.0")
    assert project.command("regen-golden", "--yes", "--reason", "softer still").code == 0
    ran = project.command("rollback", PLACE)
    assert (ran.code, ran.changed) == (2, ())
    assert "the golden of Line is neither committed nor that of a release" in ran.err
    git(project.root, "commit", "--quiet", "--all", "--message", "Softer still")
    assert project.command("rollback", PLACE).code == 0


@pytest.mark.parametrize("hides", ["ignored", "assumed"])
def test_nor_is_one_of_which_git_says_nothing(project: Project, hides: str):
    if hides == "ignored":
        project.write(".gitignore", "build/\nplace/\n.mlguard/\npredictions.csv\n")
        git(project.root, "rm", "--quiet", "--cached", "golden/Line/predictions.csv")
    project.edit(CODE, "ridge=1.0", "ridge=2.0")
    assert project.command("regen-golden", "--yes", "--reason", "softer still").code == 0
    if hides == "ignored":
        git(project.root, "commit", "--quiet", "--all", "--message", "Softer still")
    else:
        named = [f"golden/Line/{p.name}" for p in files(project, "golden/Line")]
        git(project.root, "update-index", "--assume-unchanged", *named)
    ran = project.command("rollback", PLACE)
    assert (ran.code, ran.changed) == (2, ())
    assert "[release-golden-lost]" in ran.err


@pytest.mark.parametrize("damage", ["golden", "golden/Line/record.json", "golden/Line/predictions.csv"])
def test_a_golden_that_no_release_has_whole_is_not_lost_either(project: Project, damage: str):
    git(project.root, "reset", "--quiet", "--mixed", "HEAD~1")
    file = (project.root / PLACE / history(project)[0]).parent / damage
    shutil.rmtree(file) if file.is_dir() else file.write_bytes(file.read_bytes()[1:])
    ran = project.command("rollback", PLACE)
    assert (ran.code, ran.changed) == (2, ())
    assert "[release-golden-lost]" in ran.err


@pytest.mark.parametrize("name", ["bundle/model.txt", "bundle/mlguard.json", "golden/Line/record.json"])
def test_a_release_that_was_changed_is_not_gone_back_to(project: Project, name: str):
    now, old = history(project)
    file = (project.root / PLACE / old).parent / name
    file.write_bytes(file.read_bytes().replace(b"2", b"3", 1))
    ran = project.command("rollback", PLACE)
    assert (ran.code, ran.changed, history(project)) == (3, (), [now, old])
    assert Path(name).name in ran.err


def test_a_current_release_that_is_damaged_can_be_left(project: Project):
    shutil.rmtree((project.root / PLACE / history(project)[0]).parent)
    assert project.command("release", BUNDLE, PLACE).code == 3
    assert project.command("rollback", PLACE).code == 0


@pytest.mark.parametrize("content", ["", "releases/../../etc/bundle\n", "releases/abc/bundle\n", "x\n", "\x00"])
def test_what_does_not_name_a_release_is_refused(project: Project, content: str):
    (project.root / PLACE / "current").write_text(content)
    for command in (("release", BUNDLE, PLACE), ("rollback", PLACE), ("gate", BUNDLE, "--against", PLACE)):
        ran = project.command(*command)
        assert (ran.code, ran.changed) == (3, ())
        assert "[place-current-odd]" in ran.err


@pytest.mark.parametrize("place", ["pyproject.toml", BUNDLE, f"{BUNDLE}/place"])
def test_a_place_is_a_folder_outside_of_the_bundle(project: Project, place: str):
    ran = project.command("release", BUNDLE, place)
    assert (ran.code, ran.changed) == (2, ())
    assert "[place-unusable]" in ran.err


@pytest.mark.parametrize(
    "words",
    [("release", BUNDLE, ""), ("release", " ", PLACE), ("rollback", ""), ("gate", ""), ("check", "--bundle", "")],
)
def test_an_empty_name_is_not_the_current_folder(project: Project, words: tuple[str, ...]):
    ran = project.command(*words)
    assert (ran.code, ran.changed, ran.out) == (2, (), "")
    assert "the name is empty" in ran.err


def test_an_improvement_that_nobody_declared_is_flagged_and_refused_where_that_is_wanted(project: Project):
    project.edit(CODE, "ridge=1.0", "ridge=0.0")
    assert project.command("regen-golden", "--yes", "--reason", "as before").code == 0
    assert project.command("check", "--bundle", BUNDLE).code == 0
    ran = project.command("release", BUNDLE, PLACE, "--declared")
    assert (ran.code, ran.changed) == (1, ())
    ran = project.command("release", BUNDLE, PLACE)
    assert ran.code == 0
    assert "since the current release, for the better, and no intent names it" in ran.out
    assert len(history(project)) == 3


def test_an_older_check_in_the_bundle_does_not_count(project: Project):
    old = (project.root / PLACE / history(project)[1]) / "mlguard.json"
    shutil.copy(old, project.root / CHECK)
    ran = project.command("release", BUNDLE, PLACE)
    assert (ran.code, ran.changed) == (3, ())
