"""A guard of a script without functions: its folder, its files, and that nothing is left unasked."""

from __future__ import annotations

import contextlib
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mlguard import Dataset, ScriptGuard
from mlguard.core.guard import problems
from mlguard.core.outcome import Outcome
from mlguard.core.record import CONTRACT
from mlguard.files.facts import Question
from mlguard.programs import overlay
from mlguard.programs.error import ProgramError
from tests.project import FILES, Project
from tests.worker.heard import heard

SCRIPT = "tests/guards/test_script.py"
SOURCES = {
    "run.py": """\
import json
import pandas as pd
from pathlib import Path
import line

ridge = json.loads(Path("settings/run.json").read_text())["ridge"]
train, test = pd.read_csv("data/train.csv"), pd.read_csv("data/test.csv")
words = Path("notes/words.txt").read_text() if Path("notes/words.txt").exists() else ""
model = line.fit(train, ridge)
Path("out").mkdir(exist_ok=True)
pd.DataFrame({"hours": line.answer(model, test)}).to_csv("out/answers.csv", index=False)
Path("scores.json").write_text(json.dumps(line.score(train["y"], line.answer(model, train))))
""",
    "settings/run.json": '{"ridge": 0.5}',
    "notes/words.txt": "read by the script",
    # What lies there from real work must be neither read nor overwritten.
    "data/train.csv": "x,shop,y\n1,a,100\n",
    "data/prices.csv": "x\n",
    "out/answers.csv": "hours\n7\n",
    SCRIPT: """\
from mlguard import ScriptGuard


class Script(ScriptGuard):
    dataset = "tiny"
    target = "y"
    seeds = (0, 1)
    config = "settings/run.json"
    script = "run.py"
    inputs = {"train": "data/train.csv", "test": "data/test.csv"}
    outputs = {"answers": "out/answers.csv", "metrics": "scores.json"}
""",
}


