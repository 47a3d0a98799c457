"""What bad input gets, end to end: each row states input, command, exit code, words and changed files in one view."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from mlguard.report.sentence import say
from tests.acceptance.said import same_everywhere
from tests.cli.test_check import second
from tests.project import CODE, GENERATOR, GUARD, Project

SECOND = "tests/guards/test_second.py"
MAKE = "def make(rng, rows=16):\n"
FIT = "def fit(rows, ridge=0.0):\n"
ANSWER = "def answer(model, rows):\n"
RETURNS = "        return line.answer(model, rows)\n"
RECORD, SUMMARY = "golden/Line/record.json", "golden/Line/summary.md"


@dataclass(frozen=True)
class Bad:
    """One kind of bad input."""

    edits: tuple[tuple[str, str, str], ...]
    """File, text in it, and what stands there instead."""
    code: int
    """Exit code of `mlguard check --quick`; quick, since nothing here depends on further training."""
    says: tuple[str, ...]
    """Parts of what it says."""
    outcome: str = "error"
    """Outcome of the guard."""
    silent: tuple[str, ...] = field(default=("this is a defect in mlguard", "site-packages", "harness/mlguard"))
    """What it must not say."""


def returns(value: str) -> tuple[tuple[str, str, str], ...]:
    return ((GUARD, RETURNS, f"        return {value}\n"),)


def makes(body: str) -> tuple[tuple[str, str, str], ...]:
    return ((GENERATOR, MAKE, f"{MAKE}    {body}\n"),)


BAD = {
    "generator raises": Bad(
        makes("raise ValueError('no rows today')"),
        5,
        (f"{GENERATOR}, line 5", "make raised ValueError: no rows today"),
    ),
    "generator cannot be read": Bad(
        ((GENERATOR, MAKE, "def make(rng, rows=16:\n"),), 5, (f"{GENERATOR}, line 4", "SyntaxError")
    ),
    "generator differs when run twice": Bad(
        (
            (
                GENERATOR,
                "x = rng.randint(0, 60, rows) / 10",
                "import random\n    x = rng.rand(rows) + random.SystemRandom().random()",
            ),
        ),
        5,
        (GENERATOR, "gives different data when run twice with seed 0", "rows", "x"),
    ),
    "generator returns nothing": Bad(
        makes("return None"), 2, (GENERATOR, "returned nothing (None)", "expected a DataFrame")
    ),
    "generator returns a wrong type": Bad(
        makes("return [1, 2]"), 2, (GENERATOR, "returned a list", "expected a DataFrame")
    ),
    "generator returns several wrong things": Bad(
        makes("return {'a b': pd.DataFrame({'x': [1]}), 'ok': 3}"),
        2,
        (GENERATOR, "2 problems", "'a b'", "an int as table 'ok'"),
    ),
    "generator returns an empty table": Bad(
        makes("return pd.DataFrame({'x': []})"), 2, (GENERATOR, "an empty table 'rows'", "at least one row")
    ),
    "no such generator": Bad(((GUARD, '"tiny"', '"tinny"'),), 2, ("guard Line", "tinny.py", "datasets/generators")),
    "guard without train and predict": Bad(
        ((GUARD, "def train(", "def fit("), (GUARD, "def predict(", "def answer(")),
        2,
        ("2 problems", "guard Line: it has no `train`", "guard Line: it has no `predict`"),
    ),
    "several wrong options": Bad(
        ((GUARD, "seeds = (0, 1)", 'seeds = "01"\n    timeout = -1\n    internals = "all"\n    predit = None'),),
        2,
        ("4 problems", "`seeds`", "`timeout`", "`internals`", "did you mean `predict`?"),
    ),
    "predict returns nothing": Bad(returns("None"), 2, ("guard Line", "`predict` returned nothing (None)")),
    "predict returns a text": Bad(returns("'high'"), 2, ("guard Line", "`predict` returned a str")),
    "predict answers too few": Bad(returns("line.answer(model, rows)[:-1]"), 2, ("guard Line", "`predict`", "3", "4")),
    "answers of unequal lengths": Bad(
        returns("{'a': line.answer(model, rows), 'b': [1.0]}"), 2, ("guard Line", "`predict`", "1", "4")
    ),
    "split of three": Bad(
        ((GUARD, "    def train(", "    def split(self, data):\n        return 1, 2, 3\n\n    def train("),),
        2,
        ("guard Line", "`split` returned a tuple of 3", "train and the test rows"),
    ),
    "an empty frame": Bad(
        (
            (
                GUARD,
                "    def train(",
                "    def split(self, data):\n        return data.rows, data.rows[:0]\n\n    def train(",
            ),
        ),
        2,
        ("guard Line", "`split` returned no test rows", "at least one"),
    ),
    "evaluate returns nothing": Bad(
        ((GUARD, 'return line.score(test["y"], predictions)', "line.score(test['y'], predictions)"),),
        2,
        ("guard Line", "`evaluate` returned nothing (None)", "metric names"),
    ),
    "require names no metric": Bad(
        ((GUARD, "seeds = (0, 1)", 'seeds = (0, 1)\n    require = {"auc": ">= 0.8"}'),),
        2,
        ("guard Line", "'auc'", "mae, rows"),
    ),
    "configuration that is not there": Bad(
        ((GUARD, "seeds = (0, 1)", 'seeds = (0, 1)\n    config = "configs/none.yaml"'),),
        2,
        ("guard Line", "configs/none.yaml"),
    ),
    "train raises": Bad(
        ((CODE, FIT, f"{FIT}    raise ZeroDivisionError('slope')\n"),),
        5,
        ("`train` raised ZeroDivisionError: slope", f'File "{CODE}", line 2, in fit', f'File "{GUARD}"'),
    ),
    "predict raises": Bad(
        ((CODE, ANSWER, f"{ANSWER}    return rows['price']\n"),), 5, ("`predict` raised KeyError", f'File "{CODE}"')
    ),
    "predict kills its worker": Bad(
        ((CODE, ANSWER, f"{ANSWER}    import os\n    os.abort()\n"),),
        5,
        ("guard Line", "SIGABRT", "stage predict", f'File "{CODE}", line 9, in answer'),
    ),
    "train hangs": Bad(
        (
            (CODE, FIT, f"{FIT}    import time\n    time.sleep(600)\n"),
            (GUARD, "seeds = (0, 1)", "seeds = (0, 1)\n    timeout = 6"),
        ),
        5,
        ("guard Line", "stage train", "time limit", "6 s", f'File "{CODE}", line ', "in fit"),
    ),
}


@pytest.fixture(scope="module", autouse=True)
def one_after_the_other() -> Iterator[None]:
    """So that the order of what is said does not depend on threads."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.cpu_count", lambda: 1)
        yield


