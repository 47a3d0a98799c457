"""Runner: what a run brings back, and what becomes of guarded code that raises, hangs, leaves or is killed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from mlguard.core.error import MlguardError, RunError, UsageError
from mlguard.core.record import CONTRACT, Record
from mlguard.discovery import Declared
from mlguard.runner.order import Extent
from mlguard.runner.run import Runner
from mlguard.settings import load
from mlguard.worker.job import Job, Result
from mlguard.worker.pool import Workers
from tests.project import CODE, GENERATOR, GUARD, Project

FIT = "def fit(rows, ridge=0.0):\n"
ANSWER = "def answer(model, rows):\n"
SCORE = "def score(y, answers):\n"


def status(record: Record, contract: str) -> str:
    return next(str(o.value.data[0]) for o in record if o.role == CONTRACT and o.name == contract)


def test_a_run_brings_back_every_stage_and_where_it_came_from(line: Project):
    done = line.run()
    stages = dict.fromkeys(o.stage for o in done.record if o.run == "main")
    assert set(stages) == {"dataset", "split", "train", "predict", "evaluate", "contracts"}
    assert {o.run for o in done.record} == {"main", "seed 1", "later", "without levels", "refit"}
    assert status(done.record, "saved bundle") == "same"
    came = done.record.provenance
    assert sorted(came.sources) == [GENERATOR, CODE, GUARD]
    assert (came.dataset.name, came.dataset.seed, came.dataset.rows) == ("tiny", 0, {"rows": 16})
    assert {"numpy", "pandas"} <= set(came.environment["packages"])
    assert came.environment["hash_seed"] == 0


def test_a_quick_run_says_what_it_left_out(line: Project):
    record = line.run(extent=Extent.QUICK).record
    assert {o.run for o in record} == {"main"}
    assert record.left_out == {"seed 1", "later", "without levels", "refit"}


def test_a_run_on_given_tables_asks_no_generator(line: Project):
    with line.editing(
        GENERATOR, "def make(rng, rows=16):\n", "def make(rng, rows=16):\n    raise ValueError('asked')\n"
    ):
        record = line.run(tables=Path(line.goldens.datasets.place("tiny"))).record
    assert {o.run for o in record} == {"main", "later", "without levels", "refit"}
    assert record.provenance.dataset.digest == line.golden().provenance.dataset.digest


@pytest.mark.parametrize(
    ("where", "stage", "told"),
    [
        (FIT, "train", "`train` raised KeyError: 'no such column'"),
        (ANSWER, "predict", "`predict` raised KeyError: 'no s"),
    ],
)
def test_what_guarded_code_raises_comes_with_its_stage_and_the_projects_own_frames(
    line: Project, where: str, stage: str, told: str
):
    with line.editing(CODE, where, f"{where}    raise KeyError('no such column')\n"), pytest.raises(RunError) as raised:
        line.run()
    error = raised.value
    assert f"guard Line: {told}" in error.message
    assert error.stage == stage
    lines = error.traceback.splitlines()
    files = [text.split('"')[1] for text in lines if text.startswith("  File")]
    assert files == [GUARD, CODE]
    assert lines[-1] == "KeyError: 'no such column'"


def test_code_that_leaves_the_interpreter_is_an_error_with_its_stage(line: Project):
    with line.editing(CODE, FIT, f"{FIT}    raise SystemExit('usage: train.py')\n"), pytest.raises(RunError) as left:
        line.run()
    assert left.value.stage == "train"
    assert "SystemExit: usage: train.py" in left.value.message
    assert CODE in left.value.traceback


def test_a_killed_worker_names_its_signal_and_stage(line: Project):
    killed = f"{ANSWER}    import os, signal\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    with line.editing(CODE, ANSWER, killed), pytest.raises(RunError) as died:
        line.run()
    assert (died.value.slug, died.value.stage) == ("guard-died", "predict")
    assert "SIGKILL" in died.value.message


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("os._exit(3)", "died with exit code 3"),
        ("os.abort()", "died with SIGABRT"),
        ("os.kill(os.getpid(), 9)", "died with SIGKILL"),
        ("os.killpg(0, 9)", "died with SIGKILL"),
        ("os.kill(os.getppid(), 9)\n    time.sleep(60)", "died with SIGKILL"),
        ("os.kill(os.getpid(), signal.SIGUSR1)\n    time.sleep(60)", "died with SIGUSR1"),
        ("signal.alarm(1)\n    time.sleep(60)", "died with SIGALRM"),
        ("os.execv('/bin/true', ['true'])", "died with exit code 0"),
        ("shutil.rmtree(os.path.dirname(tempfile.gettempdir()))\n    os._exit(1)", "was removed while it ran"),
    ],
)
def test_every_death_names_the_method_and_the_last_line_of_the_projects_code(line: Project, how: str, told: str):
    dying = f"{ANSWER}    import os, shutil, signal, tempfile, time\n    {how}\n"
    with line.editing(CODE, ANSWER, dying), pytest.raises(RunError) as died:
        line.run()
    assert (died.value.slug, died.value.stage) == ("guard-died", "predict")
    assert told in died.value.message
    assert re.search(r"\(`predict`, line.py:(9|10) in answer\)", died.value.message), died.value.message


def test_a_death_in_a_later_run_names_the_run(line: Project):
    first = float(line.run(extent=Extent.MAIN).dataset["rows"]["x"].iloc[0])
    dying = f"{FIT}    import os\n    os._exit(3) if float(rows['x'].iloc[0]) != {first} else None\n"
    with line.editing(CODE, FIT, dying), pytest.raises(RunError) as died:
        line.run()
    assert "(`train` in run seed 1, line.py:3 in fit)" in died.value.message


@pytest.mark.parametrize("kind", ["SystemExit", "KeyboardInterrupt", "GeneratorExit", "Own"])
@pytest.mark.parametrize(("where", "method"), [(FIT, "train"), (ANSWER, "predict"), (SCORE, "evaluate")])
def test_what_is_no_exception_names_its_method_too(line: Project, kind: str, where: str, method: str):
    leaving = f"{where}    class Own(BaseException): pass\n    raise {kind}('bye')\n"
    with line.editing(CODE, where, leaving), pytest.raises(RunError) as left:
        line.run()
    assert f"`{method}` raised {kind}" in left.value.message
    assert left.value.slug == "guarded-code-raised"
    assert CODE in left.value.traceback


def test_a_module_that_leaves_at_import_says_so(line: Project):
    with line.editing(CODE, FIT, f"import os\nos._exit(4)\n{FIT}"), pytest.raises(RunError) as died:
        line.run()
    assert "exit code 4 in stage dataset (the import of test_line.py, line.py:2 in <module>)" in died.value.message


CHANGES = [
    ("open(golden, 'a').close()", "golden/Line/record.json"),
    ("os.remove(golden)", "golden/Line/record.json"),
    ("os.rename(golden, golden + '.old')", "golden/Line/record.json"),
    ("shutil.rmtree(os.path.dirname(golden))", "golden/Line"),
    ("os.mkdir('golden/New')", "golden/New"),
    ("os.chdir('golden'); open('Other.json', 'w').close()", "golden/Other.json"),
    ("os.symlink('golden', 'way'); open('way/x', 'w').close(); os.remove('way')", "golden/x"),
    ("pathlib.Path('.mlguard/pending/Line').mkdir(parents=True, exist_ok=True)", ".mlguard/pending/Line"),
    ("pid = os.fork() or (open(golden, 'a').close(), os._exit(0)); os.waitpid(pid, 0)", "golden/Line/record.json"),
    ("open(golden, 'a').close(); os._exit(1)", "golden/Line/record.json"),
]


@pytest.mark.parametrize(("how", "file"), CHANGES)
def test_a_guard_whose_code_changes_goldens_is_named(fresh: Project, how: str, file: str):
    fresh.write("golden/Line/record.json", "{}")
    fresh.edit(CODE, FIT, f"{FIT}    import os, pathlib, shutil\n    golden = 'golden/Line/record.json'\n    {how}\n")
    with pytest.raises(RunError) as touched:
        fresh.run(extent=Extent.MAIN)
    assert touched.value.slug == "golden-touched"
    assert f"guard Line: its code changed {file}" in touched.value.message


def test_a_written_dataset_that_the_code_changes_is_a_quiet_line_and_other_files_are_none(fresh: Project):
    fresh.write("datasets/tiny/manifest.json", "{}")
    fresh.edit(
        CODE, FIT, f"{FIT}    for name in ('tiny/rows.csv', 'cache.bin'): open('datasets/' + name, 'w').close()\n"
    )
    (remark,) = fresh.run(extent=Extent.MAIN).remarks
    assert remark == "guard Line: its code changed datasets/tiny/rows.csv"


def test_a_guard_that_hangs_is_tried_once_more_in_a_fresh_interpreter_and_then_reported(line: Project):
    tries = line.root / "tries"
    hang = f"{FIT}    import time\n    open({str(tries)!r}, 'a').write('x')\n    time.sleep(600)\n"
    with line.editing(CODE, FIT, hang), line.runner() as runner, pytest.raises(RunError) as hung:
        runner.run(line.declared(timeout=6))
    assert (hung.value.slug, hung.value.stage) == ("guard-timeout", "train")
    assert "6 s" in hung.value.message
    assert "(`train`, line.py:4 in fit)" in hung.value.message
    assert tries.read_text() == "xx"
    tries.unlink()


def test_a_generator_that_raises_is_an_error_of_the_dataset_stage_with_script_and_line(line: Project):
    with (
        line.editing(GENERATOR, "def make(rng, rows=16):\n", "def make(rng, rows=16):\n    1 / 0\n"),
        pytest.raises(RunError) as raised,
    ):
        line.run()
    assert f"{GENERATOR}, line 5: make raised ZeroDivisionError: division by zero" in raised.value.message
    assert raised.value.stage == "dataset"


def test_a_bundle_that_forgets_what_only_probe_rows_need_breaks_the_contract_about_them(line: Project):
    forgets = """

    def save(self, model, folder):
        (folder / "model.txt").write_text(f"{model['slope']!r} {model['shift']!r}")

    def load(self, folder):
        slope, shift = map(float, (folder / "model.txt").read_text().split())
        return {"slope": slope, "shift": shift, "limit": 10.0}
