"""Checks and goldens on a real tracking server of MLflow: what it is told, what it is never told, and that it decides
nothing."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from mlguard import __version__
from mlguard.core.outcome import Outcome
from mlguard.core.verdict import Verdict
from mlguard.report.html.shown import Shown
from mlguard.settings import Tracking, load
from mlguard.trackers import log
from mlguard.trackers.entry import Facts
from tests.checker.test_review import measured
from tests.plugin import real
from tests.project import CODE, FILES, GUARD, Project
from tests.with_systems.edits import BUGS, REWRITES
from tests.with_systems.tracking import Server

CONFIG = '    config = {"ridge": 0.0, "data": {"kind": "tiny"}}\n'
FITTED = ("line.fit(train)", 'line.fit(train, self.config["ridge"])')


def settings(server: Server | str, experiment: str) -> str:
    uri = server if isinstance(server, str) else server.uri
    return f'[tool.mlguard]\ntimeout = 60\n\n[tool.mlguard.mlflow]\nuri = "{uri}"\nexperiment = "{experiment}"\n'


def project(folder: Path, server: Server | str, experiment: str) -> Project:
    guard = FILES[GUARD].replace("    seeds", f"{CONFIG}    seeds").replace(*FITTED)
    return Project(folder, {**FILES, "pyproject.toml": settings(server, experiment), GUARD: guard})


@pytest.fixture(scope="module")
def line(at_once: None, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose golden was recorded with the server."""
    made = project(tmp_path_factory.mktemp("line"), server, "line")
    ran = made.command("regen-golden", "--yes", "--reason", "first golden")
    assert (ran.code, last(ran.err)) == (0, f"mlflow: 1 run, {server.uri}/#/experiments/1"), ran.err
    return made


def last(text: str) -> str:
    return text.rstrip().rpartition("\n")[2]


def test_a_check_is_a_run_with_settings_metrics_verdict_and_page(line: Project, server: Server) -> None:
    before = server.runs("line")
    ran = line.command("check")
    assert (ran.code, ran.changed) == (0, ())
    assert last(ran.err) == f"mlflow: 1 run, {server.uri}/#/experiments/1"
    (run,) = server.runs("line")[len(before) :]
    assert (run.info.run_name, run.info.status) == ("Line", "FINISHED")
    assert run.data.params == {"ridge": "0.0", "data.kind": "tiny"}
    golden = {(str(one.run), one.name): one.value.data[0] for one in line.golden() if one.stage == "evaluate"}
    assert run.data.metrics == {
        "mae": golden["main", "mae"],
        "rows": 4.0,
        "seed 1/mae": golden["seed 1", "mae"],
        "seed 1/rows": 4.0,
    }
    tags = run.data.tags
    assert tags["mlguard.verdict"] == "match"
    assert "mlguard.first_moved" not in tags
    assert (tags["mlguard.exit_code"], tags["mlguard.version"]) == ("0", __version__)
    assert (tags["mlguard.guard"], tags["mlguard.command"]) == ("Line", "check")
    assert tags["mlguard.dataset"] == f"tiny {line.golden().provenance.data_digest}"
    assert run.info.end_time > run.info.start_time
    page = server.page(run)
    assert page.startswith("<!doctype html>\n<!-- mlguard report -->")
    assert "Line" in page


def test_from_a_check_one_finds_the_run_of_its_golden(line: Project, server: Server) -> None:
    assert line.command("check").code == 0
    (recorded,) = server.runs("line", "tags.`mlguard.recorded` = 'true'")
    check = server.runs("line", "tags.`mlguard.command` = 'check'")[-1]
    assert check.data.tags["mlguard.golden"] == line.goldens.held("Line").version
    assert check.data.tags["mlguard.golden_run"] == recorded.info.run_id
    assert recorded.data.tags["mlguard.golden"] == check.data.tags["mlguard.golden"]
    assert recorded.data.tags["mlguard.reason"] == "first golden"
    assert recorded.data.metrics == check.data.metrics


