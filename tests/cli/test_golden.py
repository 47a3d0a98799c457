"""`mlguard golden`, and what the other commands do where goldens are kept at an address; here that is a folder."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from mlguard.golden.objects import MARKER
from tests.docs.reference.test_json_documents import unlike
from tests.project import Project
from tests.repository import git


@pytest.fixture(scope="module")
def pushed(line: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place to which the golden of the tiny project was pushed."""
    place = tmp_path_factory.mktemp("mounted")
    assert line.command("golden", "push", place.as_uri()).code == 0
    return place


@pytest.fixture
def place(pushed: Path, tmp_path: Path) -> Path:
    """The same, for one test."""
    return Path(shutil.copytree(pushed, tmp_path / "mounted"))


@pytest.fixture
def shared(line: Project, place: Path, tmp_path: Path) -> Project:
    """The project whose goldens are kept there."""
    return line.elsewhere(tmp_path / "one", place.as_uri())


def away(place: Path) -> None:
    place.rename(place.with_name("away"))


def test_a_push_says_what_it_did_and_a_second_one_does_nothing(line: Project, tmp_path: Path) -> None:
    (tmp_path / "mounted").mkdir()
    url = (tmp_path / "mounted").as_uri()
    ran = line.command("golden", "push", url)
    assert (ran.code, ran.out) == (0, f"Line: copied\n{url}: 1 golden (1 copied)\n")
    assert (tmp_path / "mounted" / MARKER).exists()
    ran = line.command("golden", "push", f"{url}/", "--json")
    assert unlike("golden", ran.json) == []
    assert ran.json == {
        "action": "push",
        "url": url,
        "goldens": [{"name": "Line", "came": "same", "detail": ""}],
        "exit_code": 0,
    }


def test_offline_a_check_works_from_the_copy_and_says_so_in_one_line(shared: Project, place: Path) -> None:
    assert shared.command("check").code == 0
    away(place)
    ran = shared.command("check")
    assert ran.code == 0
    assert f"from the copies on this machine: {place.as_uri()} cannot be reached" in ran.out
    assert "goldens as of 20" in ran.out
    listed = shared.command("list")
    assert "recorded" in listed.out
    assert "goldens as of 20" in listed.err


@pytest.mark.parametrize("command", [("check", "--changed"), ("check", "--json")])
def test_offline_without_a_copy_is_an_error_and_no_missing_golden(
    shared: Project, place: Path, command: tuple[str, ...]
) -> None:
    away(place)
    ran = shared.command(*command)
    assert ran.code == 5
    assert "golden-server" in ran.out
    assert place.as_uri() in ran.out
    assert "missing" not in ran.out


def test_status_says_that_no_revision_has_them(shared: Project) -> None:
    git(shared.root, "init", "--quiet")
    git(shared.root, "add", "--all")
    git(shared.root, "commit", "--quiet", "--message", "First")
    ran = shared.command("status", "--base", "HEAD")
    assert ran.code == 2
    assert "no revision has any" in ran.err
    assert "status-outside" in ran.err


def test_pull_fills_the_copies_and_verify_reads_what_is_there(shared: Project, place: Path) -> None:
    ran = shared.command("golden", "pull")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "Line: copied")
    assert shared.command("golden", "verify").code == 0
    for file in (path for path in (place / "objects").rglob("*") if path.is_file()):
        file.write_bytes(b"damaged")
    ran = shared.command("golden", "verify", "--json")
    assert ran.code == 3
    assert {one["came"] for one in ran.json["goldens"]} == {"damaged"}


def test_pull_writes_a_folder_and_verify_compares_it(line: Project, shared: Project, place: Path) -> None:
    ran = shared.command("golden", "pull", "--folder", "golden")
    assert ran.code == 0
    assert all(name.startswith("golden/") for name in ran.changed)
    assert {path.name for path in (shared.root / "golden/Line").iterdir()} == {
        path.name for path in (line.root / "golden/Line").iterdir()
    }
    assert shared.command("golden", "verify", "--folder", "golden").code == 0
    (shared.root / "golden/Line/record.json").unlink()
    assert shared.command("golden", "verify", "--folder", "golden").code == 1


