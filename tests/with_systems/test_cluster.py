"""Guards on real clusters: the verdicts of one process, whatever happens to the nodes."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from mlguard.cluster import dask as of_dask
from tests.project import CODE, FILES, GUARD, Project, Ran
from tests.with_systems import clusters
from tests.with_systems.clusters import STARTING, Cluster
from tests.with_systems.edits import BUGS, REWRITES
from tests.worker.living import until

ROOT = Path(__file__).resolve().parents[2]

FIT = "def fit(rows, ridge=0.0):\n"

TIMES = ("seconds", "costs", "when")
"""What two runs of one command never have in common."""


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of Dask."""
    with clusters.dask(tmp_path_factory.mktemp("dask")) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def ray() -> Iterator[Cluster]:
    """A cluster of Ray."""
    with clusters.ray() as cluster:
        yield cluster


def timeless(document: Any) -> Any:
    """A document without what the clock says."""
    if isinstance(document, dict):
        return {key: timeless(value) for key, value in document.items() if key not in TIMES}
    return [timeless(value) for value in document] if isinstance(document, list) else document


def verdicts(*options: str) -> bytes:
    """What `mlguard check --json` says of this repository's own guards, but for times."""
    command = [sys.executable, "-m", "mlguard", "check", "--json", *options]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr
    return json.dumps(timeless(json.loads(ran.stdout)), indent=1).encode()


@pytest.fixture(scope="module")
def serial() -> bytes:
    """What one guard after the other says."""
    return verdicts("--jobs", "1")


def test_two_guards_at_once_say_what_one_after_the_other_does(serial: bytes) -> None:
    assert verdicts("--jobs", "2") == serial


@pytest.mark.parametrize("kind", ["dask", "ray"])
def test_a_cluster_that_loses_nodes_says_what_one_process_does(
    serial: bytes, kind: str, request: pytest.FixtureRequest
) -> None:
    cluster: Cluster = request.getfixturevalue(kind)
    with cluster.failing(every=5, times=3) as killed:
        assert verdicts("--scheduler", cluster.address) == serial
    assert len(killed) == 3


def test_nothing_of_a_command_stays_on_a_node(line: Project, dask: Cluster) -> None:
    assert line.command("check", "--scheduler", dask.address).code == 0
    assert until(lambda: not of_mlguard(dask), STARTING)


@pytest.mark.parametrize("guards", [1, 2])
def test_an_interrupt_ends_what_runs_on_nodes(line: Project, dask: Cluster, tmp_path: Path, guards: int) -> None:
    began = tmp_path / "began"
    named = "".join(FILES[GUARD].replace("class Line", f"class Line{number}") for number in range(1, guards))
    endless = f"{FIT}    open({str(began)!r}, 'w')\n    __import__('time').sleep(600)\n"
    others = line.also("tests/guards/test_others.py", named)
    with others, line.editing(CODE, FIT, endless), checking(line, dask) as running:
        assert until(began.exists, STARTING)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=60)
    assert (running.returncode, err.strip()) == (130, b"mlguard: interrupted")
    assert until(lambda: not of_mlguard(dask), STARTING)