def test_a_golden_has_the_bytes_that_it_has_without_a_server(line: Project, server: Server, tmp_path: Path) -> None:
    without = project(tmp_path, server, "never")
    without.write("pyproject.toml", FILES["pyproject.toml"])
    assert without.command("regen-golden", "--yes", "--reason", "first golden").code == 0
    names = {name for name in line.files() if name.startswith("golden/")}
    assert names == {name for name in without.files() if name.startswith("golden/")}
    for name in names:
        one, other = ((made.root / name).read_text("utf-8") for made in (line, without))
        assert timeless(one) == timeless(other), name
    assert server.runs("never") == []


def timeless(text: str) -> str:
    """A golden without the moment of its approval, and without the digest that this moment is part of."""
    return re.sub(r"20\d\d-\d\d-\d\d[T ][\d:]+\S*|sha256:[0-9a-f]{64}", "", text)


@pytest.mark.parametrize("rewrite", REWRITES)
def test_a_rewrite_is_a_run_that_matches(line: Project, server: Server, rewrite: str) -> None:
    with line.editing(CODE, *REWRITES[rewrite]):
        assert line.command("check").code == 0
    run = server.runs("line")[-1]
    tags = run.data.tags
    assert (run.info.status, tags["mlguard.guard"], tags["mlguard.verdict"]) == ("FINISHED", "Line", "match")
    assert "mlguard.first_moved" not in tags


@pytest.mark.parametrize("stage", BUGS)
def test_a_bug_is_a_run_that_failed_and_says_where(line: Project, server: Server, stage: str) -> None:
    with line.editing(CODE, *BUGS[stage]):
        ran = line.command("check", "--json")
    assert (ran.code, ran.json["outcome"]) == (1, "shifted")
    run = server.runs("line")[-1]
    tags = run.data.tags
    assert (run.info.status, tags["mlguard.verdict"], tags["mlguard.exit_code"]) == ("FAILED", "shifted", "1")
    assert (tags["mlguard.guard"], tags["mlguard.first_moved"]) == ("Line", stage)
    assert "mlguard.golden_run" in tags
    assert f"Line: shifted, first moved in stage {stage}" in tags["mlflow.note.content"]
    assert "shifted" in server.page(run)


def test_code_that_raises_is_a_run_that_failed(line: Project, server: Server) -> None:
    with line.editing(CODE, "    x, y = ", "    raise ValueError('no rows')\n    x, y = "):
        assert line.command("check").code == 5
    run = server.runs("line")[-1]
    assert (run.info.status, run.data.tags["mlguard.exit_code"], run.data.metrics) == ("FAILED", "5", {})
    assert run.data.tags["mlguard.golden"] == line.goldens.held("Line").version
    assert "no rows" in server.page(run)


def test_an_accepted_record_is_the_run_of_the_new_golden(at_once: None, server: Server, tmp_path: Path) -> None:
    made = project(tmp_path, server, "review")
    with measured():
        assert made.command("regen-golden", "--yes", "--reason", "first golden").code == 0
    made.edit(CODE, '["shift"] + ', '["shift"] + 0.5 + ')
    assert made.command("check").code == 1
    ran = made.command("review", "--accept", "Line", "--reason", "half a point more")
    assert (ran.code, last(ran.err).partition(",")[0]) == (0, "mlflow: 1 run"), ran.err
    assert made.command("check").code == 0
    first, moved, accepted, check = server.runs("review")
    assert moved.data.tags["mlguard.golden_run"] == first.info.run_id
    assert check.data.tags["mlguard.golden_run"] == accepted.info.run_id
    assert accepted.data.tags["mlguard.reason"] == "half a point more"
    assert accepted.data.metrics == moved.data.metrics != first.data.metrics


def test_a_dry_run_and_what_was_not_run_log_nothing(line: Project, server: Server) -> None:
    before = len(server.runs("line"))
    assert line.command("regen-golden", "--all", "--dry-run").code == 0
    assert line.command("check", "--try").code == 3
    assert line.command("check", "--in-process").code == 0
    assert line.command("check", "--changed").code == 0
    assert len(server.runs("line")) == before + 1
    assert line.command("check", "--changed").out.startswith("Line: unchanged since")
    assert len(server.runs("line")) == before + 1


