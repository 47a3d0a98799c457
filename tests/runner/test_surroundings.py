"""The image of the container and the lock files of a project, as a run keeps them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlguard.runner.surroundings import image_of, lock_files
from tests.project import Project

OWN, GITLAB = {"MLGUARD_IMAGE": "shop/train:7"}, {"CI_JOB_IMAGE": "python:3.12-slim"}
GITHUB = {"ImageOS": "ubuntu24", "ImageVersion": "20260105.1.0"}
DIGEST = f"registry.example.com:5000/ml/train@sha256:{'a' * 64}"


@pytest.mark.parametrize(
    ("environ", "image"),
    [
        ({}, ""),
        (OWN | GITLAB, "shop/train:7"),
        (GITLAB | GITHUB, "python:3.12-slim"),
        ({"CODEBUILD_BUILD_IMAGE": "aws/codebuild/standard:7.0"}, "aws/codebuild/standard:7.0"),
        (GITHUB, "ubuntu24/20260105.1.0"),
        ({"ImageOS": "ubuntu24"}, ""),
        ({"MLGUARD_IMAGE": "", **GITLAB}, "python:3.12-slim"),
        ({"MLGUARD_IMAGE": DIGEST}, DIGEST),
    ],
)
def test_the_image_is_what_the_first_variable_says(environ: dict[str, str], image: str) -> None:
    assert image_of(environ) == image


@pytest.mark.parametrize(
    "told", ["bob:s3cret@registry/train", "https://registry/train", "two words", "a\nb", "é", "x" * 256, "-v", "$IMAGE"]
)
def test_what_cannot_be_the_name_of_an_image_is_not_kept(told: str) -> None:
    assert image_of({"MLGUARD_IMAGE": told}) == ""


def test_lock_files_are_those_of_the_projects_root_whatever_their_line_ends(tmp_path: Path) -> None:
    named = ["Pipfile.lock", "conda-lock.yml", "pdm.lock", "pixi.lock", "poetry.lock", "pylock.dev.toml",
             "pylock.toml", "requirements-dev.txt", "requirements.txt", "uv.lock"]  # fmt: skip
    for name in [*named, "yarn.lock", "below/uv.lock", "notes.txt", "pylocks.toml"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"numpy==2.4\n")
    (tmp_path / "requirements-folder.txt").mkdir()
    (tmp_path / "requirements-nowhere.txt").symlink_to("x" * 300)  # As where a link leads out of what may be seen.
    found = lock_files(tmp_path)
    assert list(found) == named
    (tmp_path / "uv.lock").write_bytes(b"numpy==2.4\r\n")
    assert lock_files(tmp_path) == found
    (tmp_path / "uv.lock").write_bytes(b"numpy==2.5\n")
    assert lock_files(tmp_path) != found


def test_a_run_keeps_them_with_the_system_and_nothing_of_what_is_not_there(
    line: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = line.golden().provenance.environment
    assert plain["os"]
    assert not {"image", "locks"} & set(plain)
    monkeypatch.setenv("MLGUARD_IMAGE", "shop/train:7")
    with line.also("uv.lock", "x"):
        kept = line.run().record.provenance.environment
    assert (kept["image"], list(kept["locks"])) == ("shop/train:7", ["uv.lock"])