def test_nothing_is_written_in_ci_unless_it_is_allowed(line: Project, shared: Project, place: Path) -> None:
    for project, command in (
        (line, ("golden", "push", place.as_uri())),
        (shared, ("golden", "pull", "--folder", "golden")),
    ):
        ran = project.command(*command, CI="1")
        assert (ran.code, ran.changed) == (2, ())
        assert "ci-refused" in ran.err
    assert shared.command("golden", "pull", CI="1").code == 0
    assert line.command("golden", "push", place.as_uri(), "--allow-ci", CI="1").code == 0


def test_without_an_address_there_is_nothing_to_do(line: Project) -> None:
    ran = line.command("golden", "verify")
    assert ran.code == 2
    assert "golden-url-none" in ran.err


@pytest.mark.parametrize("url", ["s3://key:canary-secret@bucket/x", "s3://canary-secret@bucket", "canary-secret"])
def test_a_password_in_an_address_is_refused_and_shown_nowhere(line: Project, url: str) -> None:
    for command in (("golden", "push", url), ("golden", "verify", url, "--json")):
        ran = line.command(*command)
        assert ran.code == 2
        assert "canary-secret" not in ran.out + ran.err
        assert "the URL" in ran.err


@pytest.mark.parametrize(
    "entry", ['golden = ["{}"]', 'golden_arrays = [["{}"]]', 'mlflow = "{}"', 'timeout = "{}"', 'environments = "{}"']
)
def test_nor_is_one_that_stands_where_no_url_can(tmp_path: Path, entry: str) -> None:
    line = entry.format("https://ana:canary-secret@server/x")
    ran = Project(tmp_path, {"pyproject.toml": f"[tool.mlguard]\n{line}\n"}).command("list")
    assert ran.code == 2
    assert f"`{entry.split(' ')[0]}` must be" in ran.err
    assert "canary-secret" not in ran.out + ran.err


@pytest.mark.parametrize("entry", ["golden", "golden_arrays"])
@pytest.mark.parametrize("command", ["check", "list", "init"])
def test_a_password_in_the_settings_is_refused_and_shown_nowhere(tmp_path: Path, entry: str, command: str) -> None:
    project = Project(tmp_path, {"pyproject.toml": f'[tool.mlguard]\n{entry} = "s3://key:canary-secret@bucket/x"\n'})
    ran = project.command(command)
    assert ran.code == 2
    assert f"`{entry}` holds a user name or a password" in ran.err
    assert "canary-secret" not in ran.out + ran.err


def test_large_arrays_alone(line: Project, tmp_path: Path) -> None:
    (tmp_path / "mounted").mkdir()
    shutil.copytree(line.root, tmp_path / "one", ignore=shutil.ignore_patterns(".mlguard"))
    project, url = Project(tmp_path / "one", {}), (tmp_path / "mounted").as_uri()
    project.write("pyproject.toml", f'[tool.mlguard]\ntimeout = 60\ngolden_arrays = "{url}"\n')
    ran = project.command("golden", "push", "--json")
    assert (ran.code, ran.json["url"], ran.json["action"]) == (0, url, "push")
    assert [project.command("golden", action).code for action in ("pull", "verify")] == [0, 0]
    project.write("pyproject.toml", f'[tool.mlguard]\ngolden = "{url}"\ngolden_arrays = "{url}"\n')
    assert "leave `golden_arrays` out" in project.command("check").err


def test_a_library_that_is_missing_is_named_with_the_command_that_installs_it(
    line: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    for protocol, package in (("s3", "s3fs"), ("gs", "gcsfs")):
        ran = line.command("golden", "push", f"{protocol}://bucket/x")
        assert ran.code == 2
        assert f"need {package} 2024.12 or newer, and that is not installed" in ran.err
        assert f"pip install --upgrade 'pytest-mlguard[{protocol}]' [golden-url-missing]" in ran.err