def test_names_that_mlflow_refuses_are_spelled_otherwise(at_once: None, server: Server, tmp_path: Path) -> None:
    made = project(tmp_path, server, "names")
    made.edit(GUARD, CONFIG, '    config = {"ridge": 0.0, "a=1": 1, "a+1": 2, "/root/": 3, "..": "x" * 9000}\n')
    made.edit(GUARD, 'line.score(test["y"], predictions)', '{"é§/@1": 1.0, "nan": float("nan"), "x" * 300: 2.0}')
    assert made.command("regen-golden", "--yes", "--reason", "first golden").code == 0
    (run,) = server.runs("names")
    assert run.data.params.keys() == {"ridge", "a_1", "a_1 2", "_/root/_", "_"}
    assert {run.data.params["a_1"], run.data.params["a_1 2"]} == {"1", "2"}
    assert {name for name in run.data.metrics if "seed" not in name} == {"é_/_1", "nan", "x" * 250}


@pytest.mark.parametrize("code", [0, 1])
def test_a_server_that_is_down_is_one_line(line: Project, code: int) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    uri = f"http://ana:hunter22@127.0.0.1:{port}"
    old, new = ('["shift"] + ', '["shift"] + 0.5 + ') if code else ("float(y.mean()", "float(y.mean()")
    with line.editing("pyproject.toml", address(line), uri), line.editing(CODE, old, new):
        ran = line.command("check", "--json")
    told = f"mlflow: nothing is logged: no server answers at http://127.0.0.1:{port} (Connection refused)\n"
    assert (ran.code, ran.json["exit_code"], ran.err) == (code, code, told)


def address(made: Project) -> str:
    """The server that a project names."""
    found = re.search(r'uri = "(.*)"', (made.root / "pyproject.toml").read_text("utf-8"))
    assert found is not None
    return found[1]