@pytest.fixture(scope="module")
def shop(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The script with its golden."""
    project = Project(tmp_path_factory.mktemp("shop"), {**FILES, **SOURCES})
    assert project.regen("Script", SCRIPT).refused is None
    return project


def test_a_script_is_asked_everything_and_its_own_files_stay(shop: Project) -> None:
    before = shop.files()
    golden = shop.golden("Script")
    held = {o.name: str(o.value.data[0]) for o in golden if o.role == CONTRACT and o.stage == "contracts"}
    asked = ("predict twice", "single rows", "batches", "row order", "column order", "no files outside the folder")
    assert {name: held[name] for name in asked} == dict.fromkeys(asked, "same")
    # Its `config` is there for the loaded bundle, too.
    assert (held["saved bundle"], held["saved bundle, probe rows"]) == ("same", "same")
    assert {"main", "seed 1", "config ridge", "refit"} <= {str(o.run) for o in golden}
    assert any(o.name == "probes.hours" for o in golden)
    # Nothing else of the copy was read, nor the real files in whose place tables stand.
    assert set(golden.provenance.sources) == {
        "run.py", "line.py", SCRIPT, "datasets/generators/tiny.py", "notes/words.txt"
    }  # fmt: skip
    with shop.also("private.txt", "not there where a bundle is loaded"):
        assert shop.check("Script", SCRIPT).verdict.outcome is Outcome.MATCH
    assert shop.check("Script", SCRIPT).verdict.outcome is Outcome.MATCH
    assert shop.files() == before


@pytest.mark.parametrize(
    ("file", "old", "new", "stage"),
    [
        ("line.py", 'model["shift"] +', 'model["shift"] * 1.01 +', "predict"),
        ("run.py", "line.fit(train, ridge)", "line.fit(train[1:], ridge)", "predict"),
        ("run.py", 'line.score(train["y"], line.answer(model, train))', '{"mae": 0.0, "rows": 12}', "evaluate"),
        ("settings/run.json", "0.5", "0.6", "predict"),
    ],
)
def test_a_bug_in_a_script_is_found(shop: Project, file: str, old: str, new: str, stage: str) -> None:
    with shop.editing(file, old, new):
        verdict = shop.check("Script", SCRIPT).verdict
    assert (verdict.outcome, verdict.first_moved) == (Outcome.SHIFTED, stage)


FUNCTIONS = """\
import json
import pandas as pd
from pathlib import Path
import line


def main():
    settings = json.loads(Path("settings/run.json").read_text())
    train = pd.read_csv("data/train.csv")
    model = line.fit(train, settings["ridge"])
    answers = line.answer(model, pd.read_csv("data/test.csv"))
    Path("out").mkdir(exist_ok=True)
    pd.Series(answers, name="hours").to_csv("out/answers.csv", index=False)
    Path("scores.json").write_text(json.dumps(line.score(train["y"], line.answer(model, train))))


if __name__ == "__main__":
    main()
"""


def test_a_script_that_became_a_function_is_quiet(shop: Project) -> None:
    with shop.editing("run.py", SOURCES["run.py"], FUNCTIONS):
        assert shop.check("Script", SCRIPT).verdict.outcome is Outcome.MATCH


def declared(**entries: Any) -> type[ScriptGuard]:
    sound = {
        "dataset": "tiny",
        "script": "run.py",
        "inputs": {"train": "train.csv", "test": "test.csv"},
        "outputs": {"answers": "answers.csv"},
        "__module__": "shop",
    }
    return type("Shop", (ScriptGuard,), {**sound, **entries})


WRONG = [
    ({"script": ""}, '`script` must name the file of the script, such as "run.py", or a tuple of several'),
    ({"script": ("a.py", "")}, '`script` must name the file of the script, such as "run.py", or a tuple of several'),
    ({"inputs": ["a"]}, "`inputs` must map names to files, not ['a']"),
    (
        {"inputs": {"train": "/data/train.csv", "test": "test.csv"}},
        "`inputs`: /data/train.csv must lie below the project's root",
    ),
    (
        {"inputs": {"train": "train.xlsx", "test": "test.csv"}},
        "`inputs`: train.xlsx is no table that can be read; known are .csv, .tsv, .jsonl, .parquet, .feather, .npy",
    ),
    (
        {"inputs": {"train": "train.csv"}},
        "`inputs` must name both `train` and `test`, or neither where the script splits its rows by itself",
    ),
    ({"run_from": "../src"}, "`run_from` must be a folder below the project's root, not '../src'"),
    (
        {"outputs": {"metrics": "scores.json"}},
        '`outputs` must say where the script writes its `answers`, such as {"answers": "submission.csv"}',
    ),
    (
        {"inputs": {"rows": "rows.csv"}, "outputs": {}},
        '`outputs` must say what the script writes, such as {"metrics": "scores.json"}',
    ),
    ({"script": "it's.py"}, "`script` is no command line: No closing quotation"),
    ({"script": "run.py > log"}, "`script` says `>` to a shell, and none reads it; write it as: sh -c '…'"),
    ({"script": "python run.py"}, "`script` names the file alone, without `python`: python run.py"),
]


@pytest.mark.parametrize(("entries", "told"), WRONG)
def test_a_wrong_declaration_is_told_before_anything_runs(entries: dict[str, Any], told: str) -> None:
    assert problems(declared(**entries)) == [f"guard Shop: {told}"]


def test_a_script_without_metrics_has_no_evaluate() -> None:
    assert problems(declared()) == []
    assert not hasattr(declared(), "evaluate")
    assert hasattr(declared(outputs={"answers": "answers.csv", "metrics": "scores.json"}), "evaluate")


def test_a_class_that_names_its_script_is_no_base_though_it_says_nothing_else() -> None:
    assert hasattr(declared(dataset=None, inputs={}, outputs={}), "observe")
    assert not hasattr(declared(dataset=None, script="", inputs={}, outputs={}), "observe")


ROWS = pd.DataFrame({"x": [1.0, 2.0]})


def guard(root: Path, source: str, **entries: Any) -> ScriptGuard:
    (root / "run.py").write_text(source)
    (root / "run").mkdir()
    made = declared(**entries)()
    made._root, made.folder, made.data = root, root / "run", Dataset({"rows": ROWS})
    return made


def test_nothing_real_is_written_wherever_a_script_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlay, "LARGE", 100)
    real = {"in/train.csv": "x\n0\n", "models/m.txt": "old", "golden/x": "", ".git/x": "", "deep/er/a.txt": "old"}
    for name, content in {**real, "large.bin": "1" * 100}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    source = (
        "import os, pandas as pd\n"
        "assert not os.path.exists('golden') and not os.path.exists('.git') and not os.path.exists('answers.csv')\n"
        "assert os.path.islink('large.bin') and open('deep/er/a.txt').read() == 'old'\n"
        "for name in ('models/m.txt', 'deep/er/a.txt', 'deep/new.txt', 'in/train2.csv', 'log.txt'):\n"
        "    open(name, 'w').write('new')\n"
        "pd.concat([pd.read_csv('in/train.csv'), pd.read_csv('test.csv')]).to_csv('answers.csv', index=False)\n"
    )
    one = guard(tmp_path, source, inputs={"train": "in/train.csv", "test": "test.csv"})
    (tmp_path / "answers.csv").write_text("x\n7\n")
    before = contents(tmp_path)
    assert one.predict(ROWS, ROWS + 10)["x"].tolist() == [1.0, 2.0, 11.0, 12.0]
    assert contents(tmp_path) == before


@pytest.mark.parametrize("isolated", [False, True])
def test_tables_stand_in_the_place_of_files_behind_a_link(tmp_path: Path, *, isolated: bool) -> None:
    for folder in ("project", "shared/in", "shared/out"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("in", "out"):
        (tmp_path / "project" / name).symlink_to(tmp_path / "shared" / name, target_is_directory=True)
    (tmp_path / "shared/in/train.csv").write_text("x\n0\n")
    (tmp_path / "shared/out/answers.csv").write_text("x\n7\n")
    source = "import pandas as pd\npd.read_csv('in/train.csv').to_csv('out/answers.csv', index=False)\n"
    one = guard(
        tmp_path / "project", source, isolated=isolated,
        inputs={"train": "in/train.csv", "test": "in/test.csv"}, outputs={"answers": "out/answers.csv"},
    )  # fmt: skip
    assert one.predict(ROWS, ROWS)["x"].tolist() == [1.0, 2.0]
    assert (tmp_path / "shared/in/train.csv").read_text() == "x\n0\n"
    assert (tmp_path / "shared/out/answers.csv").read_text() == "x\n7\n"
    assert not (tmp_path / "shared/in/test.csv").exists()


def contents(root: Path) -> dict[Path, bytes]:
    """What the files of the project hold, without those of the run."""
    files = (path for path in root.rglob("*") if path.is_file() and not path.is_relative_to(root / "run"))
    return {path: path.read_bytes() for path in files}


WRITES = [
    "open('large.bin', 'w').write('new')",
    "open('full/a.txt', 'a').write('new')",
    "open('full/new.txt', 'w').write('new')",
    "import os; os.remove('full/a.txt')",
    "import os; os.rename('full/a.txt', 'moved')",
    "import os; os.truncate('large.bin', 1)",
    "import shutil; shutil.rmtree('full')",
    "open('full/a.txt', 'r+')",
    "os.mkdir('full/new')",
    "os.makedirs('full', exist_ok=True); os.chmod('full/a.txt', 0o600)",
    "os.utime('full/a.txt', (1, 1))",
    "open(os.path.join(os.path.dirname(__file__), 'kept.txt'), 'w')",
]


@pytest.mark.parametrize("isolated", [False, True])
@pytest.mark.parametrize("writes", WRITES)
def test_what_only_a_link_shows_is_never_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: str, *, isolated: bool
) -> None:
    monkeypatch.setattr(overlay, "LARGE", 100)
    monkeypatch.setattr(overlay, "MANY", 2)
    for name in ("large.bin", "full/a.txt", "full/b.txt", "kept.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1" * 100)
    one = guard(tmp_path, f"import os\n{writes}\n", isolated=isolated)
    before = contents(tmp_path)
    with pytest.raises((OSError, ProgramError)) as raised:  # The process writes to its copy, and no answers.
        one.predict(ROWS, ROWS)
    refused = "is a real file, which a guarded script must leave alone"
    assert isolated or "rmtree" in writes or refused in str(raised.value)
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    "writes",
    [
        "c = sqlite3.connect('large.bin'); c.execute('insert into t values (2)'); c.commit(); c.close()",
        "threading.Thread(target=lambda: _thread.start_new_thread(late, ())).start(); done.wait()",
        "subprocess.run(['sh', '-c', 'printf x > large.bin; chmod 600 large.bin'], check=True)",
    ],
    ids=["compiled", "unseen thread", "process"],
)
def test_what_nobody_sees_written_is_a_copy_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: str
) -> None:
    monkeypatch.setattr(overlay, "LARGE", 100)
    with contextlib.closing(sqlite3.connect(tmp_path / "large.bin")) as base:
        base.executescript("create table t (x); insert into t values (1);")
    source = (
        "import _thread, sqlite3, subprocess, threading\n"
        "done = threading.Event()\n"
        "def late():\n    open('large.bin', 'w').write('x'); done.set()\n"
        "x = sqlite3.connect('large.bin').execute('select sum(x) from t').fetchone()[0]\n"
        f"{writes}\nopen('answers.csv', 'w').write(f'x\\n{{x}}\\n')\n"
    )
    one, real = guard(tmp_path, source), tmp_path / "large.bin"
    before = real.read_bytes(), real.stat().st_mode, real.stat().st_mtime_ns
    assert [one.predict(ROWS, ROWS)["x"].tolist() for _ in range(2)] == [[1], [1]]
    assert (real.read_bytes(), real.stat().st_mode, real.stat().st_mtime_ns) == before


def test_virtual_environments_and_links_without_end_are_no_part_of_the_copy(tmp_path: Path) -> None:
    (tmp_path / "env/lib").mkdir(parents=True)
    (tmp_path / "env/pyvenv.cfg").write_text("")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    source = (
        "import os, pandas as pd\nassert not os.path.exists('env')\npd.read_csv('test.csv').to_csv('answers.csv')\n"
    )
    one = guard(tmp_path, source.replace("'answers.csv'", "'answers.csv', index=False"), isolated=True)
    assert one.predict(ROWS, ROWS)["x"].tolist() == [1.0, 2.0]


def test_several_scripts_share_the_copy(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models/rate.txt").write_text("from real work")
    train = "import pandas as pd\nopen('models/rate.txt', 'w').write(str(pd.read_csv('train.csv').x.mean()))\n"
    one = guard(tmp_path, train, script=("run.py", "answer.py --times 2"))
    (tmp_path / "answer.py").write_text(
        "import sys, pandas as pd\n"
        "rate = float(open('models/rate.txt').read()) * int(sys.argv[2])\n"
        "(pd.read_csv('test.csv') * rate).to_csv('answers.csv', index=False)\n"
    )
    assert one.predict(ROWS, ROWS)["x"].tolist() == [3.0, 6.0]
    assert (tmp_path / "models/rate.txt").read_text() == "from real work"


def test_a_script_is_started_where_it_expects_to_be(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    source = "import pandas as pd\npd.read_csv('../in/test.csv').to_csv('../answers.csv', index=False)\n"
    one = guard(tmp_path, source, inputs={"train": "in/train.csv", "test": "in/test.csv"}, run_from="src")
    assert one.predict(ROWS, ROWS + 10)["x"].tolist() == [11.0, 12.0]


class Notes(dict[tuple[str, str], Any]):
    def note(self, name: str, value: Any, *, stage: str) -> None:
        self[stage, name] = value


def test_of_a_script_that_splits_its_rows_all_outputs_are_looked_at(tmp_path: Path) -> None:
    source = (
        "import json, pandas as pd\n"
        "rows = pd.read_csv('in/all.csv')\n"
        "rows.tail(1).to_csv('last.csv', index=False)\n"
        "json.dump({'mean': rows.x.mean()}, open('mean.json', 'w'))\n"
        "print(f'{len(rows)} rows')\n"
    )
    outputs = {"last": "last.csv", "means": "mean.json", "printed": "stdout"}
    one, notes = guard(tmp_path, source, inputs={"rows": "in/all.csv"}, outputs=outputs), Notes()
    assert problems(type(one)) == []
    one.observe(one.data, notes)
    assert notes["predict", "last"]["x"].tolist() == [2.0]
    assert notes["evaluate", "means"] == {"mean": 1.5}
    assert notes["evaluate", "printed"] == {"text": ["# rows"], "numbers": [2.0]}


PLACED = {
    "work/run.py": """\
import pathlib, sys
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))
import paths
from kit import tables
assert (HERE / "kept.txt").read_text() == "kept" and pathlib.Path(sys.argv[0]).resolve().parent == HERE
tables.write(tables.read(HERE / "test.csv"), paths.OUT / "answers.csv")
print(tables.read.__code__.co_filename, paths.__file__, tables.__file__, sep="\\n")
""",
    "work/kept.txt": "kept",
    "lib/paths.py": "import pathlib\nOUT = pathlib.Path(__file__).resolve().parents[1] / 'out'\n"
    "OUT.mkdir(exist_ok=True)\n",
    "lib/kit/tables.py": "import pandas as pd\nread = lambda place: pd.read_csv(place)\n"
    "def write(frame, place): frame.to_csv(place, index=False)\n",
}


@pytest.mark.parametrize("isolated", [False, True])
def test_what_a_script_finds_from_its_own_place_lies_in_the_copy(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], *, isolated: bool
) -> None:
    for name, text in PLACED.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    inputs = {"train": "work/train.csv", "test": "work/test.csv"}
    outputs = {"answers": "out/answers.csv"}
    one = guard(tmp_path, "", script="work/run.py", inputs=inputs, outputs=outputs, isolated=isolated)
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert [one.predict(ROWS, ROWS + n)["x"].tolist() for n in (1, 2)] == [[2.0, 3.0], [3.0, 4.0]]
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == before
    code, paths, tables = capfd.readouterr().out.splitlines()[:3]
    assert [Path(place).is_relative_to(tmp_path / "run/call") for place in (paths, tables)] == [True, True]
    assert code == str(tmp_path / "lib/kit/tables.py") or isolated


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("pass\n", r"^`run\.py` wrote no answers\.csv$"),
        ("open('answers.csv', 'w').write('x\\n1\\n')\n", r"^no scores\.json was written$"),
        ("open('answers.csv', 'w').write('x\\n1\\n'); open('scores.json', 'w').write('{')\n", r"^scores\.json: "),
    ],
)
def test_what_a_script_left_out_is_named(tmp_path: Path, source: str, told: str) -> None:
    one = guard(tmp_path, source, outputs={"answers": "answers.csv", "metrics": "scores.json"})
    with pytest.raises(ProgramError, match=told):
        one.predict(ROWS, ROWS)


def test_metrics_are_those_of_the_answers_that_were_given(tmp_path: Path) -> None:
    source = "open('answers.csv', 'w').write('x\\n1\\n'); open('scores.json', 'w').write('{\"mae\": 2.5}')\n"
    one = guard(tmp_path, source, outputs={"answers": "answers.csv", "metrics": "scores.json"})
    answers = one.predict(ROWS, ROWS)
    assert one.evaluate(ROWS, answers) == {"mae": 2.5}
    with pytest.raises(ProgramError, match="measures only what it answered itself"):
        one.evaluate(ROWS, answers + 1)


def test_a_script_that_leaves_nothing_to_compare_is_an_error(tmp_path: Path) -> None:
    one = guard(tmp_path, "print('  '); open('a.json', 'w').write('1')\n", inputs={}, outputs={"printed": "stdout"})
    with pytest.raises(ProgramError, match=r"^`run\.py` printed nothing, so that there is nothing to compare; "):
        one._results(None, None, one.outputs)
    type(one).outputs = {"a": "a.json", "printed": "stdout"}
    assert one._results(None, None, one.outputs) == {"a": 1, "printed": {"text": ["  "], "numbers": []}}


def test_what_a_script_does_at_its_end_and_in_threads_happens_in_the_copy(tmp_path: Path) -> None:
    source = (
        "import atexit, threading, line\n"
        "atexit.register(lambda: open('answers.csv', 'a').write('2\\n'))\n"
        "def real():\n"
        "    try:\n        open(line.fit.__code__.co_filename, 'a').write('# more')\n"
        "    except PermissionError:\n        open('answers.csv', 'w').write('x\\n1\\n')\n"
        "threading.Thread(target=real).start()\n"
    )
    (tmp_path / "line.py").write_text(FILES["line.py"])
    one = guard(tmp_path, source)
    assert one.predict(ROWS, ROWS)["x"].tolist() == [1, 2]
    assert (tmp_path / "line.py").read_text() == FILES["line.py"]
    assert not (tmp_path / "answers.csv").exists()


REAL = [
    "import inspect, os; folder = os.path.dirname(os.path.abspath(inspect.getfile(inspect.currentframe())))",
    "import kit; folder = os.path.dirname(os.path.dirname(kit.folder.__code__.co_filename))",
    "folder = {root!r}",
]


@pytest.mark.parametrize("finds", REAL, ids=["frame", "code", "absolute"])
def test_a_real_file_is_not_read_for_a_table_that_stands_in_its_place(tmp_path: Path, finds: str) -> None:
    (tmp_path / "kit").mkdir()
    (tmp_path / "kit/__init__.py").write_text("def folder(): ...\n")
    (tmp_path / "test.csv").write_text("x\n7\n")
    source = f"import os\n{finds.format(root=str(tmp_path))}\nopen(os.path.join(folder, 'test.csv'))\n"
    with pytest.raises(PermissionError, match="a real file, in whose place the guard has another"):
        guard(tmp_path, source).predict(ROWS, ROWS)


def test_the_data_files_of_a_package_are_those_of_the_copy(tmp_path: Path) -> None:
    (tmp_path / "kit").mkdir()
    for name, text in {"__init__.py": "", "test.csv": "x\n7\n", "more.txt": "1"}.items():
        (tmp_path / "kit" / name).write_text(text)
    source = (
        "import pkgutil\nfrom importlib import resources\n"
        "folder = resources.files('kit')\n"
        "assert pkgutil.get_data('kit', 'test.csv') == folder.joinpath('test.csv').read_bytes()\n"
        "assert (folder / 'more.txt').read_text() == '1'\n"
        "open('answers.csv', 'w').write((folder / 'test.csv').read_text())\n"
    )
    one = guard(tmp_path, source, inputs={"train": "train.csv", "test": "kit/test.csv"})
    assert one.predict(ROWS, ROWS + 1)["x"].tolist() == [2, 3]


@pytest.mark.parametrize("name", ["made", "kit", "parts.made"])
def test_a_module_that_a_script_writes_is_the_one_that_it_imports(tmp_path: Path, name: str) -> None:
    (tmp_path / "kit.py").write_text("VALUE = 0\n")
    (tmp_path / "parts").mkdir()
    source = (
        "import importlib, pathlib, sys\n"
        "number = pathlib.Path('test.csv').read_text().splitlines()[1]\n"
        f"pathlib.Path({name.replace('.', '/') + '.py'!r}).write_text('VALUE = ' + number)\n"
        f"importlib.invalidate_caches()\nmodule = importlib.import_module({name!r})\n"
        "open('answers.csv', 'w').write(f'x\\n{module.VALUE}\\n')\n"
    )
    one = guard(tmp_path, source)
    assert [one.predict(ROWS, ROWS + n)["x"].tolist() for n in (1, 2)] == [[2.0], [3.0]]
    assert name not in sys.modules


def test_the_copy_of_a_large_file_is_no_doubt_about_what_was_looked_at(tmp_path: Path) -> None:
    (tmp_path / "large.bin").write_bytes(b"1" * overlay.LARGE)
    code = (
        "import tempfile\nfrom pathlib import Path\nfrom mlguard.programs.overlay import lay, protected\n"
        "call, large = (Path(tempfile.gettempdir(), name) for name in ('call', 'large'))\n"
        "with protected(lay(Path.cwd(), call, changed={}, large=large)):\n"
        "    said = open((call / 'large.bin').resolve(), 'rb').read(1)"
    )
    told, depends = heard(code, tmp_path)
    assert (told, depends.doubts) == ("b'1'", ())
    assert str(tmp_path / "large.bin") in depends.facts[Question.CONTENT]


def test_a_large_file_that_cannot_be_read_harms_nobody_who_does_not_open_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overlay, "_copy_as_it_is", hidden)
    (tmp_path / "large.bin").write_bytes(b"1" * overlay.LARGE)
    assert guard(tmp_path, "open('answers.csv', 'w').write('x\\n1\\n')\n").predict(ROWS, ROWS)["x"].tolist() == [1]


def hidden(file: Path, copy: Path) -> None:
    raise FileNotFoundError(f"{file.name} is not part of the saved bundle")


NUMBERED = {
    "datasets/generators/tiny.py": """\
