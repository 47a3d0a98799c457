"""`mlguard diff` names the edit that moved a guard where undoing it brings the old values back, and no other one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.project import CODE, FILES, GUARD
from tests.repository import Repository

SCALED = "float(y.mean() - slope * x.mean())}", "float(y.mean() - slope * x.mean()) + 0.25}"
SUM = 16.9
"""Of what trains in the run of seed 1, and in no other run."""

OBSERVING = """\
import line
from mlguard import Guard


class Line(Guard):
    dataset = "tiny"
    seeds = (0,)

    def observe(self, data, notes):
        notes.note("slope", line.Line().fit(data.rows).slope, stage="train")
"""

MODEL = """\
import time


class Line:
    def __init__(self, ridge=0.0):
        self.ridge = ridge
        self.started = time.time()

    def fit(self, rows):
        self.slope = float(self._centred(rows["y"]).sum() / (len(rows) + self.ridge))
        return self

    def _centred(self, x):
        return x - x.min()
"""


@pytest.fixture
def repository(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A project with one commit."""
    return Repository(tmp_path_factory.mktemp("repository"))


@pytest.fixture
def observing(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """One whose guard observes by itself, and calls a constructor that keeps the time."""
    return Repository(tmp_path_factory.mktemp("observing"), files={**FILES, CODE: MODEL, GUARD: OBSERVING})


def told(repository: Repository, *arguments: str, below: str = ".", code: int = 1) -> dict[str, Any]:
    """What is said of the only guard, between the commit and the working tree."""
    ran = repository.project.command("diff", *(arguments or ("HEAD",)), "--json", below=below)
    assert ran.code == code, ran.out
    (guard,) = ran.json["guards"]
    assert isinstance(guard, dict)
    return guard


def names(guard: dict[str, Any]) -> list[str]:
    return [edit["name"] for edit in guard["edits"]]


def test_the_function_that_was_edited_is_named_with_its_hunk(repository: Repository):
    repository.project.edit(CODE, *SCALED)
    guard = told(repository)
    assert (guard["function"], guard["file"], guard["line"], guard["proof"]) == ("line.fit", CODE, 1, "alone")
    assert guard["how"] == "undoing this alone restores every value"
    assert guard["hunk"].startswith("@@ -4 +4 @@\n-    return {")
    assert (guard["total"], guard["harmless"], guard["runs"]) == (1, [], 2)


@pytest.mark.parametrize(
    ("old", "new", "name", "said"),
    [
        ("def fit", "EXTRA = 0.5\n\n\ndef fit", "line.EXTRA", "0.0 -> 0.5"),
        ("ridge=0.0", "ridge=1.0", "line.fit", "default of ridge: 0.0 -> 1.0"),
    ],
)
def test_what_was_edited_is_named_and_not_who_reads_it(
    repository: Repository, old: str, new: str, name: str, said: str
):
    project = repository.project
    before = FILES[CODE].replace('model["shift"] +', 'model["shift"] + EXTRA +')
    project.write(CODE, f"EXTRA = 0.0\n\n\n{before}")
    repository.commit("Name a constant")
    project.write(CODE, before.replace(old, new) if "EXTRA" in new else f"EXTRA = 0.0\n\n\n{before.replace(old, new)}")
    guard = told(repository)
    assert names(guard) == [name]
    assert guard["edits"][0]["told"] == said
    assert guard["function"] == (name if name == "line.fit" else None)


def test_harmless_edits_of_one_commit_are_listed_and_never_named(repository: Repository):
    project = repository.project
    project.edit(CODE, *SCALED)
    project.edit(CODE, "float(abs(y.to_numpy() - answers).mean())", "float(abs(answers - y.to_numpy()).mean())")
    project.edit(CODE, '(model["shift"] + model["slope"] * rows["x"]).to_numpy()', "_on(model, rows).to_numpy()")
    text = (project.root / CODE).read_text()
    project.write(CODE, f'{text}\n\ndef _on(model, rows):\n    return model["slope"] * rows["x"] + model["shift"]\n')
    guard = told(repository)
    assert (names(guard), guard["proof"]) == (["line.fit"], "alone")
    assert set(guard["harmless"]) == {"line.answer", "line.score"}
    out = repository.project.command("diff", "HEAD").out
    assert f"  moved by function line.fit ({CODE}:1)\n" in out
    assert "  the other 2 edits change nothing that is observed: line." in out


def test_two_edits_that_each_move_something_are_both_named(repository: Repository):
    repository.project.edit(CODE, *SCALED)
    repository.project.edit(CODE, "answers).mean())", "answers).max())")
    guard = told(repository)
    assert (set(names(guard)), guard["proof"]) == ({"line.fit", "line.score"}, "each")
    moved = {edit["name"]: edit["moves"] for edit in guard["edits"]}
    assert moved["line.score"] == ["evaluate mae"]


def test_two_edits_that_undo_each_other_are_none(repository: Repository):
    repository.project.edit(CODE, *SCALED)
    repository.project.edit(CODE, 'model["shift"] +', 'model["shift"] - 0.25 +')
    assert told(repository, code=0)["proof"] is None


def test_a_function_that_moved_to_another_file_is_compared_there(repository: Repository):
    head, answer, score = FILES[CODE].split("def ")[1:]
    repository.project.write("answers.py", "def " + answer.replace('model["shift"] +', 'model["shift"] + 0.25 +'))
    repository.project.write(CODE, f"from answers import answer  # noqa\n\n\ndef {head}def {score}")
    repository.git("add", "--all")
    guard = told(repository)
    assert (guard["function"], guard["file"], guard["proof"]) == ("answers.answer", "answers.py", "alone")
    assert "+ 0.25 +" in guard["hunk"]


def test_a_move_that_only_another_seed_shows_is_proven_there(repository: Repository):
    repository.project.edit(CODE, "    slope =", f"    ridge = 5.0 * (abs(float(x.sum()) - {SUM}) < 0.01)\n    slope =")
    guard = told(repository)
    assert (guard["first_run"], guard["function"], guard["proof"]) == ("seed 1", "line.fit", "alone")


def test_a_move_that_only_probes_show_is_proven_there(repository: Repository):
    """Between the grid of the data, only the probes just outside it ask."""
    repository.project.edit(CODE, 'rows["x"]).to_numpy()', 'rows["x"].clip(upper=6.0)).to_numpy()')
    guard = told(repository)
    assert {f["role"] for f in guard["findings"] if f["gates"] and f["outcome"] == "shifted"} == {"probe"}
    assert (guard["function"], guard["proof"]) == ("line.answer", "alone")


def test_another_order_of_statements_is_an_edit_where_it_moves_something(repository: Repository):
    project = repository.project
    body = FILES[CODE].replace('model["shift"] +', 'model["shift"] + MORE[-1] +')
    head = "MORE = []\n\n\ndef more(x):\n    MORE.append(x)\n\n\n"
    project.write(CODE, f"{head}more(0.25)\nmore(0.5)\n\n\n{body}")
    repository.commit("Collect")
    project.write(CODE, f"{head}more(0.5)\nmore(0.25)\n\n\n{body}")
    guard = told(repository)
    assert (names(guard), guard["proof"], guard["function"]) == (["line (order)"], "alone", None)


def test_a_pure_refactor_names_nothing(repository: Repository):
    repository.project.edit(
        CODE,
        '    return (model["shift"] + model["slope"] * rows["x"]).to_numpy()\n',
        '    return line_of(model, rows["x"]).to_numpy()\n\n\n'
        'def line_of(model, x):\n    return model["shift"] + model["slope"] * x\n',
    )
    guard = told(repository, code=0)
    assert (guard["function"], guard["edits"]) == (None, [])


def test_code_that_raises_names_the_edit_without_which_it_runs(repository: Repository):
    repository.project.edit(CODE, 'rows["x"], rows["y"]', 'rows["x"], rows["z"]')
    repository.project.edit(CODE, "answers).mean())", "answers).max())")
    guard = told(repository, code=5)
    assert (guard["function"], guard["how"]) == ("line.fit", "undoing this alone makes it run again")


def test_a_key_of_the_configuration_is_named_with_both_values(at_once: None, tmp_path_factory: pytest.TempPathFactory):
    guard = FILES[GUARD].replace('    dataset = "tiny"', '    dataset = "tiny"\n    config = "line.json"')
    guard = guard.replace("line.fit(train)", 'line.fit(train, ridge=self.config["model"]["ridge"])')
    files = {**FILES, GUARD: guard, "line.json": '{"model": {"ridge": 0.5}, "name": "a"}'}
    repository = Repository(tmp_path_factory.mktemp("configured"), files=files)
    repository.project.write("line.json", '{"model": {"ridge": 0.75}, "name": "b"}')
    found = told(repository)
    assert [(e["name"], e["told"]) for e in found["edits"]] == [("line.json: model.ridge", "0.5 -> 0.75")]
    assert "line.json: name" in found["harmless"]


@pytest.mark.parametrize(
    ("old", "new", "function"),
    [
        ("return x - x.min()", "return x - x.max()", "line.Line._centred"),
        ("ridge=0.0", "ridge=1.0", "line.Line.__init__"),
        ("len(rows) + self", "2 + len(rows) + self", "line.Line.fit"),
    ],
)
def test_a_constructor_that_keeps_the_time_is_not_named_for_that(
    observing: Repository, old: str, new: str, function: str
):
    observing.project.edit(CODE, old, new)
    guard = told(observing)
    assert (names(guard), guard["proof"]) == ([function], "alone")


def test_an_attribute_beside_the_edit_is_harmless(observing: Repository):
    observing.project.edit(CODE, "        self.started", "        self.cache = None\n        self.started")
    observing.project.edit(CODE, "len(rows) + self", "2 + len(rows) + self")
    guard = told(observing)
    assert (names(guard), guard["harmless"]) == (["line.Line.fit"], ["line.Line.__init__"])


def test_of_values_that_differ_in_every_run_no_edit_is_blamed(observing: Repository):
    observing.project.edit(CODE, "import time", "import os\nimport time")
    observing.project.edit(CODE, "float(self._centred", "os.urandom(1)[0] + float(self._centred")
    observing.commit("Add noise")
    observing.project.edit(CODE, "x - x.min()", "x - x.min() * 1.0")
    guard = told(observing)
    assert (guard["function"], guard["proof"]) == (None, "unstable")


def test_what_the_copy_does_not_show_is_blamed_on_no_edit(repository: Repository):
    project = repository.project
    project.write(".gitignore", "flag\n")
    project.edit(CODE, "def fit", "import os\n\n\ndef fit")
    project.edit(CODE, 'model["shift"] +', 'model["shift"] + os.path.exists("flag") +')
    repository.commit("Look for a file")
    project.write("flag", "")
    project.edit(CODE, "answers).mean())", "answers).mean()) * 1.0")
    guard = told(repository)
    assert (guard["function"], guard["proof"]) == (None, "apart")


def test_without_a_proof_there_are_only_candidates(repository: Repository):
    repository.project.edit(CODE, *SCALED)
    repository.project.edit(
        CODE, "float(abs(y.to_numpy() - answers).mean())", "float(abs(answers - y.to_numpy()).mean())"
    )
    guard = told(repository, "HEAD", "--no-proof")
    assert (guard["function"], guard["proof"], guard["runs"]) == (None, "candidates", 0)
    assert names(guard) == ["line.fit", "line.score"]
    assert "none of them proven" in guard["how"]


def test_a_file_beside_the_project_in_its_repository_has_a_path_from_the_project(
    at_once: None, tmp_path_factory: pytest.TempPathFactory
):
    files = {f"products/{name}": text for name, text in FILES.items() if name != CODE}
    files["products/pyproject.toml"] += '[tool.pytest.ini_options]\npythonpath = ["../libs"]\n'
    repository = Repository(tmp_path_factory.mktemp("several"), files={**files, f"libs/{CODE}": FILES[CODE]})
    repository.project.edit(f"libs/{CODE}", *SCALED)
    guard = told(repository, below="products")
    assert (guard["function"], guard["file"]) == ("line.fit", f"../libs/{CODE}")
    assert "+ 0.25}" in guard["hunk"]
    assert told(repository, "HEAD", "HEAD~0", below="products", code=0)["proof"] is None
