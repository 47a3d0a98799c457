"""What guarded code logs by itself lies in its run, and what it reads of this machine reaches no tracking server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from mlguard.golden.local import LocalStore
from tests.project import CODE, FILES, GUARD, Project
from tests.with_systems.test_mlflow import CONFIG, project
from tests.with_systems.tracking import Server

SAYING = """\
    import os, pathlib

    said = [os.environ[name] for name in ("SHOP_TOKEN", "SHOP_KEY", "SHOP_LIMIT", "SHOP_SET")]
    said += [str(pathlib.Path(".env").resolve()), pathlib.Path(".env").read_text()]
    x, y = """
"""Guarded code that puts everything private into its model, or into what it raises."""

CANARIES = ("one", "two", "three", "four", "five", "six", "seven", "eight")


def test_nothing_of_this_machine_reaches_the_server(server: Server, tmp_path: Path) -> None:
    private = {
        "SHOP_TOKEN": "canary-one-4711",
        "SHOP_KEY": "line one of canary-two\nline two of canary-two",
        "SHOP_LIMIT": "<&>\"canary-three'",
        "HTTPS_PROXY": "http://ana:canary-four@127.0.0.1:9",
    }
    made = project(tmp_path / "canary-five" / "shop", server, "private")
    passing = 'timeout = 60\npass_env = ["SHOP_*"]\nset_env = { SHOP_SET = "canary-six-6" }\n'
    made.edit("pyproject.toml", "timeout = 60\n", passing)
    made.write(".env", "export PRIVATE='canary-seven'\nSHOP_PORT=8080\n")
    outside = tmp_path / "canary-eight" / "notes.txt"
    outside.parent.mkdir()
    outside.write_text("10")
    made.edit(GUARD, CONFIG, f'    config = {{"ridge": 0.0, "file": {str(outside)!r}, "root": {str(made.root)!r}}}\n')
    made.edit(CODE, "    x, y = ", SAYING)
    made.edit(CODE, '{"slope": slope', '{"said": said, "slope": slope')
    made.edit(CODE, '["shift"] + ', '["shift"] + 0 * len(open(' + repr(str(outside)) + ").read()) + ")
    ran = made.command("regen-golden", "--yes", "--reason", f"as in {made.root}: canary-one-4711", **private)
    assert ran.code == 0, ran.err
    assert made.command("check", **private).code == 0
    with made.editing(CODE, '    return {"said"', '    raise ValueError(said)\n    return {"said"'):
        assert made.command("check", **private).code == 5
    with made.editing(CODE, "0 * len(", "0.5 * len("):
        assert made.command("check", **private).code == 1
    runs = server.runs("private")
    assert [run.data.tags.get("mlguard.verdict") for run in runs] == [None, "match", "error", "shifted"]
    kept = server.everything()
    assert [canary for canary in CANARIES if f"canary-{canary}".encode() in kept] == []
    assert str(tmp_path).encode() not in kept
    # What was told besides is there, with names in the place of what is private.
    assert runs[0].data.tags["mlguard.reason"] == "as in .: [SHOP_TOKEN]"
    assert (runs[0].data.params["file"], runs[0].data.params["root"]) == ("…/notes.txt", ".")
    assert "[SHOP_TOKEN]" in server.page(runs[2])
    assert "…/notes.txt" in server.page(runs[1])


LOGGING = """\
import mlflow
from sklearn.linear_model import LinearRegression


def fit(rows):
    mlflow.set_experiment("lines")
    mlflow.sklearn.autolog(log_models=False)
    with mlflow.start_run(run_name="a line"):
        mlflow.log_param("shape", "straight")
        model = LinearRegression().fit(rows[["x"]], rows["y"])
        mlflow.log_metric("slope", float(model.coef_[0]))
        mlflow.log_text("a note", "note.txt")
    return {"slope": float(model.coef_[0]), "shift": float(model.intercept_), "logged": logged()}


def logged():
    found = mlflow.search_runs(experiment_names=["lines"], output_format="list")
    assert found
    for run in found:
        assert "note.txt" in [file.path for file in mlflow.artifacts.list_artifacts(run_id=run.info.run_id)]
    return sorted({f"{run.data.params['shape']}, {run.data.params['fit_intercept']}" for run in found})


"""
"""Training that logs by itself and by autologging, and that looks whether its runs are there."""

DATABASE = (
    "import mlflow\n",
    """\
import os
import tempfile

import mlflow

mlflow.set_tracking_uri(f"sqlite:///{os.environ.get('DATABASES', tempfile.gettempdir())}/tracking.db")
""",
)
"""The same in a database that it names itself."""


def logging(folder: Path, *edits: tuple[str, str]) -> Project:
    """A project whose training logs by itself."""
    code, guard = FILES[CODE], FILES[GUARD].replace("seeds = (0, 1)", "seeds = (0,)")
    made = Project(folder, {**FILES, CODE: LOGGING + code[code.index("def answer") :], GUARD: guard})
    for edit in edits:
        made.edit(CODE, *edit)
    return made


def mlguard(made: Project, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`mlguard` in a process of its own, as from a shell with these variables."""
    return python(made, "-m", "mlguard", *arguments, **variables)


def python(made: Project, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    ours = {name: text for name, text in os.environ.items() if name not in ("CI", "GITHUB_ACTIONS")}
    told, environ = [sys.executable, *arguments], {**ours, "PYTHONDONTWRITEBYTECODE": "1", **variables}
    return subprocess.run(told, cwd=made.root, env=environ, capture_output=True, text=True, check=False)


def test_code_that_logs_by_itself_logs_into_its_run(server: Server, tmp_path: Path) -> None:
    made = logging(tmp_path / "project")
    shell = {"MLFLOW_TRACKING_URI": server.uri, "MLFLOW_EXPERIMENT_NAME": "of the shell"}
    before = made.files()
    done = mlguard(made, "check", **shell)
    assert (done.returncode, "Line: missing" in done.stdout) == (3, True), done.stdout + done.stderr
    assert made.files() == before
    (inside,) = (made.root / ".mlguard/pending").rglob("internals.jsonl")
    assert "straight, True" in inside.read_text("utf-8")
    record = LocalStore(made.root / ".mlguard/pending", made.root).load("Line")
    contracts = {one.name: one.value.data[0] for one in record or () if one.role == "contract"}
    assert (len(contracts) > 10, {*contracts.values()}) == (True, {"same"})
    assert server.runs("lines") == server.runs("of the shell") == server.runs("Default") == []
    # Without a guard, the same code logs where the shell says.
    program = "import line, pandas; line.fit(pandas.DataFrame({'x': [1.0, 2.0, 3.0], 'y': [1.0, 2.0, 4.0]}))"
    done = python(made, "-c", program, **shell)
    assert done.returncode == 0, done.stderr
    assert [run.data.params["shape"] for run in server.runs("lines")] == ["straight"]


def test_code_that_names_a_database_leaves_nothing_either(server: Server, tmp_path: Path) -> None:
    made = logging(tmp_path / "project", DATABASE)
    before = made.files()
    done = mlguard(made, "check", "--quick", MLFLOW_TRACKING_URI=server.uri)
    assert (done.returncode, "Line: missing" in done.stdout) == (3, True), done.stdout + done.stderr
    assert made.files() == before
    assert "no files outside" not in done.stdout
