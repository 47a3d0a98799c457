"""What surrounds the code: which files ran, environment variables, zone and day, caches and files of earlier runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mlguard.checker.certificate import measure
from mlguard.checker.check import Seen
from mlguard.checker.machines import MOMENTS
from mlguard.core.cause import Cause, CauseKind
from mlguard.core.outcome import Outcome
from mlguard.report.sentence import say
from mlguard.settings import load
from mlguard.worker.environment import Environment
from mlguard.worker.pool import Workers
from mlguard.worker.variables import starting
from tests.project import CODE, GUARD, Project, sharing

PRELOAD = ("mlguard.worker.travel", "mlguard.runner.child", "mlguard.runner.bundle", "joblib")


@contextmanager
def shell(project: Project, monkeypatch: pytest.MonkeyPatch, **variables: str) -> Iterator[None]:
    """Runs of this project as somebody starts them from a shell with these variables."""
    with monkeypatch.context() as patch:
        for name, text in variables.items():
            patch.setenv(name, text)
        settings = load(project.root)
        own = starting(os.environ, pass_env=settings.pass_env, set_env=settings.set_env)
        with Workers(preload=PRELOAD, use_zygote=True, variables=own) as workers, sharing(workers):
            yield


@pytest.fixture(scope="module")
def rated(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("rated"))
    project.edit(
        CODE,
        "def answer(model, rows):\n",
        "def answer(model, rows):\n    import os\n    rate = float(os.getenv('SHOP_RATE', '1'))\n",
    )
    project.edit(CODE, 'model["slope"] * rows["x"]', 'model["slope"] * rows["x"] * rate')
    return project


class TestCheckout:
    """Row 1: the package is imported from another checkout than the one that is checked."""

    def test_code_of_another_checkout_is_an_error_and_a_copy_of_this_one_a_quiet_line(
        self, at_once, tmp_path_factory, monkeypatch
    ):
        here, other = (Project(tmp_path_factory.mktemp(name)) for name in ("b", "a"))
        for project in (here, other):
            (project.root / CODE).rename(project.write(f"src/{CODE}", ""))
        with shell(here, monkeypatch, PYTHONPATH=str(other.root / "src")):
            assert here.regen().proposal is not None
            equal = here.check().verdict
            here.edit(f"src/{CODE}", "ridge=0.0", "ridge=1.0")
            differing, refused = here.check().verdict, here.regen().refused
        assert equal.outcome is Outcome.MATCH
        quiet = f"line was imported from {other.root / 'src'}, with the text of this checkout's files"
        assert quiet in equal.remarks
        assert f"src/{CODE}" in here.golden().provenance.sources
        for verdict in (differing, refused):
            assert (verdict.outcome, verdict.slug, verdict.exit_code) == (Outcome.ERROR, "code-from-elsewhere", 2)
            assert str(other.root / "src" / CODE) in verdict.problem
            assert f"this checkout's src/{CODE}:" in verdict.problem


class TestVariables:
    """Row 26: a variable that the code reads differs, and no file changed."""

    def test_the_shell_moves_nothing_and_what_does_not_reach_guards_is_named(self, rated, monkeypatch):
        rated.regen()
        with shell(rated, monkeypatch, SHOP_RATE="2"):
            seen = rated.check()
        assert seen.verdict.outcome is Outcome.MATCH
        assert any("reads SHOP_RATE, which is set in this shell" in line for line in seen.verdict.remarks)
        assert rated.golden().provenance.environment["variables"] == ["SHOP_RATE"]

    def test_a_variable_that_reaches_guards_is_named_where_it_moved_something(self, rated, monkeypatch):
        rated.write("pyproject.toml", '[tool.mlguard]\ntimeout = 60\npass_env = ["SHOP_*"]\n')
        with shell(rated, monkeypatch, SHOP_RATE="2"):
            assert rated.regen(everything=True).proposal is not None
            assert rated.check().verdict.outcome is Outcome.MATCH
        with shell(rated, monkeypatch, SHOP_RATE="3"):
            seen: Seen = rated.check()
        assert seen.verdict.outcome is not Outcome.MATCH
        assert Cause(CauseKind.VARIABLES_DIFFER, names=("SHOP_RATE",)) in seen.verdict.causes


LOADED = """\
def answer(model, rows):
    import os
    for line in open(".env"):
        os.environ.setdefault(*line.strip().split("="))
    rate = float(os.environ["SHOP_RATE"])
