"""A guard of command lines: what a declaration may say, what programs are given, and that nothing is left unasked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mlguard import CommandGuard, Dataset
from mlguard.core.guard import problems
from mlguard.core.outcome import Outcome
from mlguard.core.record import CONTRACT
from mlguard.programs.error import ProgramError
from tests.project import FILES, Project

COMMANDS = "tests/guards/test_commands.py"
SCRIPTS = {
    "bin/train.py": """\
import argparse, json, pathlib
import pandas as pd
import line

parser = argparse.ArgumentParser()
parser.add_argument("--config")
parser.add_argument("rows")
parser.add_argument("out")
given = parser.parse_args()
model = line.fit(pd.read_csv(given.rows), json.loads(pathlib.Path(given.config).read_text())["ridge"])
pathlib.Path(given.out, "model.json").write_text(json.dumps(model))
""",
    "bin/predict.sh": 'awk -f "$(dirname "$0")/predict.awk" "$1/model.json" FS=, "$2" > "$3"\n',
    "bin/predict.awk": """\
FNR == NR { gsub(/[{},:"]/, " "); slope = $2; shift = $4; next }
FNR == 1 { for (i = 1; i <= NF; i++) if ($i == "x") x = i; print "hours"; next }
{ if ($x == "") print ""; else printf "%.17g\\n", shift + slope * $x }
""",
    "bin/evaluate.py": """\
import json, sys
import pandas as pd
import line

test, answers = map(pd.read_csv, sys.argv[1:])
print("measured")
print(json.dumps(line.score(test["y"], answers["hours"].to_numpy())))
""",
    "config.json": '{"ridge": 0.5}',
    COMMANDS: """\
from mlguard import CommandGuard


class Commands(CommandGuard):
    dataset = "tiny"
    target = "y"
    seeds = (0, 1)
    config = "config.json"
    train = "python bin/train.py --config {config} {train} {bundle}"
    predict = "sh bin/predict.sh {bundle} {rows} {answers}"
    evaluate = "python bin/evaluate.py {test} {answers}"
""",
}


@pytest.fixture(scope="module")
def shop(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A line that is learned by Python, answered by awk and measured by Python, with its golden."""
    project = Project(tmp_path_factory.mktemp("shop"), {**FILES, **SCRIPTS})
    assert project.regen("Commands", COMMANDS).refused is None
    return project


def test_programs_in_two_languages_are_asked_everything(shop: Project) -> None:
    golden = shop.golden("Commands")
    held = {o.name: str(o.value.data[0]) for o in golden if o.role == CONTRACT and o.stage == "contracts"}
    asked = ("predict twice", "single rows", "batches", "row order", "column order", "saved bundle", "first model")
    assert {name: held[name] for name in asked} == dict.fromkeys(asked, "same")
    assert {"main", "seed 1", "config ridge", "refit", "later"} <= {str(o.run) for o in golden}
    assert any(o.name == "probes.hours" for o in golden)
    assert {"bin/train.py", "bin/evaluate.py", "line.py"} <= set(golden.provenance.sources)
    assert next(o.value.data[0] for o in golden if o.name == "model.json.slope") == pytest.approx(2, abs=0.1)
    assert shop.check("Commands", COMMANDS).verdict.outcome is Outcome.MATCH


@pytest.mark.parametrize(
    ("file", "old", "new", "stage"),
    [
        ("line.py", "x, y = rows", "rows = rows[1:]\n    x, y = rows", "train"),
        ("bin/predict.awk", "slope * $x }", "slope * ($x > 5 ? 5 : $x) }", "predict"),
        ("bin/evaluate.py", 'answers["hours"]', 'answers["hours"].round(1)', "evaluate"),
        ("config.json", "0.5", "0.6", "train"),
    ],
)
def test_a_bug_is_found_in_its_program(shop: Project, file: str, old: str, new: str, stage: str) -> None:
    with shop.editing(file, old, new):
        verdict = shop.check("Commands", COMMANDS).verdict
    assert (verdict.outcome, verdict.first_moved) == (Outcome.SHIFTED, stage)


PREDICT = """\
import json, sys
import pandas as pd
import line

bundle, rows, answers = sys.argv[1:]
hours = line.answer(json.load(open(bundle + "/model.json")), pd.read_csv(rows))
pd.DataFrame({"hours": hours}).to_csv(answers, index=False)
"""
METHOD = """\
def predict(self, model, rows):
        import line
        return {"hours": line.answer(model["model.json"], rows)}
"""


@pytest.mark.parametrize(
    "new", ['predict = "python bin/predict.py {bundle} {rows} {answers}"', METHOD], ids=["script", "method"]
)
def test_the_same_in_another_language_or_layer_is_quiet(shop: Project, new: str) -> None:
    old = 'predict = "sh bin/predict.sh {bundle} {rows} {answers}"'
    with shop.also("bin/predict.py", PREDICT), shop.editing(COMMANDS, old, new):
        verdict = shop.check("Commands", COMMANDS).verdict
    assert verdict.outcome is Outcome.MATCH, verdict.moves()


def declared(**entries: Any) -> type[CommandGuard]:
    sound = {
        "dataset": "tiny", "train": "x {train} {bundle}", "predict": "x {bundle} {rows} {answers}", "__module__": "shop"
    }  # fmt: skip
    return type("Shop", (CommandGuard,), {**sound, **entries})


WRONG = [
    ({"train": "x {train}"}, "`train` does not name {bundle}"),
    ({"train": "x {bundle}"}, "`train` names neither {train} nor {data}, so that it would not depend on its rows"),
    (
        {"predict": "x {bundle} {row} {rows} {answers}"},
        "`predict` names {row}; known are {bundle}, {rows}, {answers}, {config}; did you mean {rows}?",
    ),
    (
        {"predict": "x {bundle} {rows.xlsx} {answers}"},
        "`predict` names {rows.xlsx}; tables may be .csv, .tsv, .jsonl, .parquet, .feather, .npy",
    ),
    ({"train": "x '{train} {bundle}"}, "`train` is no command line: No closing quotation"),
    *(
        ({"train": line}, f"`train` says `{word}` to a shell, and none reads it; write it as: sh -c '…'")
        for line, word in (
            ("x {train} {bundle} && echo done", "&&"),
            ("x {train} {bundle} 2>&1", "2>&1"),
            ("x {train} {bundle} > l", ">"),
            ("cd src && x {train} {bundle}", "cd"),
            ("PYTHONPATH=src x {train} {bundle}", "PYTHONPATH=src"),
        )
    ),
    (
        {"train": ("python one.py {train} {bundle}", "python two.py {bundle}")},
        "`train` begins with a program called `python one.py {train} {bundle}`; a list holds the words of one "
        "command line; write several as: sh -c '… && …'",
    ),
    ({"evaluate": "x {answers}"}, "`evaluate` does not name {test}"),
    ({"train": "x {train} {bundle} {config}"}, "`train` names {config}, and the guard has no `config`"),
    (
        {"metrics": ("accuracy",)},
        "`metrics` names scorers of an `estimator`, and there is none; let `evaluate` return metrics",
    ),
    ({"isolate": True}, "`isolate` is no option or method of a guard; did you mean `isolated`?"),
]


@pytest.mark.parametrize(("entries", "told"), WRONG)
def test_a_wrong_command_line_is_told_before_anything_runs(entries: dict[str, Any], told: str) -> None:
    assert problems(declared(**entries)) == [f"guard Shop: {told}"]


def test_a_sound_declaration_has_no_problems() -> None:
    assert problems(declared(evaluate="x {test} {answers.npy} {metrics}", isolated=True)) == []
    assert problems(declared(train=["x", "two words", "{train}", "{bundle}"])) == []
    assert problems(declared(train="sh -c 'cd src && x $0 > $1/log' {train} {bundle} --name=a")) == []


def test_a_program_whose_name_has_blanks_is_no_list_of_programs(tmp_path: Path) -> None:
    program = tmp_path / "my tool"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert problems(declared(train=[str(program), "{train}", "{bundle}"])) == []


def called(folder: Path, method: str, line: str, *given: Any, **facts: Any) -> Any:
    """What one command line of a guard gives."""
    (folder / "run").mkdir(exist_ok=True)
    guard = declared(**{method: line}, config=facts.pop("declared_config", None))()
    guard._root, guard.folder, guard.data = folder, folder / "run", Dataset({"rows": pd.DataFrame({"x": [1]})})
    for name, fact in facts.items():
        setattr(guard, name, fact)
    return getattr(guard, method)(*given)


ROWS = pd.DataFrame({"x": [1, 2]})


def test_a_folder_of_all_tables_and_a_configuration_without_a_file(tmp_path: Path) -> None:
    line = "sh -c 'cat $0/rows.csv $1 > $2/both' {data} {config} {bundle}"
    bundle = called(tmp_path, "train", line, ROWS, config={"a": 1})
    assert bundle._files["both"].decode().split() == ["x", "1", '{"a":', "1}"]
    assert list((tmp_path / "run").iterdir()) == []


def test_a_program_that_knows_its_configuration_finds_the_one_of_the_run(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text("C: 1\n")
    (tmp_path / "other.yaml").write_text("C: 2\n")
    line = "sh -c 'cat params.yaml > $1/seen' {train} {bundle}"
    for path, seen in (("params.yaml", b"C: 1\n"), ("other.yaml", b"C: 2\n")):
        given = {"config_path": tmp_path / path}
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(tmp_path)
            bundle = called(tmp_path, "train", line, ROWS, declared_config="params.yaml", **given)
        assert bundle._files["seen"] == seen


@pytest.mark.parametrize(
    ("method", "line", "told"),
    [
        ("train", "true {train} {bundle}", r"nothing was written into \{bundle\}"),
        ("evaluate", "true {test} {answers}", "printed no JSON object of numbers as its last line: nothing"),
        (
            "evaluate",
            "sh -c 'echo one; echo two' {test} {answers}",
            "printed no JSON object of numbers as its last line: two",
        ),
        ("evaluate", "sh -c 'echo [1]' {test} {answers}", "printed: list, where an object of names and numbers is"),
        ("evaluate", "true {test} {answers} {metrics}", r"^no \{metrics\} was written$"),
    ],
)
def test_what_a_program_left_out_is_named(tmp_path: Path, method: str, line: str, told: str) -> None:
    with pytest.raises(ProgramError, match=told):
        called(tmp_path, method, line, ROWS, *([ROWS] if method == "evaluate" else []))


def test_the_command_line_is_what_messages_call_a_program(tmp_path: Path) -> None:
    with pytest.raises(ProgramError) as raised:
        called(tmp_path, "train", "sh -c 'echo no room >&2; exit 7' {train} {bundle}", ROWS)
    assert str(raised.value) == "`sh -c 'echo no room >&2; exit 7' {train} {bundle}` ended with exit status 7: no room"


def test_pandas_is_not_loaded_where_guards_are_declared() -> None:
    import subprocess

    code = "import sys; from mlguard import CommandGuard, ScriptGuard; print('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"False\n"
