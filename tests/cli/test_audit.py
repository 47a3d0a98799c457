"""`mlguard audit`: answers, exit codes, JSON, what is kept, and what is left behind when it is interrupted."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.project import CODE, GENERATOR, Project
from tests.worker.living import until


@pytest.fixture(scope="module")
def project(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The tiny project with its golden."""
    made = Project(tmp_path_factory.mktemp("audit"))
    made.regen()
    return made


def test_power_survivors_and_what_is_kept(project: Project) -> None:
    ran = project.command("audit", "Line", "--changes", "24", "--jobs", "2")
    assert (ran.code, ran.err, ran.changed) == (0, "", ())
    head = ran.out.splitlines()[0]
    assert head.startswith("Line: noticed ")
    assert "95 % interval" in head
    assert "24 of " in ran.out
    listed = project.command("list", "Line", "--json").json["guards"][0]["power"]
    assert listed["budget"] == "24 changes"
    assert listed["noticed"] + listed["missed"] + listed["equivalent"] + listed["invalid"] == 24
    assert f"power {listed['power']:.0%} of" in project.command("list", "Line").out


def test_json_holds_what_is_documented_and_the_same_seed_draws_the_same(project: Project) -> None:
    first, again = (
        project.command("audit", "Line", "--changes", "6", "--seed", "3", "--min-power", "0", "--json")
        for _ in range(2)
    )
    assert first.code == 0, "a gate that is reached"
    (guard,) = first.json["guards"]
    counted = {"name", "power", "noticed", "missed", "equivalent", "invalid", "interval", "survivors", "equivalents"}
    assert counted <= guard.keys()
    assert guard["name"] == "Line"
    same = ("power", "noticed", "missed", "equivalent", "invalid", "operators", "stages", "survivors", "equivalents")
    assert len(guard["equivalents"]) == guard["equivalent"]
    assert {key: guard[key] for key in same} == {key: again.json["guards"][0][key] for key in same}


def test_a_survivor_is_shown_as_a_place_a_diff_and_a_remedy(project: Project) -> None:
    # Seen by no row of 16, and by many of 160: what a larger x would do.
    rare = 'return (model["shift"] + model["slope"] * rows["x"] + 0.0 * (rows["x"] > 9)).to_numpy()'
    wide = ("x = rng.randint(0, 60, rows) / 10", "x = rng.randint(0, 60 if rows == 16 else 120, rows) / 10")
    plain = 'return (model["shift"] + model["slope"] * rows["x"]).to_numpy()'
    with project.editing(CODE, plain, rare), project.editing(GENERATOR, *wide):
        ran = project.command("audit", "Line", "--changes", "200", "--min-power", "1", "--json")
    assert ran.code == 1, "a gate that is not reached"
    told = ran.json["guards"][0]
    missed = [s for s in told["survivors"] if "0.0 * (" in s["diff"]]
    assert missed
    assert {s["file"] for s in missed} == {CODE}
    assert all(s["diff"].startswith("- ") and "\n+ " in s["diff"] for s in missed)
    assert all("times the rows" in " ".join(s["remedies"]) for s in missed)


def test_a_guard_that_does_not_hold_is_not_audited(project: Project) -> None:
    with project.editing(CODE, 'model["shift"] +', 'model["shift"] + 0.25 +'):
        ran = project.command("audit", "Line", "--changes", "3")
    assert ran.code == 2
    assert "does not match its golden" in ran.out
    assert "[audit-unclean]" in ran.out


def test_a_guard_that_holds_on_anything_is_not_audited(project: Project) -> None:
    blind = """\
from mlguard import Guard


class Blind(Guard):
    dataset = "tiny"
    seeds = (0,)

    def split(self, data):
        return data.rows.head(8), data.rows.head(4)

    def train(self, train):
        return 1

    def predict(self, model, rows):
        return [1] * len(rows)
"""
    with project.also("tests/guards/test_blind.py", blind):
        ran = project.command("audit", "Blind", "--changes", "3", "--json")
    assert ran.code == 2
    assert ran.json["guards"][0]["slug"] == "audit-blind"


def test_times_are_read_with_their_units(project: Project) -> None:
    for text in ("0s", "soon", "-1"):
        ran = project.command("audit", "Line", f"--budget={text}")
        assert (ran.code, ran.out) == (2, "")
        assert "write 60s, 5m or a number of seconds" in ran.err
    told = project.command("audit", "Line", "--budget", "0.001m", "--json").json["guards"][0]
    assert (told["budget"], told["noticed"] + told["missed"]) == ("0.06 s", 0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
@pytest.mark.parametrize("moment", range(2))
def test_nothing_stays_behind_when_it_is_stopped_at_any_moment(
    project: Project, tmp_path: Path, number: signal.Signals, moment: int
) -> None:
    before = project.files()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "mlguard", "audit", "Line", "--budget", "600s", "--json"],
        cwd=project.root,
        env=os.environ | {"TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        # A build that runs in the background of a shell has interrupts ignored, and its children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    time.sleep(random.Random(f"{number}{moment}").uniform(0.2, 8.0))
    process.send_signal(number)
    out, _ = process.communicate(timeout=60)
    assert until(lambda: mentioning(str(temporary)) == []), "a process of it still runs"
    assert until(lambda: list(temporary.iterdir()) == [])
    assert project.files() == before
    if number is signal.SIGINT:
        if out:  # On a fast machine all of it may be done before.
            assert process.returncode in (130, 0)
            assert json.loads(out)["exit_code"] == process.returncode
        else:  # What is stopped while its modules are loaded may end with the signal, which a shell calls 130 as well.
            assert process.returncode in (130, -signal.SIGINT)


def mentioning(text: str) -> list[str]:
    """Processes in whose environment a text stands: all that the stopped command started."""
    found = []
    for place in Path("/proc").glob("[0-9]*/environ"):
        try:
            if text.encode() in place.read_bytes():
                found.append(place.parent.name)
        except OSError:
            continue  # It ended meanwhile, or is not ours.
    return [name for name in found if name != str(os.getpid())]