import pandas as pd


def make(rng, rows=16):
    x = rng.randint(0, 60, rows) / 10
    return pd.DataFrame({1: x, 0: 2 * x + 1})
""",
    "run.py": """\
import pandas as pd

train, test = pd.read_csv("train.csv"), pd.read_csv("test.csv")
assert list(test) == ["1"], list(test)
rate = (train["0"] / (train["1"] + 1)).mean()
pd.DataFrame({"0": rate * (test["1"] + 1)}).to_csv("answers.csv", index=False)
""",
    SCRIPT: """\
from mlguard import ScriptGuard


class Script(ScriptGuard):
    dataset = "tiny"
    target = "0"
    seeds = (0,)
    script = "run.py"
    inputs = {"train": "train.csv", "test": "test.csv"}
    outputs = {"answers": "answers.csv"}
    test_without = ("0",)
""",
}


def test_a_target_may_be_called_by_a_number(at_once: None, tmp_path: Path) -> None:
    """What a program finds as `0` in a file is the column 0 of a table that was read without names."""
    project = Project(tmp_path, {**FILES, **NUMBERED})
    found = {o.name: o for o in project.run("Script", SCRIPT).record}
    assert str(found["target unread"].value.data[0]) == "same"
    assert found["test.0"].value.shape == (4,)