"""
    answer = 'return (model["shift"] + model["slope"] * rows["x"]'
    limited = f'{answer}.clip(upper=model.get("limit", 6.05))'
    end = '        return line.score(test["y"], predictions)\n'
    with line.editing(CODE, answer, limited), line.editing(GUARD, end, end + forgets), line.runner() as runner:
        record = runner.run(line.declared(), extent=Extent.QUICK).record
    assert status(record, "saved bundle") == "same"
    assert status(record, "saved bundle, probe rows") == "differs"


def test_a_bundle_that_needs_the_projects_data_breaks_its_contract_alone(line: Project):
    reading = f"{ANSWER}    model = {{**model, 'shift': float(open('scale.txt').read())}}\n"
    with line.also("scale.txt", "1.5"), line.editing(CODE, ANSWER, reading):
        record = line.run().record
    assert status(record, "saved bundle").startswith("raised FileNotFoundError")


@pytest.mark.parametrize(
    ("save", "load"),
    [("(folder / 'line.json').write_text(str(model))", "(folder / 'ids.json').read_text()"),
     ("(folder / 'no/ids.json').write_text('')", "{}")],
    ids=["loading", "saving"],
)  # fmt: skip
def test_a_file_that_the_bundle_lacks_is_named_and_no_place_of_this_machine(line: Project, save: str, load: str):
    end = '        return line.score(test["y"], predictions)\n'
    methods = (
        f"\n    def save(self, model, folder):\n        {save}\n\n    def load(self, folder):\n        return {load}\n"
    )
    with line.editing(GUARD, end, end + methods), line.runner() as runner:
        record = runner.run(line.declared(), extent=Extent.QUICK).record
    place = "<folder>/no/ids.json" if "no/" in save else "<folder>/ids.json"
    told = f"raised FileNotFoundError: [Errno 2] No such file or directory: '{place}'"
    assert status(record, "saved bundle") == told


def test_a_model_that_cannot_be_saved_says_why(line: Project):
    with line.editing(CODE, 'return {"slope"', 'return {"f": lambda: 0, "slope"'):
        record = line.run().record
    assert status(record, "saved bundle").startswith(("raised PicklingError", "raised AttributeError"))


def test_two_guards_run_one_after_the_other_share_nothing(line: Project):
    counting = f"COUNT = []\n\n\n{FIT}    COUNT.append(1)\n    ridge = len(COUNT) - 1.0\n"
    with line.editing(CODE, FIT, counting), line.runner() as runner:
        one, other = (runner.run(line.declared(), extent=Extent.QUICK, bundle=False).record for _ in range(2))
    learned = [[o.value.element(0) for o in r if o.name.endswith("slope")] for r in (one, other)]
    assert learned[0] == learned[1]
    assert learned[0]


def test_every_guard_is_found_though_one_module_cannot_be_imported_and_another_leaves(line: Project):
    with (
        line.also("tests/guards/test_broken.py", "import no_such_module\n"),
        line.also("tests/guards/test_leaving.py", "import sys\n\nsys.exit('usage: script')\n"),
        line.runner() as runner,
    ):
        found = runner.find()
    assert [guard.ref.name for guard in found.guards] == ["Line"]
    told = {file.rpartition("/")[2]: text for file, text in found.broken.items()}
    assert sorted(told) == ["test_broken.py", "test_leaving.py"]
    assert told["test_broken.py"].endswith("ModuleNotFoundError: No module named 'no_such_module'")
    assert "SystemExit" in told["test_leaving.py"]


def test_a_module_that_hangs_on_import_is_told_as_one(line: Project):
    with (
        line.also("tests/guards/test_hanging.py", "import time\n\ntime.sleep(600)\n"),
        line.editing("pyproject.toml", "timeout = 60", "timeout = 3"),
        line.runner() as runner,
        pytest.raises(RunError) as hung,
    ):
        runner.find()
    assert "test_hanging.py" in hung.value.message
    assert "twice" not in hung.value.message


def test_a_guard_that_vanished_since_it_was_found_is_a_usage_error(line: Project):
    with pytest.raises(UsageError) as unknown:
        line.run("Gone")
    assert unknown.value.slug == "guard-unknown"


def test_the_errors_of_a_run_leave_no_temporary_folder(line: Project, tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("mlguard.runner.run.Workers", Workers)
    with line.editing(CODE, FIT, f"{FIT}    raise ValueError\n"), pytest.raises(MlguardError):
        line.run()
    line.run(extent=Extent.QUICK)
    assert not list(tmp_path.iterdir())


def test_a_run_without_room_for_its_files_is_an_error_that_says_what_to_do(
    line: Project, tmp_path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    monkeypatch.setattr("mlguard.runner.run.Workers", Workers)
    with pytest.raises(RunError) as refused:
        line.run()
    assert refused.value.slug == "worker-folder"
    assert "set TMPDIR" in refused.value.message


def test_a_run_in_this_process_leaves_contracts_out_since_the_bundle_needs_another(
    line: Project, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.syspath_prepend(str(line.root))
    with Runner(load(line.root), in_process=True) as runner:
        record = runner.run(line.declared(), extent=Extent.QUICK).record
    assert "main/contracts" in record.left_out


def test_a_run_whose_bundle_another_guard_removed_is_run_again(line: Project, monkeypatch: pytest.MonkeyPatch):
    jobs: list[Job] = []
    ran = Runner._ran

    def losing(runner: Runner, guard: Declared, job: Job) -> Result:
        jobs.append(job)
        result = ran(runner, guard, job)
        if len(jobs) == 1:
            shutil.rmtree(job.payload.folder)
        return result

    monkeypatch.setattr(Runner, "_ran", losing)
    assert status(line.run(extent=Extent.QUICK).record, "saved bundle") == "same"
    assert [(job.function.rpartition(":")[2], job.alone) for job in jobs] == [
        ("observe", False),
        ("observe", True),
        ("load_bundle", False),
    ]
