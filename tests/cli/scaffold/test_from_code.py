"""A first guard is made of code as it stands: a module of functions, a script with rows to answer, any other script."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlguard import Guard
from mlguard.cli.scaffold.from_code import first_guard
from mlguard.core.error import UsageError
from mlguard.programs.run import words_of

TRAIN = "age,calls,paid\n" + "".join(f"{20 + n % 7},{n % 5},{n % 2}\n" for n in range(40))
TEST = "age,calls\n" + "".join(f"{20 + n % 7},{n % 5}\n" for n in range(40))
WHOLE = """\
df = pd.read_csv("data/visits.csv")
df.to_csv("out/answers.csv")
json.dump({}, open("out/scores.json", "w"))
"""
ANSWERING = """\
settings = yaml.safe_load(open("params.yaml"))
train, test, prices = pd.read_csv("in/train.csv"), pd.read_csv("in/test.csv"), pd.read_csv("in/prices.csv")
train.to_csv("work/clean.csv")
clean = pd.read_csv("work/clean.csv")
submission.to_csv("out/submission.csv")
json.dump({}, open("history.json", "w"))
json.dump({}, open("scores.json", "w"))
"""
FUNCTIONS = """\
def split_data(config, frame): ...
def make_features(rows): ...
def train_model(X, y, depth=3): ...
def predict_batch(rows, model): ...
def helper(a): ...
def evaluate(y_true, y_pred, weights): ...
"""


def made(root: Path, name: str, source: str) -> str:
    files = {
        name: source,
        "in/train.csv": TRAIN,
        "in/test.csv": TEST,
        "data/visits.csv": TRAIN,
        "params.yaml": "a: 1\n",
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    guard = first_guard(root, root / name)
    compile(guard.text, guard.module, "exec")
    return guard.text.partition("class ")[2]


def test_a_script_that_splits_by_itself(tmp_path: Path) -> None:
    assert (
        made(tmp_path, "jobs/train-all.py", WHOLE)
        == """\
TrainAll(ScriptGuard):
    dataset = "visits"
    script = "jobs/train-all.py"
    inputs = {"rows": "data/visits.csv"}
    outputs = {"answers": "out/answers.csv", "scores": "out/scores.json", "printed": "stdout"}
"""
    )


def test_a_script_that_answers_rows(tmp_path: Path) -> None:
    assert (
        made(tmp_path, "run.py", ANSWERING)
        == """\
Run(ScriptGuard):
    dataset = "train"
    script = "run.py"
    inputs = {"train": "in/train.csv", "test": "in/test.csv", "prices": "in/prices.csv"}
    outputs = {"answers": "out/submission.csv", "metrics": "scores.json"}
    config = "params.yaml"
    target = "paid"
    test_without = ["paid"]
"""
    )


def test_a_script_that_reads_no_file_needs_no_dataset(tmp_path: Path) -> None:
    source = 'pd.read_csv("https://example.org/a.csv").to_csv("b.csv")\n'
    assert (
        made(tmp_path, "run.py", source)
        == """\
Run(ScriptGuard):
    script = "run.py"
    inputs = {}
    outputs = {"b": "b.csv", "printed": "stdout"}
"""
    )
    notes = ("let it read a file in the place of https://example.org/a.csv, which no table can stand for",)
    assert first_guard(tmp_path, tmp_path / "run.py").notes == notes


def notebook(*cells: str) -> str:
    code = [
        {"cell_type": "code", "source": one, "metadata": {}, "outputs": [], "execution_count": None} for one in cells
    ]
    return json.dumps({"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def test_a_notebook(tmp_path: Path) -> None:
    cells = (
        "%matplotlib inline\nimport pandas as pd",
        'rows = pd.read_csv("../data/visits.csv")',
        'rows.to_csv("a.csv")',
    )
    assert (
        made(tmp_path, "notebooks/first look.ipynb", notebook(*cells))
        == """\