@contextmanager
def checking(project: Project, cluster: Cluster) -> Iterator[subprocess.Popen[bytes]]:
    """A check in a process of its own, while it runs."""
    command = [sys.executable, "-m", "mlguard", "check", "--json", "--scheduler", cluster.address]
    with subprocess.Popen(command, cwd=project.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        yield running


def of_mlguard(cluster: Cluster) -> list[str]:
    """The processes below a cluster's nodes that run a module of mlguard."""
    below = [child for node in cluster.nodes() for child in psutil.Process(node).children(recursive=True)]
    told = []
    for process in below:
        try:
            told.append(" ".join(process.cmdline()))
        except psutil.NoSuchProcess:
            continue
    return [text for text in told if "mlguard.worker" in text]


@pytest.mark.parametrize("rewrite", REWRITES)
def test_a_rewrite_stays_quiet(line: Project, dask: Cluster, rewrite: str) -> None:
    with line.editing(CODE, *REWRITES[rewrite]):
        ran = line.command("check", "--json", "--scheduler", dask.address)
    assert (ran.code, ran.json["outcome"]) == (0, "match")


@pytest.mark.parametrize("stage", BUGS)
def test_a_bug_is_told_as_it_is_without_a_cluster(line: Project, dask: Cluster, stage: str) -> None:
    with line.editing(CODE, *BUGS[stage]):
        there = line.command("check", "--json", "--scheduler", dask.address)
        here = line.command("check", "--json")
    assert (there.code, there.json["guards"][0]["first_moved"]) == (1, stage)
    assert timeless(there.json) == timeless(here.json)


def test_a_golden_is_recorded_with_the_noise_of_a_cluster(tmp_path: Path, dask: Cluster) -> None:
    """The machines of the certificate are emulated on the nodes; what is written is written here."""
    there, here = Project(tmp_path / "there"), Project(tmp_path / "here")
    ran = recorded(there, "--scheduler", dask.address)
    assert (ran.code, "golden/Line/record.json" in ran.changed) == (0, True)
    assert recorded(here).code == 0
    assert there.golden().tolerances == here.golden().tolerances
    assert there.golden().by_key().keys() == here.golden().by_key().keys()
    assert here.command("check").code == there.command("check").code == 0


def recorded(project: Project, *options: str) -> Ran:
    """A first golden."""
    return project.command("regen-golden", "--yes", "--reason", "first golden", *options)


def test_an_audit_says_on_a_cluster_what_it_says_here(line: Project, dask: Cluster) -> None:
    here, there = (
        line.command("audit", "--changes", "12", "--json", *options) for options in ((), ("--scheduler", dask.address))
    )
    (guard,) = there.json["guards"]
    assert (there.code, guard["problem"], guard["noticed"] + guard["missed"] + guard["equivalent"]) == (0, None, 12)
    assert timeless(there.json) == timeless(here.json)


def test_a_library_of_another_version_on_a_node_is_named(tmp_path: Path) -> None:
    for version in ("1.0", "2.0"):
        put(tmp_path / version, version)
    project = Project(tmp_path / "project", {**FILES, CODE: f"import scale\n\n\n{FILES[CODE]}"})
    (tmp_path / "log").mkdir()
    with clusters.dask(tmp_path / "log", variables={"PYTHONPATH": str(tmp_path / "2.0")}) as cluster:
        command = [sys.executable, "-m", "mlguard", "check", "--scheduler", cluster.address]
        variables = {**os.environ, "PYTHONPATH": str(tmp_path / "1.0")}
        ran = subprocess.run(command, cwd=project.root, env=variables, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 2
    assert "Line ran with another scale 2.0 (here 1.0) on node " in ran.stdout


def put(folder: Path, version: str) -> None:
    """Install a library of one module, in a folder of its own."""
    described = folder / f"scale-{version}.dist-info"
    described.mkdir(parents=True)
    (folder / "scale.py").write_text("ONE = 1\n")
    (described / "METADATA").write_text(f"Metadata-Version: 2.1\nName: scale\nVersion: {version}\n")
    (described / "RECORD").write_text("scale.py,,\n")


def test_a_scheduler_that_is_lost_ends_the_command(line: Project, tmp_path: Path) -> None:
    began = tmp_path / "began"
    slow = f"{FIT}    open({str(began)!r}, 'w')\n    __import__('time').sleep(5)\n"
    with clusters.dask(tmp_path) as cluster, line.editing(CODE, FIT, slow), checking(line, cluster) as running:
        assert until(began.exists, STARTING)
        cluster.head.kill()
        out, _ = running.communicate(timeout=120)
    (guard,) = json.loads(out)["guards"]
    assert (running.returncode, guard["outcome"], guard["slug"]) == (5, "error", "cluster-failed")


def test_where_nobody_answers_is_said(line: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_dask, "PATIENCE", 1)
    ran = line.command("check", "--scheduler", "tcp://127.0.0.1:9")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("mlguard: no cluster can be used at tcp://127.0.0.1:9: ")
    assert "Traceback" not in ran.err
    # A warning of an answer that did not come reached the terminal when a command was interrupted.
    assert not logging.getLogger("distributed.client").isEnabledFor(logging.ERROR)


def test_a_guard_that_kills_its_own_process_is_told_as_without_a_cluster(line: Project, dask: Cluster) -> None:
    deadly = f"{FIT}    __import__('os').kill(__import__('os').getpid(), 9)\n"
    with line.editing(CODE, FIT, deadly):
        there = line.command("check", "--json", "--scheduler", dask.address)
        here = line.command("check", "--json")
    assert there.code == 5
    assert timeless(there.json) == timeless(here.json)