@contextmanager
def silent(drips: bytes) -> Iterator[str]:
    """A server that takes every connection and never comes to the end of an answer."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        over = threading.Event()

        def serve(connection: socket.socket) -> None:
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n")
                while drips and not over.wait(0.1):
                    try:
                        connection.sendall(drips)
                    except OSError:
                        return
                over.wait()

        def accept() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        over.set()


@pytest.mark.parametrize("drips", [b"", b" "], ids=["says nothing", "says a byte from time to time"])
def test_a_server_that_is_slow_is_left_alone(line: Project, monkeypatch: pytest.MonkeyPatch, drips: bytes) -> None:
    monkeypatch.setattr(log, "PATIENCE", 2.0)
    with silent(drips) as uri, line.editing("pyproject.toml", address(line), uri):
        ran = line.command("check", MLFLOW_HTTP_REQUEST_TIMEOUT="600")
    assert (ran.code, ran.err) == (0, f"mlflow: nothing is logged: {uri} took too long\n")


def test_a_server_that_takes_no_files_has_the_rest(at_once: None, server: Server, tmp_path: Path) -> None:
    elsewhere = tmp_path / "not here"
    server.client.create_experiment("no files", artifact_location=str(elsewhere))
    made = project(tmp_path / "project", server, "no files")
    ran = made.command("regen-golden", "--yes", "--reason", "first golden")
    assert ran.code == 0
    assert last(ran.err).endswith(", without pages: it takes no files; start it with --serve-artifacts")
    assert not elsewhere.exists()
    (run,) = server.runs("no files")
    assert (run.info.status, "mae" in run.data.metrics) == ("FINISHED", True)


def test_without_an_address_it_says_so(line: Project, server: Server, tmp_path: Path) -> None:
    before = len(server.runs("line"))
    with line.editing("pyproject.toml", f'uri = "{server.uri}"\n', ""):
        ran = line.command("check")
        assert ran.code == 0
        assert ran.err == (
            "mlflow: nothing is logged: give [tool.mlguard.mlflow] a `uri`, or set MLFLOW_TRACKING_URI\n"
        )
        assert len(server.runs("line")) == before
        assert line.command("check", MLFLOW_TRACKING_URI=server.uri).code == 0
        assert len(server.runs("line")) == before + 1


def test_experiments_are_those_of_mlflows_own_variables(line: Project, server: Server) -> None:
    with line.editing("pyproject.toml", 'experiment = "line"\n', ""):
        assert line.command("check", MLFLOW_EXPERIMENT_NAME="by name").code == 0
        identifier = server.client.create_experiment("by number")
        assert line.command("check", MLFLOW_EXPERIMENT_ID=identifier).code == 0
    assert [len(server.runs(name)) for name in ("by name", "by number")] == [1, 1]


def test_an_experiment_that_was_deleted_is_one_line(line: Project, server: Server) -> None:
    server.client.delete_experiment(server.client.create_experiment("gone"))
    with line.editing("pyproject.toml", 'experiment = "line"', 'experiment = "gone"'):
        ran = line.command("check")
    assert ran.code == 0
    assert re.fullmatch(r"mlflow: nothing is logged: RestException: .*deleted.*\n", ran.err)


def test_tags_name_no_user_and_no_program_of_this_machine(line: Project, server: Server) -> None:
    assert line.command("check").code == 0
    tags = server.runs("line")[-1].data.tags
    assert {name: text for name, text in tags.items() if name.startswith("mlflow.") and "note" not in name} == {
        "mlflow.runName": "Line",
        "mlflow.source.name": "mlguard check",
        "mlflow.source.type": "LOCAL",
    }


def test_pytest_logs_each_guard_once_whatever_its_items_and_workers(
    at_once: None, server: Server, tmp_path: Path
) -> None:
    made = real.build(tmp_path / "shop")
    made.edit("pyproject.toml", "[tool.pytest", settings(server, "pytest").partition("\n\n")[2] + "\n[tool.pytest")
    recorded = made.pytest("--regen-golden", "--golden-reason", "first golden")
    assert (recorded.code, "mlflow: 1 run, " in recorded.out) == (0, True), recorded.out
    checked = made.pytest("-n", "2", plugins=("xdist.plugin",))
    assert (checked.code, checked.out.count("mlflow: 1 run, ")) == (0, 1), checked.out
    made.edit("shop.py", *real.BUG)
    moved = made.pytest("-k", "predict")
    assert (moved.code, moved.out.count("mlflow: 1 run, ")) == (1, 1), moved.out
    first, held, failed = server.runs("pytest")
    assert [run.data.tags["mlguard.command"] for run in (first, held)] == ["pytest --regen-golden", "pytest"]
    assert (first.data.tags["mlguard.reason"], first.info.status) == ("first golden", "FINISHED")
    assert held.data.metrics == first.data.metrics
    assert held.data.metrics.keys() == {"mean"}
    assert [run.data.tags["mlguard.golden_run"] for run in (held, failed)] == [first.info.run_id] * 2
    assert (failed.info.status, failed.data.tags["mlguard.first_moved"]) == ("FAILED", "predict")
    assert failed.data.metrics["mean"] > first.data.metrics["mean"]
    assert "first moved in stage predict" in server.page(failed)


def test_checks_at_the_same_moment_make_one_experiment(line: Project, server: Server) -> None:
    told = [log.Told(Shown(Verdict(f"Guard {number}", Outcome.MATCH)), Facts()) for number in range(3)]
    here = replace(load(line.root), mlflow=Tracking(server.uri, "at once"))
    with ThreadPoolExecutor(3) as pool:
        lines = [*pool.map(lambda one: log.log(here, "check", [one]), told)]
    assert {line.partition(",")[0] for line in lines} == {"mlflow: 1 run"}, lines
    assert {run.info.run_name for run in server.runs("at once")} == {"Guard 0", "Guard 1", "Guard 2"}