"""


def test_a_variable_of_a_dotenv_file_is_named_where_that_moved_something(fresh: Project):
    """Row 34: `.env` is edited, and no source."""
    fresh.write(".env", "SHOP_RATE=2\n")
    fresh.edit(CODE, "def answer(model, rows):\n", LOADED)
    fresh.edit(CODE, 'model["slope"] * rows["x"]', 'model["slope"] * rows["x"] * rate')
    fresh.regen()
    fresh.write(".env", "SHOP_RATE=3\n")
    verdict = fresh.check(quick=True).verdict
    assert verdict.outcome is not Outcome.MATCH
    assert Cause(CauseKind.VARIABLES_DIFFER, names=("SHOP_RATE",)) in verdict.causes
    assert "SHOP_RATE=" not in "".join(p.read_text() for p in (fresh.root / ".mlguard").rglob("*.json"))


DATED = """\
import pandas as pd


def seen(rows):
    when = pd.to_datetime(rows["x"], unit="D")
    return (TODAY - when).dt.days


def fit(rows):
    return {"mean": float((rows["y"] - seen(rows)).mean())}


def answer(model, rows):
    return (model["mean"] + seen(rows)).to_numpy()


def score(y, answers):
    return {"mae": float(abs(y.to_numpy() - answers).mean())}
"""


@pytest.fixture
def certified(monkeypatch: pytest.MonkeyPatch) -> None:
    """Goldens are recorded with the noise certificate, on one machine that lies elsewhere."""
    machines = {name: Environment() for name in MOMENTS}
    monkeypatch.setattr("mlguard.checker.regen.measure", measure)
    monkeypatch.setattr("mlguard.checker.regen.MACHINES", dict([*machines.items()][:1]))


class TestClock:
    """Rows 25 and 27: the time zone of the machine, and today's date."""

    def test_a_date_of_today_is_refused_with_its_cure_and_a_fixed_one_is_not(self, fresh: Project, certified: None):
        fresh.write(CODE, DATED.replace("TODAY", "pd.Timestamp.now().normalize()"))
        refused = fresh.regen().refused
        assert (refused.outcome, refused.exit_code) == (Outcome.UNSTABLE, 4)
        assert "depends on today's date, first in predict" in refused.problem
        assert '`clock = "2026-01-01"`' in refused.problem
        assert "time zone" not in refused.problem
        fresh.edit(GUARD, "    seeds = (0, 1)\n", '    seeds = (0, 1)\n    clock = "2026-01-01"\n')
        assert fresh.regen(clock="2026-01-01").proposal is not None
        assert fresh.check(clock="2026-01-01").verdict.outcome is Outcome.MATCH

    def test_a_zone_that_an_edit_drops_is_red_with_that_cause(self, fresh: Project):
        named = "[datetime.fromtimestamp(s * 3600, tz=UTC).hour for s in rows['x']]"
        fresh.edit(
            CODE, "def answer(model, rows):\n", "def answer(model, rows):\n    from datetime import UTC, datetime\n"
        )
        fresh.edit(CODE, 'model["slope"] * rows["x"])', f'model["slope"] * pd.Series({named}, rows.index))')
        fresh.write(CODE, "import pandas as pd\n" + (fresh.root / CODE).read_text())
        fresh.regen()
        assert fresh.check().verdict.outcome is Outcome.MATCH
        fresh.edit(CODE, ", tz=UTC", "")
        verdict = fresh.check().verdict
        assert verdict.exit_code == 1
        assert verdict.causes[0] == Cause(CauseKind.ZONE_DECIDES, stage="predict")
        assert verdict.first_moved == "predict"
        assert CauseKind.DAY_DECIDES not in {cause.kind for cause in verdict.causes}