@pytest.fixture(scope="module")
def project(at_once: None, line: Project) -> Project:
    """The guard that is spoilt, and one that must run all the same, with their goldens."""
    line.write(
        SECOND,
        second(body="return (rows['x'] * 2).to_numpy()").replace("line.fit(train)", "0").replace("import line\n", ""),
    )
    line.edit(SECOND, '"tiny"', '"other"')
    line.write("datasets/generators/other.py", (line.root / GENERATOR).read_text())
    line.regen("Second", SECOND)
    return line


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_named_and_the_other_guard_runs(project: Project, name: str, snapshot: SnapshotAssertion):
    bad = BAD[name]
    with ExitStack() as edited:
        for edit in bad.edits:
            edited.enter_context(project.editing(*edit))
        ran = project.command("check", "--quick")
    assert ran.code == bad.code, ran.out + ran.err
    assert ran.changed == ()
    assert "Second: match" in ran.out
    assert f"Line: {bad.outcome}" in ran.out
    assert [part for part in bad.says if part not in ran.out] == [], ran.out
    assert [part for part in bad.silent if part in ran.out + ran.err] == []
    if name != "train hangs":  # Where it was interrupted is chance.
        assert same_everywhere(ran.out) == snapshot


@pytest.mark.parametrize("name", ["generator raises", "train raises", "guard without train and predict"])
def test_bad_input_leaves_the_golden_when_it_is_recorded(project: Project, name: str):
    with ExitStack() as edited:
        for edit in BAD[name].edits:
            edited.enter_context(project.editing(*edit))
        ran = project.command("regen-golden", "Line", "--all", "--reason", "x", "--yes")
    assert (ran.code, ran.changed) == (BAD[name].code, ())