FirstLook(NotebookGuard):
    dataset = "visits"
    notebook = "notebooks/first look.ipynb"
    inputs = {"rows": "data/visits.csv"}
    outputs = {"a": "notebooks/a.csv"}
"""
    )
    (tmp_path / "b.ipynb").write_text(notebook("print(1)"))
    assert "name the variables in `outputs` that hold the results" in first_guard(tmp_path, tmp_path / "b.ipynb").notes
    (tmp_path / "b.ipynb").write_text("{")
    with pytest.raises(UsageError, match=r"b\.ipynb"):
        first_guard(tmp_path, tmp_path / "b.ipynb")


def test_a_script_that_is_started_in_its_folder(tmp_path: Path) -> None:
    (tmp_path / "src/data").mkdir(parents=True)
    (tmp_path / "src/data/hours.csv").write_text(TRAIN)
    text = made(tmp_path, "src/run.py", 'pd.read_csv("data/hours.csv").to_csv("../out.csv")\n')
    assert (
        '    inputs = {"rows": "src/data/hours.csv"}\n    outputs = {"out": "out.csv", "printed": "stdout"}\n' in text
    )
    assert text.endswith('    run_from = "src"\n')


def test_a_module_of_functions(tmp_path: Path) -> None:
    assert (
        made(tmp_path, "src/shop/churn.py", FUNCTIONS)
        == """\
Churn(Guard):
    dataset = "churn"
    target = "y"
    config = "config.yaml"

    def split(self, data):
        return churn.split_data(self.config, data.rows)

    def features(self, model, rows):
        return churn.make_features(rows)

    def train(self, train):
        return churn.train_model(train.drop(columns=self.target), train[self.target])

    def predict(self, model, rows):
        return churn.predict_batch(rows, model)

    def evaluate(self, test, predictions):
        return churn.evaluate(test[self.target], predictions, ...)
"""
    )
    guard = first_guard(tmp_path, tmp_path / "src/shop/churn.py")
    assert "\nfrom shop import churn\n" in guard.text
    assert guard.generator is None
    assert guard.notes == (
        "write the generator of the dataset: no table was found that the code reads",
        'add `pythonpath = ["src"]` to [tool.pytest.ini_options] in pyproject.toml',
        "set `target` to the column that is to be predicted",
        "set `config` to the file of the configuration, or to a mapping",
        "replace each `...` by what the function is to be given",
    )


def test_the_generator_is_learned_from_the_training_rows(tmp_path: Path) -> None:
    made(tmp_path, "run.py", ANSWERING)
    guard = first_guard(tmp_path, tmp_path / "run.py")
    assert guard.generator is not None
    assert guard.generator[0] == "train"
    assert "let the generator of `train` make a table `prices`" in guard.notes


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("a = 1\nb = (\n", r"run\.py, line 2: "),
        ("a = 1\0\n", r"run\.py: .*null bytes"),
        ("a = 1" + " + 1" * 2000 + "\n", "nested too deeply"),
        ("a = 1" + " + 1" * 5000 + "\n", "nested too deeply"),
        ("a = " + "-" * 50_000 + "1\n", "nested too deeply"),
    ],
    ids=["open", "null", "long", "longer", "deep"],
)
def test_what_cannot_be_parsed_is_named(tmp_path: Path, source: str, told: str) -> None:
    (tmp_path / "run.py").write_text(source)
    with pytest.raises(UsageError, match=told):
        first_guard(tmp_path, tmp_path / "run.py")


def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="rename it"):
        first_guard(tmp_path, tmp_path / "caf\udce9.py")


@pytest.mark.parametrize("name", ["my run.py", 'it\'s "me".py', "a$b;c.py", r"tab\u1.py", '""".py', "模 型.py"])
def test_a_script_is_found_under_any_name(tmp_path: Path, name: str) -> None:
    guard = first_guard(tmp_path, _written(tmp_path / name, "print(1)\n"))
    names: dict[str, Any] = {"__name__": "guards"}
    exec(compile(guard.text, guard.module, "exec"), names)
    (made,) = (
        one for key, one in names.items() if key not in ("ScriptGuard", "__builtins__") and isinstance(one, type)
    )
    assert words_of(made.script) == (name,)
    assert name in names["__doc__"]


