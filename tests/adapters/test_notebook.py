"""A guard of a notebook: its cells, its variables, and that nothing is left unasked."""

from __future__ import annotations

import builtins
import copy
import json
import os
import pickle
import re
import sys
import threading
import types
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mlguard import Dataset, NotebookGuard
from mlguard.core.error import UsageError
from mlguard.core.guard import problems
from mlguard.core.outcome import Outcome
from mlguard.core.record import CONTRACT
from mlguard.programs.cells import Notebook, source_of
from mlguard.programs.error import ProgramError
from mlguard.report.wording import explanation
from mlguard.runner.order import Change, Extent
from mlguard.tools.audit.reach import statements
from tests.adapters.pages import files_shown, page
from tests.project import Project

PAGE = page("notebooks.md")
GUARDS = dict(files_shown(PAGE))
GUARD, *FUNCTIONS = GUARDS
SHOWN = re.search(r"^```text\n(  File .*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
FILE = "notebooks/rents.ipynb"
CELLS = {
    "load": """\
%precision 3
import sys
sys.path.append("../src")
import pandas as pd
from counted import score
from IPython.display import HTML, display
""",
    "parameters": 'data = "rents.db"\ntrain = pd.read_sql("select * from train", data)\ntest = None\n',
    "fit": 'rate = 0\nrate = train["rent"].sum() / train["area"].sum()\n!echo fitted\n',
    "prepare": """\
%%time
def seen_by(rows):
    display(HTML("<b>seen</b>"))
    return rows[["area"]].clip(lower=20)

seen = seen_by(test)
""",
    "answer": "predictions = (seen['area'] * rate).to_frame('rent')\npredictions",
    "score": "scores = score(test['rent'], predictions['rent'])\nscores",
}


def book(cells: Mapping[str, str] | Sequence[str], counts: Iterable[int | None] = ()) -> str:
    """A notebook's file; cells that have a name are tagged by it."""
    numbers = iter(counts)
    named = cells.items() if isinstance(cells, Mapping) else (("", source) for source in cells)
    code = [
        {
            "cell_type": "code", "execution_count": next(numbers, None), "metadata": {"tags": [tag] if tag else []},
            "outputs": [], "source": source.splitlines(keepends=True),
        }
        for tag, source in named
    ]  # fmt: skip
    text = {"cell_type": "markdown", "metadata": {}, "source": ["# Rents\n"]}
    return json.dumps({"cells": [text, *code], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}, indent=1)


PROJECT = {
    "pyproject.toml": "[tool.mlguard]\n",
    "datasets/generators/rents.py": """\
import pandas as pd


def make(rng, rows=16):
    area = rng.randint(20, 90, rows)
    return pd.DataFrame({"area": area, "rent": 5 * area + rng.randint(0, 50, rows)})
""",
    "src/counted.py": """\
def score(rents, answers):
    return {"off": float((rents - answers).abs().mean())}
""",
    "rents.py": """\
from src.counted import score


def prepare(rows):
    return rows[["area"]].clip(lower=20)


def fit(seen, rents):
    return rents.sum() / seen["area"].sum()


def answer(rate, seen):
    return (seen["area"] * rate).to_frame("rent")
""",
    FILE: book(CELLS),
    # One data seed is enough for what is asked here.
    **{
        name: text.replace('    target = "rent"\n', '    target = "rent"\n    seeds = (0,)\n')
        for name, text in GUARDS.items()
    },
}


@pytest.fixture(scope="module")
def rents(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The notebook of the page with its golden, and with nothing else written."""
    project = Project(tmp_path_factory.mktemp("rents"), PROJECT)
    before = project.files()
    assert project.regen("Rents", GUARD).refused is None
    written = project.files()
    assert {name: digest for name, digest in written.items() if not name.startswith("golden/")} == before
    return project


def test_a_notebook_is_asked_everything(rents: Project) -> None:
    golden = rents.golden("Rents")
    held = {o.name: str(o.value.data[0]) for o in golden if o.role == CONTRACT and o.stage == "contracts"}
    asked = ("predict twice", "single rows", "row order", "no files outside the folder", "saved bundle", "batches")
    assert {name: held[name] for name in asked} == dict.fromkeys(asked, "same")
    assert {"probes.rent", "test.area", "rate", "off"} <= {o.name for o in golden}
    # A module is the project's own, although the notebook finds it by a path in its copy.
    assert set(golden.provenance.sources) == {FILE, "src/counted.py", GUARD, "datasets/generators/rents.py"}


BUGS = [
    ("prepare", '"area"]]', '"area"]].mul(1.01)', Outcome.SHIFTED, "features"),
    ("fit", 'train["area"].sum()', '(train["area"].sum() + 1)', Outcome.SHIFTED, "train"),
    # No row of the dataset lies below: a probe does.
    ("prepare", "lower=20", "lower=0", Outcome.SHIFTED, "predict"),
    # A real file that no answer depends on: a contract sees it.
    (
        "answer",
        "\npredictions",
        "\nopen('%s/' + __import__('uuid').uuid4().hex + '.py', 'x')",
        Outcome.VIOLATED,
        "contracts",
    ),
]


@pytest.mark.parametrize(("cell", "old", "new", "outcome", "stage"), BUGS, ids=[bug[4] for bug in BUGS])
def test_a_bug_in_a_cell_is_found(rents: Project, cell: str, old: str, new: str, outcome: Outcome, stage: str) -> None:
    assert CELLS[cell].count(old) == 1
    buggy = book({**CELLS, cell: CELLS[cell].replace(old, new.replace("%s", str(rents.root)))})
    with rents.editing(FILE, PROJECT[FILE], buggy):
        verdict = rents.check("Rents", GUARD, quick=True).verdict
    for left in rents.root.glob(f"{'?' * 32}.py"):
        left.unlink()
    assert (verdict.outcome, verdict.first_moved) == (outcome, stage)
    told = [line for line in explanation(verdict) if " comes from " in line]
    place = {"features": "cell 4 (`prepare`)", "train": "cell 3 (`fit`)", "predict": "cell 5 (`answer`)"}.get(stage)
    assert told == ([f"{stage} comes from notebooks/rents.ipynb, {place}"] if place else [])
    if stage == "predict":
        assert {move.observation for move in verdict.moves()} == {"probes.rent"}


REFACTORED = {
    "": "from rents import answer, fit, prepare, score",
    "parameters": "test = train = None",
    "all": """\
rate = fit(prepare(train), train["rent"])
seen = prepare(test)
predictions = answer(rate, seen)
scores = score(test["rent"], predictions["rent"])
""",
}


def test_a_rewritten_notebook_is_quiet(rents: Project) -> None:
    with rents.editing(FILE, PROJECT[FILE], book(REFACTORED)):
        verdict = rents.check("Rents", GUARD, quick=True).verdict
    assert verdict.outcome is Outcome.MATCH, verdict.moves()


@pytest.mark.parametrize("file", FUNCTIONS)
def test_functions_in_place_of_cells_check_by_the_golden_of_the_notebook(rents: Project, file: str) -> None:
    verdict = rents.check("Rents", file).verdict
    assert verdict.outcome is Outcome.MATCH, verdict.moves()


def test_what_a_cell_raises_is_shown_as_the_page_has_it(rents: Project) -> None:
    assert SHOWN
    with rents.editing(FILE, '/ train[\\"area\\"]', '/ train[\\"aera\\"]'):
        verdict = rents.check("Rents", GUARD, quick=True).verdict
    assert (verdict.outcome, verdict.problem) == (Outcome.ERROR, "guard Rents: `train` raised KeyError: 'aera'")
    lines = [line for line in (verdict.traceback or "").splitlines() if line.strip(" ~^")]
    assert lines == SHOWN[1].splitlines()


def test_a_cell_can_be_changed_for_one_run_and_says_which_of_its_lines_ran(rents: Project) -> None:
    cell = f"{rents.root / FILE}, cell 3"
    source = source_of(Path(cell))
    assert source.splitlines()[-1] == "get_ipython().system('echo fitted')"
    change = Change(sources={cell: source.replace("rate = 0", "rate = 0 if 1 else (\n0\n)")})
    done = rents.run("Rents", GUARD, extent=Extent.MAIN, bundle=False, lines=True, change=change)
    assert done.reached[cell] == {1, 4, 5}  # As changed: in the text on disk, line 1 to 3.
    assert statements(f"{rents.root / FILE}, cell 4", frozenset({3})) == {3}


def declared(**entries: Any) -> type[NotebookGuard]:
    sound = {
        "dataset": "tiny",
        "notebook": "book/run.ipynb",
        "inputs": {"train": "train", "test": "book/test.csv"},
        "outputs": {"answers": "answers"},
        "__module__": "shop",
    }
    return type("Shop", (NotebookGuard,), {**sound, **entries})


WRONG = [
    ({"notebook": "run.py"}, "`notebook` must name a file of the project, such as \"rents.ipynb\", not 'run.py'"),
    (
        {"notebook": "../a.ipynb"},
        "`notebook` must name a file of the project, such as \"rents.ipynb\", not '../a.ipynb'",
    ),
    ({"learned": "rate"}, "`learned` must be a list of variables, such as (\"rate\",), not 'rate'"),
    (
        {"outputs": {"answers": "my answers"}},
        "`outputs`: 'my answers' is neither a variable nor, with a dot in it, a file",
    ),
    (
        {"outputs": {"answers": "model.coef_"}},
        "`outputs`: model.coef_ is no table that can be read; known are .csv, .tsv, .jsonl, .parquet, .feather, .npy",
    ),
    (
        {"inputs": {"train": "train"}},
        "`inputs` must name both `train` and `test`, or neither where the notebook splits its rows by itself",
    ),
    (
        {"learned": ("answers", "rate"), "outputs": {"answers": "hours"}},
        "`learned` names `answers`, which `outputs` has for another variable; call it otherwise",
    ),
    (
        {"inputs": {"rows": "rows"}, "learned": ("rate",)},
        "`learned` is for notebooks that are given `train` and `test`; name these variables in `outputs`",
    ),
]


@pytest.mark.parametrize(("entries", "told"), WRONG)
def test_a_wrong_declaration_is_told_before_anything_runs(entries: dict[str, Any], told: str) -> None:
    assert problems(declared(**entries)) == [f"guard Shop: {told}"]


def test_a_notebook_without_metrics_or_features_has_no_such_methods() -> None:
    assert problems(declared()) == []
    assert not hasattr(declared(), "evaluate")
    assert not hasattr(declared(), "features")


ROWS = pd.DataFrame({"x": [1.0, 2.0]})
INPUTS = {"parameters": "import pandas as pd\ntrain, power = None, 2\ntest = pd.read_csv('test.csv')\n"}
SET = {"parameters": "train = None\ntest = None\n"}
BOTH = {"inputs": {"train": "train", "test": "test"}}
INSIDE_AND_OUT = pytest.mark.parametrize("isolated", [False, True], ids=["inside", "isolated"])


def guard(root: Path, *cells: str, first: Mapping[str, str] = SET, text: str = "", **entries: Any) -> NotebookGuard:
    """A guard of a notebook with these cells behind the parameters."""
    (root / "book").mkdir(exist_ok=True)
    (root / "run").mkdir(exist_ok=True)
    (root / "book/run.ipynb").write_text(text or book({**first, **dict(zip("abcdefg", cells, strict=False))}))
    made = declared(**{**BOTH, **entries})()
    made._root, made.folder, made.data = root, root / "run", Dataset({"rows": ROWS})
    return made


@INSIDE_AND_OUT
def test_variables_files_and_tags_are_as_they_are_declared(tmp_path: Path, *, isolated: bool) -> None:
    cells = {
        "parameters": "import pandas as pd\ntrain = pd.read_csv('no such file')\ntest, power = 0, 2\n",
        "skip-execution": "power = 5",
        "raises-exception": "test = pd.read_csv('test.csv')\ntest['x'] **= power\n1 / 0",
        "": "pd.concat([train, test]).to_csv('../all.csv', index=False)\nscores = {'mean': train.x.mean()}",
    }
    one = guard(
        tmp_path, text=book(cells), isolated=isolated,
        inputs={"train": "train", "test": "book/test.csv"}, outputs={"answers": "all.csv", "metrics": "scores"},
    )  # fmt: skip
    answers = one.predict(one.train(ROWS), ROWS + 1)
    assert answers["x"].tolist() == [1.0, 2.0, 4.0, 9.0]
    assert one.evaluate(ROWS + 1, answers) == {"mean": 1.5}
    for test, given in ((ROWS, answers), (ROWS + 1, answers + 1)):
        with pytest.raises(ProgramError, match=r"^`book/run\.ipynb` measures only what it answered itself$"):
            one.evaluate(test, given)
    left = [path.name for path in tmp_path.rglob("*") if path.is_file() and path.parent.name != "measured"]
    assert left == ["run.ipynb"]


def test_what_a_notebook_does_to_its_tables_is_its_own(tmp_path: Path) -> None:
    rows = ROWS.copy()
    assert guard(tmp_path, "test['x'] += 1\nanswers = test.x").predict(rows, rows).tolist() == [2.0, 3.0]
    pd.testing.assert_frame_equal(rows, ROWS)


def test_a_configuration_without_a_file_sets_parameters(tmp_path: Path) -> None:
    first = {"parameters": "train = None; test = [\n]; power = 2 # of x\nother = power\n"}
    one = guard(tmp_path, "answers = test['x'] ** power + other", first=first)
    one.config = {"power": 3}
    assert one.predict(ROWS, ROWS).tolist() == [4.0, 11.0]


@INSIDE_AND_OUT
def test_an_error_names_its_cell_and_its_line(tmp_path: Path, *, isolated: bool) -> None:
    one = guard(tmp_path, "ok = 1", "\n%%time\ndef f():\n    return {}['gone']\n\nf()", isolated=isolated)
    with pytest.raises(ProgramError if isolated else KeyError) as raised:
        one.predict(ROWS, ROWS)
    told = [str(raised.value), *getattr(raised.value, "__notes__", ())]
    place = "book/run.ipynb, cell 3 (`b`), line 6"
    assert told == ([f"{place}: KeyError: 'gone'"] if isolated else ["'gone'", f"in {place}"])
    if not isolated:
        frames = [frame.path for frame in raised.traceback][-2:]
        assert [str(frame) for frame in frames] == [f"{tmp_path / 'book/run.ipynb'}, cell 3"] * 2


def test_a_path_that_only_its_author_has_is_named_with_its_cell(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as raised:
        guard(tmp_path, "import pandas as pd\nanswers = pd.read_csv('/home/somebody/rents.csv')").predict(ROWS, ROWS)
    assert "/home/somebody/rents.csv" in str(raised.value)
    assert raised.value.__notes__ == ["in book/run.ipynb, cell 2 (`a`), line 2"]


ENDS = [
    ("x = 1\nexec(compile('= 1', 'else.py', 'exec'))", SyntaxError, "in book/run.ipynb, cell 2 (`a`), line 2"),
    ("x = = 1", SyntaxError, "in book/run.ipynb, cell 2 (`a`), line 1"),
    ("import sys\nsys.exit(3)", ProgramError, "book/run.ipynb, cell 2 (`a`), left with exit status 3"),
    ("exit", ProgramError, "book/run.ipynb, cell 2 (`a`), left with exit status 0"),
    ("answer = 1", ProgramError, "`book/run.ipynb` sets no variable `answers`"),
]


@pytest.mark.parametrize(("cell", "kind", "told"), ENDS)
def test_how_a_cell_ends_a_run_is_told(tmp_path: Path, cell: str, kind: type[Exception], told: str) -> None:
    with pytest.raises(kind) as raised:
        guard(tmp_path, cell).predict(ROWS, ROWS)
    assert told in (str(raised.value), *getattr(raised.value, "__notes__", ()))


UNUSABLE = [
    ("[]", "book/run.ipynb is no notebook: "),
    ("{", "book/run.ipynb is no notebook: "),
    (book(["1"]).replace('[\n    "1"\n   ]', "null"), "book/run.ipynb is no notebook: the source of a cell is no text"),
    (book(["1"]).replace('"metadata": {},\n "nbformat"', '"metadata": {"language_info": {"name": "R"}},\n "nbformat"'),
     "book/run.ipynb is a notebook of R; only those of Python can be run"),
    (book(["train = 1"]), "no cell of book/run.ipynb is tagged `parameters`, where `train`, `test` would be set"),
    (book({"parameters": "train, more = 1, 2\ntest = 1"}),
     "book/run.ipynb, cell 1 (`parameters`), does not set `train` by itself"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), UNUSABLE)
def test_what_cannot_be_run_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ProgramError) as raised:
        guard(tmp_path, text=text).predict(ROWS, ROWS)
    assert str(raised.value).startswith(told)


def test_a_notebook_that_splits_its_rows_by_itself_is_looked_at_as_a_whole(tmp_path: Path) -> None:
    one = guard(
        tmp_path, "rate = rows.x.mean()\nscores = {'off': rate / 2}\nrows.to_csv('all.csv', index=False)",
        first={"parameters": "rows = None"}, inputs={"rows": "rows"},
        outputs={"metrics": "scores", "rate": "rate", "all": "book/all.csv"},
    )  # fmt: skip
    assert problems(type(one)) == []
    noted: dict[str, tuple[Any, str]] = {}
    notes = types.SimpleNamespace(note=lambda name, value, *, stage: noted.update({name: (value, stage)}))
    one.observe(one.data, notes)
    assert noted.pop("all")[0]["x"].tolist() == [1.0, 2.0]
    assert noted == {"metrics": ({"off": 0.75}, "evaluate"), "rate": (1.5, "predict")}


def test_what_is_learned_is_kept_as_far_as_others_can_load_it(tmp_path: Path) -> None:
    one = guard(tmp_path, "class Own: ...\nown, rate, answers = Own(), train.x.mean(), test.x", learned=("own", "rate"))
    learned = one.train(ROWS)
    assert list(learned) == list(copy.deepcopy(learned)) == ["own", "rate"]
    loaded = pickle.loads(pickle.dumps(learned))
    assert dict(loaded) == {"rate": 1.5}
    assert one.predict(loaded, ROWS).tolist() == [1.0, 2.0]


def test_each_run_begins_from_nothing_and_leaves_nothing(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/counted.py").write_text("runs = 0\n")
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    cells = (
        "assert 'seen' not in globals() and 'no' not in __import__('os').environ\nseen = 1\n%env no=thing",
        "import sys\nsys.path.append('../src')\nimport counted\ncounted.runs += 1",
        "answers = test.x * counted.runs\nassert 'call' in __import__('os').environ['IPYTHONDIR']",
    )
    one = guard(tmp_path, *cells)
    one.folder = tmp_path_factory.mktemp("run")  # As in a check, nowhere below the project.
    threads = set(threading.enumerate())
    before = set(vars(builtins)), set(vars(sys)), sys.path[:], dict(os.environ), os.getcwd(), sys.meta_path[:]
    for _ in range(2):
        assert one.predict(ROWS, ROWS).tolist() == [1.0, 2.0]
    assert before == (set(vars(builtins)), set(vars(sys)), sys.path, dict(os.environ), os.getcwd(), sys.meta_path)
    assert "counted" not in sys.modules
    assert set(threading.enumerate()) <= threads
    assert list(one.folder.iterdir()) == []
    assert not home.exists()
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["counted.py", "run.ipynb"]


def test_magics_and_displays_go_on(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    cells = (
        "%%time\nimport IPython.display as shown\nshown.display(shown.Image(data=b'', format='png'))\n"
        "get_ipython().enable_gui()  # As matplotlib's magic calls it.",
        "%precision 2\nfound = !echo $train\n!echo one; exit 3\nshown.display(_exit_code)",
        "%%capture kept\nprint('hidden')",
        "import asyncio\nawait asyncio.sleep(0)\ntest.x.mean()",
        "answers = test.x + Out[5]\n%timeit -n1 -r1 answers.sum()",
    )
    assert guard(tmp_path, *cells).predict(3, ROWS).tolist() == [2.5, 3.5]
    printed = capfd.readouterr().out
    assert "<IPython.core.display.Image object>\none\n3\n" in printed
    assert "hidden" not in printed


@pytest.mark.parametrize("missing", ["nbformat", "IPython", "nbclient"])
def test_a_missing_library_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == missing]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(
        UsageError, match=rf"^notebooks need {missing}\b.*; run `pip install 'pytest-mlguard\[notebook\]'`"
    ):
        guard(tmp_path, "answers = 1", isolated=missing == "nbclient").predict(ROWS, ROWS)


def test_a_notebook_that_is_not_there_is_named(tmp_path: Path) -> None:
    one = guard(tmp_path, notebook="gone.ipynb")
    with pytest.raises(ProgramError, match=r"^there is no gone\.ipynb in the project$"):
        one.predict(ROWS, ROWS)


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((1, 2, 3), ""),
        ((None, None, None), ""),
        ((1, 3, 2), "cell 2 (`a`) was run as number 3, not as 2"),
        ((4, 5, 6), "cell 1 (`parameters`) was run as number 4, not as 1"),
        ((1, 2, None), "cell 3 (`b`) was not run, not as 3"),
        ((1, 1, 2), "cell 2 (`a`) was run as number 1, not as 2"),
    ],
)
def test_what_was_not_run_from_top_to_bottom_is_refused(
    tmp_path: Path, counts: Sequence[int | None], told: str
) -> None:
    one = guard(tmp_path, text=book({**SET, "a": "answers = test.x", "b": "2"}, counts))
    if not told:
        assert one.predict(ROWS, ROWS).tolist() == [1.0, 2.0]
        return
    with pytest.raises(ProgramError) as raised:
        one.predict(ROWS, ROWS)
    assert str(raised.value) == (
        f"book/run.ipynb was saved after a run that was not from top to bottom: {told}; restart its kernel and run all "
        "cells, or clear all outputs, and save it"
    )


@pytest.mark.parametrize(
    ("cells", "place", "cell"),
    [
        (["a = 1", "a = 2", "b = a"], "a", 2),
        (["a = 1", "def f():\n    a = 2"], "a", 1),
        (["a = {}", "a['x'] = 1", "print(a)"], "a", 2),
        (["a = b = 1", "for a.x in b: pass"], "a", 2),
        (["x, (*a, y) = f()"], "a", 1),
        (["with f() as a:\n    pass"], "a", 1),
        (["if (a := 1): pass", "a += 1", "a == 2"], "a", 2),
        (["a = 1", "%%time\na = 2", "a ="], "a", 2),
        (["a = 1", "%time a = 2"], "a", 2),
        (["a = 1", "%%capture\nb = 1\n%time a = 2"], "a", 2),
        (["a = 1", "%%capture\na ="], "a", 1),
        (["a = 1", "%%writefile b.py\na = 2"], "a", 1),
        (["a = 1", "class B:\n    a = 2"], "a", 1),
        (["b = 1"], "a", None),
        (["f('out/s.csv')", "f(f'{here}/s.csv')", "'os.csv'"], "out/s.csv", 2),
    ],
)
def test_the_cell_that_gives_a_result(tmp_path: Path, cells: list[str], place: str, cell: int | None) -> None:
    (tmp_path / "a.ipynb").write_text(book(cells))
    found = Notebook.read(tmp_path, "a.ipynb").giving(place)
    assert (found and found.number) == cell