DAMAGE = {
    "truncated": (lambda text: text[: len(text) // 2], "golden-truncated"),
    "empty": (lambda text: "", "golden-truncated"),
    "with merge markers": (lambda text: f"<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> other\n", "golden-conflict"),
    "edited by hand": (lambda text: text.replace('"first golden', '"My golden', 1), "golden-edited"),
    "of a newer format": (lambda text: text.replace('"format": 2', '"format": 99', 1), "golden-newer"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_golden_that_cannot_be_trusted_is_corrupt_and_names_file_and_command(project: Project, name: str):
    record = project.root / RECORD
    kept = record.read_text()
    damage, slug = DAMAGE[name]
    record.write_text(damage(kept))
    try:
        ran = project.command("check", "Line", "--json")
    finally:
        record.write_text(kept)
    (guard,) = ran.json["guards"]
    assert (ran.code, guard["outcome"], guard["slug"]) == (3, "corrupt", slug)
    assert guard["problem"].startswith(f"{RECORD} ")
    assert "mlguard regen-golden Line --reason" in guard["problem"]
    assert "\n" not in guard["problem"]


def test_a_golden_that_cannot_be_trusted_is_repaired_by_recording_it(fresh: Project):
    fresh.regen()
    (fresh.root / RECORD).write_text("")
    ran = fresh.command("regen-golden", "Line", "--reason", "it was cut off", "--yes")
    assert (ran.code, ran.changed) == (0, (RECORD, SUMMARY))
    assert fresh.command("check").code == 0


ODD = """\
import datetime
import decimal

import numpy as np
import pandas as pd
from mlguard import Guard
from scipy import sparse


class Odd(Guard):
    dataset = "tiny"
    seeds = (0,)

    def observe(self, data, notes):
        notes.note("floats", np.array([np.nan, np.inf, -np.inf, -0.0, 0.0, 5e-324, 0.1 + 0.2]), stage="predict")
        notes.note("integers", np.array([2**53 + 1, -(2**63), 2**63 - 1]), stage="predict")
        notes.note("huge", 2**70 + 1, stage="predict")
        notes.note("objects", np.array([None, "", "NA", 1, 1.0, True], dtype=object), stage="predict")
        notes.note("decimals", [decimal.Decimal("0.10"), decimal.Decimal("1E+3")], stage="predict")
        notes.note("dates", pd.to_datetime(["2024-02-29", None]), stage="predict")
        notes.note("zoned", pd.Series(pd.to_datetime(["2024-02-29T23:59:59.000000001Z"])), stage="predict")
        notes.note("day", datetime.date(2024, 2, 29), stage="predict")
        notes.note("spans", pd.to_timedelta(["1ns", None]), stage="predict")
        notes.note("levels", pd.Series(pd.Categorical(["low", None], ["low", "high"], ordered=True)), stage="predict")
        notes.note("gaps", pd.array([2**53 + 1, None], dtype="Int64"), stage="predict")
        notes.note("texts", pd.Series(["", None, "007", "na\\u00efve", "a\\tb\\r\\nc", '"', ","]), stage="predict")
        notes.note("sparse", sparse.csr_matrix(np.array([[0.0, np.nan], [1.5, 0.0]])), stage="predict")
        notes.note("bytes", b"\\x00\\xff", stage="predict")
        notes.note("complex", np.array([1 + 2j, complex(np.nan, 0)]), stage="predict")
        notes.note("single", np.array([0.1], dtype=np.float32), stage="predict")
"""

MOVED = {
    "another place of the missing one": ("[np.nan, np.inf, -np.inf,", "[np.inf, np.nan, -np.inf,"),
    "an infinity's sign": ("np.inf, -np.inf, -0.0", "np.inf, np.inf, -0.0"),
    "one beyond 2**53": ("2**53 + 1, -(2**63)", "2**53, -(2**63)"),
    "one beyond 2**64": ("2**70 + 1", "2**70"),
    "empty for missing": ('[None, "", "NA"', '[None, None, "NA"'),
    "a true for a one": ("1, 1.0, True", "True, 1.0, True"),
    "a nanosecond": ("000000001Z", "000000002Z"),
    "a leap day": ("(2024, 2, 29)", "(2024, 2, 28)"),
    "a category": ('["low", None], ["low"', '["high", None], ["low"'),
    "a nullable integer with a gap": ("pd.array([2**53 + 1, None]", "pd.array([2**53, None]"),
    "leading zeros": ('"007"', '"7"'),
    "a line end": ("\\r\\nc", "\\nc"),
    "a missing entry of a sparse matrix": ("[[0.0, np.nan]", "[[0.0, 0.0]"),
    "a byte": ("\\xff", "\\xfe"),
    "single for double precision": ("dtype=np.float32", "dtype=np.float64"),
}


@pytest.fixture(scope="module")
def odd(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A guard that notes everything that stores tend to lose."""
    made = Project(tmp_path_factory.mktemp("odd"))
    made.write(GUARD, ODD)
    assert made.regen("Odd").refused is None
    return made


def test_odd_values_survive_the_golden_bit_for_bit(odd: Project):
    findings = odd.check("Odd", quick=True).verdict.findings
    assert [say(f) for f in findings if not f.difference.exact] == []
    assert len({f.observation for f in findings if f.stage == "predict"}) >= 16


def test_every_change_of_an_odd_value_is_seen(odd: Project):
    missed = []
    for name, (old, new) in MOVED.items():
        with odd.editing(GUARD, old, new):
            if odd.check("Odd", quick=True).verdict.exit_code != 1:
                missed.append(name)
    assert missed == []


def start(project: Project, *arguments: str, temporary: Path) -> subprocess.Popen[str]:
    """A real `mlguard` in a process of its own, whose temporary folders lie where they can be counted."""
    variables = {**os.environ, "TMPDIR": str(temporary)}
    variables.pop("CI", None)
    command = [sys.executable, "-m", "mlguard", *arguments]
    return subprocess.Popen(
        command,
        cwd=project.root,
        env=variables,
        text=True,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A build that runs in the background of a shell has interrupts ignored, and its children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def test_a_real_check_leaves_only_its_own_folder_behind(project: Project, tmp_path: Path):
    for arguments in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *arguments], cwd=project.root, check=True)
    ran = start(project, "check", temporary=tmp_path)
    out, err = ran.communicate(timeout=60)
    assert ran.returncode == 0, out + err
    status = subprocess.run(["git", "status", "--short"], cwd=project.root, check=True, capture_output=True, text=True)
    assert status.stdout.splitlines() == [text for text in status.stdout.splitlines() if text.startswith("A  ")]
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_check_leaves_no_process_and_no_folder(project: Project, tmp_path: Path):
    started = tmp_path / "started"
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    telling = f"open({str(started)!r}, 'w').write(str(os.getpid()))"
    hang = f"{FIT}    import os, time\n    {telling}\n    time.sleep(60)\n"
    with project.editing(CODE, FIT, hang):
        running = start(project, "check", temporary=temporary)
        deadline = time.monotonic() + 40
        while not (started.exists() and started.read_text()) and time.monotonic() < deadline:
            time.sleep(0.05)
        worker = int(started.read_text())
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "mlguard: interrupted" in err
    assert "Traceback" not in err
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)
    assert list(temporary.iterdir()) == []
