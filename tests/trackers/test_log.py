"""Logging without a server, and without the library: a line on standard error, and nothing else changes."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator

import pytest

from mlguard.trackers import log
from tests.project import FILES, Project

LOGGING = FILES["pyproject.toml"] + '\n[tool.mlguard.mlflow]\nuri = "{uri}"\nexperiment = "lines"\n'


@pytest.fixture
def project(line: Project) -> Iterator[Project]:
    """The shared project with settings of its own."""
    line.write("pyproject.toml", LOGGING.format(uri="http://127.0.0.1:9"))
    yield line
    line.write("pyproject.toml", FILES["pyproject.toml"])


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the library is there or not, it is taken for there."""
    monkeypatch.setattr(log, "find_spec", lambda name: name)


@pytest.mark.parametrize("command", [("check",), ("regen-golden", "--all", "--yes", "--reason", "again")])
def test_without_the_library_the_command_that_brings_it_is_named(
    project: Project, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    ran = project.command(*command, "--json")
    told = "mlflow: nothing is logged: MLflow is not installed; run `pip install 'pytest-mlguard[mlflow]'`"
    assert ran.code == 0
    assert (told in ran.err.splitlines()) == (command == ("check",)), ran.err
    assert "mlflow" not in ran.out
    project.write("pyproject.toml", FILES["pyproject.toml"])
    assert "mlflow" not in project.command("check").err


@pytest.mark.parametrize("uri", ["http://ana:hunter22@127.0.0.1:{port}", "http://127.0.0.1:{port}/?token=hunter22"])
def test_a_server_that_is_down_is_named_without_its_password(project: Project, installed: None, uri: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        project.write("pyproject.toml", LOGGING.format(uri=uri.format(port=port)))
        ran = project.command("check")
    assert ran.code == 0
    assert ran.err.startswith(f"mlflow: nothing is logged: no server answers at http://127.0.0.1:{port}")
    assert "hunter22" not in ran.err


@pytest.mark.parametrize("mark", ["/", "#", "?"])
def test_nor_is_a_password_shown_that_ends_the_address(project: Project, installed: None, mark: str) -> None:
    project.write("pyproject.toml", LOGGING.format(uri=f"http://ana:hunter{mark}22@127.0.0.1"))
    ran = project.command("check")
    assert ran.err.startswith("mlflow: nothing is logged: no server answers at http://127.0.0.1 (that is no address;")
    assert "hunter" not in ran.err


def test_nor_is_one_that_mlflow_itself_says(project: Project, installed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    told = "MlflowException: API request to http://ana:hunter22@127.0.0.1/x?token=hunter23 failed with http://a:b@c"
    monkeypatch.setattr(log, "_unreachable", lambda uri, environ: "")
    monkeypatch.setattr(log, "_called", lambda *_: ([{"problem": told}], True))
    ran = project.command("check")
    assert ran.err == (
        "mlflow: nothing is logged: MlflowException: API request to http://127.0.0.1/x failed with http://c\n"
    )


def test_an_address_that_is_none_is_one_line(project: Project, installed: None) -> None:
    project.write("pyproject.toml", LOGGING.format(uri="http://127.0.0.1:many"))
    ran = project.command("check")
    assert (ran.code, ran.err.count("\n")) == (0, 1)
    assert ran.err.startswith("mlflow: nothing is logged: ")


def test_whatever_goes_wrong_is_one_line(project: Project, installed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> str:
        raise RuntimeError(f"no way\nin {project.root}")

    monkeypatch.setattr(log, "_unreachable", fails)
    ran = project.command("check")
    assert (ran.code, ran.err) == (0, "mlflow: nothing is logged: no way\\nin .\n")