CACHED = """\
import joblib

memory = joblib.Memory(PLACE, verbose=0)


def helper(x):
    return 2 * x


@memory.cache
def features(x):
    return helper(x)


def fit(rows):
    return {"mean": float((rows["y"] - features(rows["x"])).mean())}


def answer(model, rows):
    return (model["mean"] + features(rows["x"])).to_numpy()


def score(y, answers):
    return {"mae": float(abs(y.to_numpy() - answers).mean())}
"""


class TestFilesOfEarlierRuns:
    """Row 21 and alarm f: caches on disk, and logs, ./mlruns and ./resources written while training."""

    @pytest.mark.parametrize("place", ['".cache/shop"', '__import__("os").path.expanduser("~/.shop-cache")'])
    def test_an_edit_below_a_cached_function_is_red_warm_and_cold_alike(self, fresh: Project, place: str):
        fresh.write(CODE, CACHED.replace("PLACE", place))
        assert fresh.regen().proposal is not None
        assert fresh.check().verdict.outcome is Outcome.MATCH
        fresh.edit(CODE, "2 * x", "2 * x * x")
        verdict = fresh.check().verdict
        assert (verdict.outcome, verdict.first_moved) == (Outcome.SHIFTED, "train")
        assert not (fresh.root / ".cache").exists()

    def test_what_code_writes_while_it_trains_is_named_and_refuses_nothing(self, fresh: Project):
        writes = """\
    import pathlib, uuid
    for place in ("train.log", f"mlruns/0/{uuid.uuid4().hex}/mae", f"resources/{uuid.uuid4().hex}.pkl"):
        file = pathlib.Path(place)
        if not file.parent.exists():
            file.parent.mkdir(parents=True)
        file.open("a").write("x")
"""
        fresh.edit(CODE, '    x, y = rows["x"], rows["y"]\n', f'{writes}    x, y = rows["x"], rows["y"]\n')
        prepared = fresh.regen()
        assert prepared.refused is None
        assert fresh.check().verdict.outcome is Outcome.MATCH
        (found,) = (o for o in fresh.golden() if o.name == "no files outside the folder.found")
        assert list(found.value.data) == ["mlruns/", "resources/", "train.log"]

    def test_a_file_that_an_edit_begins_to_write_is_red_by_name_and_can_be_waived(self, fresh: Project):
        fresh.regen()
        fresh.edit(
            CODE,
            '    x, y = rows["x"], rows["y"]\n',
            '    open("train.log", "a").close()\n    x, y = rows["x"], rows["y"]\n',
        )
        seen = fresh.check(quick=True).verdict
        assert seen.outcome is Outcome.VIOLATED
        assert any("train.log" in say(move) for move in seen.moves())
        waived = {"no files outside the folder*": "the log is wanted"}
        assert fresh.check(quick=True, waive=waived).verdict.outcome is Outcome.MATCH

    def test_a_cache_of_its_own_is_refused_by_name_and_its_owner_can_allow_it(self, fresh: Project):
        keeps = """\
    import json, pathlib
    place = pathlib.Path(".cache/slope.json")
    if place.exists():
        return json.loads(place.read_text())
    place.parent.mkdir(exist_ok=True)
    x, y = rows["x"], rows["y"]
    place.write_text(json.dumps({"slope": float((x * y).sum() / (x * x).sum()), "shift": 0.0}))
    return json.loads(place.read_text())
"""
        fresh.edit(CODE, '    x, y = rows["x"], rows["y"]\n', keeps)
        refused = fresh.regen().refused
        assert (refused.slug, refused.exit_code) == ("result-of-earlier-run", 2)
        assert "the code reads .cache/slope.json, which an earlier run wrote" in refused.problem
        assert fresh.check().verdict.slug == "result-of-earlier-run"
        fresh.edit(GUARD, "    seeds = (0, 1)\n", '    seeds = (0,)\n    waive = {".cache/*": "a download"}\n')
        waive = {".cache/*": "a download"}
        assert fresh.regen(waive=waive).proposal is not None
        assert fresh.check(waive=waive).verdict.outcome is Outcome.MATCH
