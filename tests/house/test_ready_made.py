"""What other projects include, run as their CI would: the steps of `action.yml`, and the job for GitLab."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.test_check_changed import FILES
from tests.house.conftest import ROOT
from tests.project import Project
from tests.repository import Repository, calm

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
GITLAB = yaml.safe_load((ROOT / "templates/mlguard.gitlab-ci.yml").read_text(encoding="utf-8"))["mlguard"]

GH = """\
#!/bin/bash
# Stands for GitHub's own command: keeps comments in a folder, by number.
case "$*" in
  *PATCH*) echo updated >> "$COMMENTS/log"; file="${@: -1}"; cp "${file#body=@}" "$COMMENTS/7" ;;
  *POST*) echo made >> "$COMMENTS/log"; file="${@: -1}"; cp "${file#body=@}" "$COMMENTS/7" ;;
  *) [ ! -f "$COMMENTS/7" ] || echo 7 ;;
esac
"""


class Job:
    """One job of a CI service, in a shallow clone of a repository whose branch has an edit."""

    def __init__(self, origin: Repository, folder: Path) -> None:
        self.clone, self.bin, self.temp = folder / "clone", folder / "bin", folder / "temp"
        for made in (self.bin, self.temp):
            made.mkdir()
        origin.git("clone", "--quiet", "--depth=1", "--branch=branch", origin.top.as_uri(), str(self.clone))
        self._command("mlguard", f'#!/bin/sh\nexec {sys.executable} -m mlguard "$@"\n')
        self._command("gh", GH)
        self.base = origin.git("rev-parse", "main")
        self.outputs: dict[str, dict[str, str]] = {}

    def _command(self, name: str, text: str) -> None:
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def run(self, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """One script, as GitHub runs bash."""
        known = {k: v for k, v in calm().items() if k not in ("CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY")}
        given = {"PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}", "COMMENTS": str(self.temp), "CI": "true"}
        told = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        where = self.clone if self.clone.is_dir() else self.temp
        environment = {**known, **given, **variables}
        return subprocess.run(told, cwd=where, env=environment, capture_output=True, text=True, timeout=300)

    def action(self) -> tuple[int, str]:
        """Every step of the action that runs a script, as far as one of a pull request comes; code and output."""
        code, told = 0, ""
        for step in STEPS:
            if "run" not in step:
                continue
            output = self.temp / "output"
            output.write_text("")
            variables = {name: self._value(text) for name, text in step.get("env", {}).items()}
            ran = self.run(
                step["run"], **variables, RUNNER_TEMP=str(self.temp), GITHUB_OUTPUT=str(output), GITHUB_ACTIONS="true",
                GITHUB_STEP_SUMMARY=str(self.temp / "summary"), GITHUB_REPOSITORY="shop/models",
            )  # fmt: skip
            code, told = ran.returncode, told + ran.stdout + ran.stderr
            self.outputs[step.get("id", "")] = dict(line.split("=", 1) for line in output.read_text().splitlines())
        return code, told

    def _value(self, text: str) -> str:
        (expression,) = re.fullmatch(r"\$\{\{ (.*) \}\}", text).groups()  # type: ignore[union-attr]
        kind, _, rest = expression.partition(".")
        if kind == "steps":
            step, _, output = rest.partition(".outputs.")
            return self.outputs[step][output]
        return {"inputs.arguments": "Line", "github.event.pull_request.base.sha": self.base}.get(expression, "7")


@pytest.fixture(scope="module")
def origin(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A project on `main`, and a branch of it on which the code moved."""
    made = Repository(tmp_path_factory.mktemp("origin"), files=FILES)
    assert Project(made.top, {}).regen("Line", "tests/guards/test_line.py").proposal is not None
    made.git("config", "uploadpack.allowAnySHA1InWant", "true")
    made.commit("Record")
    made.git("checkout", "--quiet", "-b", "branch")
    made.edit("rate.txt", "2", "3")
    return made


def test_no_script_of_the_action_holds_an_expression():
    """A branch may be called `$(rm -rf ~)`: what GitHub pastes into a script is run."""
    assert [step["name"] for step in STEPS if "${{" in step.get("run", "")] == []


def test_the_action_fails_with_the_check_and_keeps_one_comment(origin: Repository, tmp_path: Path):
    job = Job(origin, tmp_path)
    code, told = job.action()
    assert (code, job.outputs["check"], job.outputs["status"]) == (1, {"exit-code": "1"}, {"exit-code": "0"}), told
    assert "Line: shifted" in told
    assert "::error" in told
    assert (tmp_path / "clone/.mlguard/pending").is_dir()
    comment = (tmp_path / "temp/7").read_text(encoding="utf-8")
    assert comment.startswith("<!-- mlguard -->\n")
    assert "no golden changed since" in comment
    assert (tmp_path / "temp/summary").read_text(encoding="utf-8").strip() in comment
    (tmp_path / "clone/rate.txt").write_text("2")
    code, told = job.action()
    assert (code, job.outputs["check"]) == (0, {"exit-code": "0"}), told
    assert (tmp_path / "temp/log").read_text().split() == ["made", "updated"]
    assert "1 match" in (tmp_path / "temp/7").read_text(encoding="utf-8")


def test_the_job_for_gitlab_fails_with_the_check(origin: Repository, tmp_path: Path):
    job = Job(origin, tmp_path)
    job.run(f"git fetch --quiet --unshallow; git fetch --quiet origin {job.base}")
    ran = job.run("\n".join(GITLAB["script"]), CI_MERGE_REQUEST_DIFF_BASE_SHA=job.base)
    assert ran.returncode == 1, ran.stderr
    assert "Line: shifted" in ran.stdout
    assert "no golden changed since" in ran.stdout
    assert all((tmp_path / "clone" / path).exists() for path in GITLAB["artifacts"]["paths"])
