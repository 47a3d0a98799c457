"""`mlguard diff` names the function that moved first: wherever the move shows, and however far the code has moved."""

from __future__ import annotations

from typing import Any

import pytest

from tests.project import CODE, FILES, GUARD
from tests.repository import Repository

SCALED = "float(y.mean() - slope * x.mean())}", "float(y.mean() - slope * x.mean()) + 0.25}"
SUM = 16.9
"""Of what trains in the run of seed 1, and in no other run."""


@pytest.fixture
def repository(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A project with one commit."""
    return Repository(tmp_path_factory.mktemp("repository"))


def moved(repository: Repository) -> dict[str, Any]:
    """What is said of the only guard, between the commit and the working tree."""
    ran = repository.project.command("diff", "HEAD", "--json")
    assert ran.code == 1
    (guard,) = ran.json["guards"]
    assert isinstance(guard, dict)
    return guard


def test_a_function_that_trains_is_named_with_the_part_that_moved(repository: Repository):
    repository.project.edit(CODE, *SCALED)
    guard = moved(repository)
    assert (guard["function"], guard["file"], guard["line"], guard["how"]) == (
        "line.fit", CODE, 1, "inputs equal, output differs",
    )  # fmt: skip
    (value,) = guard["values"]
    assert value.startswith("shift: ")


def test_a_constant_that_a_function_reads_leaves_the_function_without_an_edit_and_says_so(repository: Repository):
    repository.project.write(
        CODE, "EXTRA = 0.0\n\n\n" + FILES[CODE].replace('model["shift"] +', 'model["shift"] + EXTRA +')
    )
    repository.commit("Name a constant")
    repository.project.edit(CODE, "EXTRA = 0.0", "EXTRA = 0.25")
    guard = moved(repository)
    assert (guard["function"], guard["hunk"]) == ("line.answer", "")
    assert "no edit touches its lines" in guard["how"]


def test_a_function_that_moved_to_another_file_has_both_places_compared(repository: Repository):
    head, answer, score = FILES[CODE].split("def ")[1:]
    repository.project.write("answers.py", "def " + answer.replace('model["shift"] +', 'model["shift"] + 0.25 +'))
    repository.project.write(CODE, f"from answers import answer  # noqa\n\n\ndef {head}def {score}")
    guard = moved(repository)
    assert (guard["function"], guard["file"], guard["line"]) == ("answers.answer", "answers.py", 1)
    assert "+ 0.25 +" in guard["hunk"]


def test_a_move_that_only_another_seed_shows_is_followed_there(repository: Repository):
    repository.project.edit(CODE, "    slope =", f"    ridge = 5.0 * (abs(float(x.sum()) - {SUM}) < 0.01)\n    slope =")
    guard = moved(repository)
    assert (guard["first_run"], guard["function"]) == ("seed 1", "line.fit")


def test_a_move_that_only_probes_show_is_followed_there(repository: Repository):
    """Between the grid of the data, only the probes just outside it ask."""
    repository.project.edit(CODE, 'rows["x"]).to_numpy()', 'rows["x"].clip(upper=6.0)).to_numpy()')
    guard = moved(repository)
    assert {f["role"] for f in guard["findings"] if f["gates"] and f["outcome"] == "shifted"} == {"probe"}
    assert guard["function"] == "line.answer"


def test_a_pure_refactor_names_nothing(repository: Repository):
    repository.project.edit(
        CODE,
        '    return (model["shift"] + model["slope"] * rows["x"]).to_numpy()\n',
        '    return line_of(model, rows["x"]).to_numpy()\n\n\n'
        'def line_of(model, x):\n    return model["shift"] + model["slope"] * x\n',
    )
    ran = repository.project.command("diff", "HEAD", "--json")
    assert ran.code == 0
    assert ran.json["guards"][0]["function"] is None


def test_the_text_has_function_place_values_and_hunk(repository: Repository):
    repository.project.edit(CODE, *SCALED)
    told = repository.project.command("diff", "HEAD").out
    assert f"first moved function: line.fit ({CODE}:1): inputs equal, output differs\n" in told
    assert "\n    @@ -4 +4 @@\n    -    return {" in told


def test_guards_that_observe_by_themselves_are_followed_too(repository: Repository):
    guard = """\
import line
from mlguard import Guard


class Line(Guard):
    dataset = "tiny"
    seeds = (0,)

    def observe(self, data, notes):
        notes.note("slope", line.fit(data.rows)["slope"], stage="train")
"""
    repository.project.write(GUARD, guard)
    repository.commit("Observe by itself")
    repository.project.edit(CODE, "+ ridge))", "+ ridge + 1.0))")
    assert moved(repository)["function"] == "line.fit"


def test_a_default_that_moved_is_its_functions_and_not_the_guards(repository: Repository):
    repository.project.edit(CODE, "ridge=0.0", "ridge=1.0")
    guard = moved(repository)
    assert (guard["function"], guard["line"]) == ("line.fit", 1)
    assert "a default of its own or a constant moved" in guard["how"]
    assert "+def fit(rows, ridge=1.0):" in guard["hunk"]


def test_a_function_beside_the_project_in_its_repository_has_a_path_from_the_project(
    at_once: None, tmp_path_factory: pytest.TempPathFactory
):
    files = {f"products/{name}": text for name, text in FILES.items() if name != CODE}
    files["products/pyproject.toml"] += '[tool.pytest.ini_options]\npythonpath = ["../libs"]\n'
    repository = Repository(tmp_path_factory.mktemp("several"), files={**files, f"libs/{CODE}": FILES[CODE]})
    repository.project.edit(f"libs/{CODE}", *SCALED)
    ran = repository.project.command("diff", "HEAD", "--json", below="products")
    (guard,) = ran.json["guards"]
    assert (ran.code, guard["function"], guard["file"]) == (1, "line.fit", f"../libs/{CODE}")
    assert "+ 0.25}" in guard["hunk"]
    back = repository.project.command("diff", "HEAD", "HEAD~0", "--json", below="products")
    assert back.code == 0
