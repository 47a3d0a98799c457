"""`mlguard list`: guards, datasets and the state of every golden."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mlguard.core.record import EFFECT, Observation
from mlguard.core.run_name import MAIN, Config
from mlguard.core.value import number
from tests.cli.test_check import second
from tests.project import CODE, FILES, Project


@pytest.fixture(scope="module")
def project(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A guard with its golden, and one without."""
    made = Project(tmp_path_factory.mktemp("list"), {**FILES, "tests/guards/test_second.py": second()})
    made.edit(CODE, 'rows["x"]).to_numpy()', 'rows["x"]).to_numpy() + rows.index.to_numpy() * 0.5')
    made.regen()
    return made


def test_states_and_contracts_that_never_held(project: Project):
    ran = project.command("list")
    assert (ran.code, ran.err, ran.changed) == (0, "", ())
    lines = [text.split("  ") for text in ran.out.splitlines()]
    cells = [[cell.strip() for cell in line if cell.strip()] for line in lines]
    assert cells[0][:3] == ["Line", "tiny", "recorded"]
    assert "row index" in cells[0][3]
    assert cells[1] == ["Second", "tiny", "missing"]


def test_a_loosely_guarded_guard_says_how_loose_in_units_of_its_answer(project: Project):
    golden = project.golden()
    loud = replace(golden.tolerances, noise={"column prediction": 1e-4})
    project.goldens.save(replace(golden, tolerances=loud))
    try:
        line, told = project.command("list", "Line").out, project.command("list", "Line", "--json").json["guards"][0]
    finally:
        project.goldens.save(golden)
    (loose,) = told["loosely_guarded"]
    assert (loose["name"], loose["share"], loose["noise"]) == ("prediction", 1e-3, 1e-4)
    assert f"loosely guarded: prediction may move by ±{loose['limit']:.2g}" in line
    answers = golden.by_key()[(MAIN, "predict", "train.prediction")].value.data  # Spread wider than those for the test.
    low, high = np.quantile(answers, (0.1, 0.9))
    assert loose["limit"] == pytest.approx(1e-3 * (high - low) / 2.56, rel=0.1)
    assert "loosely guarded" not in project.command("list", "Line").out


def test_configuration_keys_that_the_data_do_not_show_are_named(project: Project):
    golden = project.golden()
    cap = Observation("predict", "effect", number(0.0), role=EFFECT, run=Config("cap"))
    project.goldens.save(golden.with_observations((*golden, cap)))
    try:
        line, told = project.command("list", "Line").out, project.command("list", "Line", "--json").json["guards"][0]
    finally:
        project.goldens.save(golden)
    assert "; without effect on its data: cap" in line
    assert told["without_effect"] == ["cap"]
    assert "without effect" not in project.command("list", "Line").out


def test_json_has_places_and_reasons(project: Project):
    told = project.command("list", "--json", below="tests").json["guards"]
    assert [(g["name"], g["golden"], g["file"]) for g in told] == [
        ("Line", "recorded", "tests/guards/test_line.py"),
        ("Second", "missing", "tests/guards/test_second.py"),
    ]
    assert told[0]["reason"] == "a test"
    assert told[0]["line"] == 5


def test_corrupt_stale_and_pytests_own_goldens(project: Project):
    with (
        project.also("golden/Second/record.json", "{"),
        project.also("golden/Gone/record.json", "{}"),
        project.also("golden/tests/test_x.py/test_y/record.json", "{}"),
    ):
        told = {g["name"]: g["golden"] for g in project.command("list", "--json").json["guards"]}
        assert told == {
            "Line": "recorded",
            "Second": "corrupt",
            "Gone": "stale",
            "tests/test_x.py::test_y": "pytest only",
        }
        with project.also("tests/guards/test_broken.py", "import no_such_module\n"):
            hidden = project.command("list", "--json")
    assert {g["name"]: g["golden"] for g in hidden.json["guards"]}["Gone"] == "unknown"
    assert list(hidden.json["broken"]) == ["tests/guards/test_broken.py"]


def test_a_project_without_guards_is_usage(project: Project):
    empty = '[tool.mlguard]\nguards = ["line.py"]\ngolden = "none"\n'
    with project.editing("pyproject.toml", "[tool.mlguard]\n", empty):
        ran = project.command("list")
    assert ran.code == 2
    assert "no guards found" in ran.err