PREDICTING = """\
def train(rows): return "m"
def predict(model, rows): return f"answers of {model}"
"""


@pytest.mark.parametrize(
    "name",
    ["model.py", "train.py", "data.py", "rows.py", "Model.py", "Guard.py", "class.py", "01_run.py", "my-code/run.py"],
)
def test_a_guard_calls_the_functions_of_a_module_of_any_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    guard = first_guard(tmp_path, _written(tmp_path / name, PREDICTING))
    monkeypatch.syspath_prepend(tmp_path)
    names: dict[str, Any] = {"__name__": "guards"}
    exec(compile(guard.text, guard.module, "exec"), names)
    (made,) = (one for one in names.values() if isinstance(one, type) and issubclass(one, Guard) and one is not Guard)
    assert made().predict(made().train(None), None) == "answers of m"


@pytest.mark.parametrize("name", ["random.py", "code/model.py", "mlguard.py"])
def test_a_module_that_cannot_be_found_is_to_be_renamed(tmp_path: Path, name: str) -> None:
    guard = first_guard(tmp_path, _written(tmp_path / name, PREDICTING))
    top = name.split("/")[0].removesuffix(".py")
    assert f"rename {top}: Python or mlguard has a module of that name, which is imported in its place" in guard.notes


@pytest.mark.parametrize("name", ["my.model.py", "v1.2/model.py", "model.txt"])
def test_what_no_import_finds_is_run_as_a_script(tmp_path: Path, name: str) -> None:
    assert "(ScriptGuard)" in first_guard(tmp_path, _written(tmp_path / name, PREDICTING)).text


def test_arguments_that_are_given_by_name(tmp_path: Path) -> None:
    source = "def train(X, *, y, depth, seed=1): ...\ndef predict(*args): ...\n"
    text = made(tmp_path, "churn.py", source)
    assert "churn.train(train.drop(columns=self.target), y=train[self.target], depth=...)" in text
    assert "churn.predict(...)" in text


def test_each_table_has_a_name_of_its_own(tmp_path: Path) -> None:
    for name in ("a/train.csv", "b/train.csv", "test.csv", "rows.csv"):
        _written(tmp_path / name, TRAIN)
    source = "".join(f"pd.read_csv({name!r})\n" for name in ("b/train.csv", "a/train.csv", "test.csv", "rows.csv"))
    source += 'print(1)\nopen("out/test.json", "w")\nopen("old/test.json", "w")\nopen("printed.json", "w")\n'
    guard = first_guard(tmp_path, _written(tmp_path / "run.py", source))
    inputs = {"rows": "b/train.csv", "a_train": "a/train.csv", "test_csv": "test.csv", "rows_csv": "rows.csv"}
    outputs = {
        "test": "out/test.json",
        "old_test": "old/test.json",
        "printed_json": "printed.json",
        "printed": "stdout",
    }
    assert f"    inputs = {json.dumps(inputs)}\n    outputs = {json.dumps(outputs)}\n" in guard.text
    assert guard.generator is not None
    assert [note for note in guard.notes if note.startswith("let ")] == [
        f"let the generator of `train` make a table `{name}`" for name in ("a_train", "test_csv", "rows_csv")
    ]


def test_what_is_read_outside_of_the_project_is_named(tmp_path: Path) -> None:
    source = 'pd.read_csv("../visits.csv").to_csv("/tmp/other.csv")\n'
    guard = first_guard(tmp_path / "p", _written(tmp_path / "p" / "run.py", source))
    assert guard.notes == (
        f"let it read a file in the place of {tmp_path / 'visits.csv'}, which no table can stand for",
        "name the files that it reads and writes in `inputs` and `outputs`: none was found in its source",
    )


def _written(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file
