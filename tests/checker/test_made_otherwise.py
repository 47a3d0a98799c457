"""Data that an unchanged generator makes otherwise where a library of another version is installed: the environment."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest

from mlguard.core.cause import CauseKind
from mlguard.core.outcome import Outcome
from mlguard.report.causes import say_cause
from tests.checker.test_cause import cause, check_against, kinds
from tests.project import CODE, FILES, GENERATOR, Project
from tests.repository import Repository

DRAWS = {"1.0": "return rng.randint(-5, 6, rows) / 10", "2.0": "return rng.permutation(rng.randint(-5, 6, rows)) / 10"}
"""A library that draws otherwise in its second version, as NumPy may."""

BESIDE = "datasets/generators/near.py"
HEAD = """\
import sys
from pathlib import Path

import noise
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))
import near
"""


def install(project: Project, version: str) -> None:
    """Install this version of the library, in place of the one that is there."""
    place = project.root.parent / "site-packages"
    shutil.rmtree(place, ignore_errors=True)
    described = place / f"draws-{version}.dist-info"
    described.mkdir(parents=True)
    (place / "draws.py").write_text(f"def noise(rng, rows):\n    {DRAWS[version]}\n")
    (described / "METADATA").write_text(f"Metadata-Version: 2.1\nName: draws\nVersion: {version}\n")
    (described / "RECORD").write_text("draws.py,,\n")


@pytest.fixture(scope="module")
def repository(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A project whose generator draws with that library, by modules of the project and beside itself; its golden."""
    made = Repository(tmp_path_factory.mktemp("made") / "repository")
    line = made.project
    path = '\n[tool.pytest.ini_options]\npythonpath = [".", "../site-packages"]\n'
    line.write("pyproject.toml", FILES["pyproject.toml"] + path)
    line.write(".gitignore", ".mlguard/\n")
    line.write("noise.py", "import draws\n\n\ndef around(y, rng):\n    return y + draws.noise(rng, len(y))\n")
    line.write(BESIDE, "SLOPE = 2\n")
    line.edit(GENERATOR, "import pandas as pd\n", HEAD)
    line.edit(GENERATOR, "2 * x + 1 + rng.randint(-5, 6, rows) / 10", "noise.around(near.SLOPE * x + 1, rng)")
    install(line, "1.0")
    assert line.regen().proposal is not None
    made.commit("Record the golden")
    return made


@pytest.fixture
def line(repository: Repository) -> Iterator[Project]:
    """The project where the second version of the library is installed."""
    install(repository.project, "2.0")
    yield repository.project
    install(repository.project, "1.0")


def test_the_environment_is_named_with_the_library_and_what_shows_it(line: Project, repository: Repository):
    verdict = line.check().verdict
    assert (verdict.outcome, verdict.exit_code) == (Outcome.ENVIRONMENT_CHANGED, 4)
    assert kinds(verdict) == [CauseKind.MADE_OTHERWISE, CauseKind.DATASET_CHANGED, CauseKind.OWN_CODE_AGREES]
    assert say_cause(verdict.causes[0]) == (
        "the generator (datasets/generators/tiny.py) is the golden's and makes other data here; of what it uses "
        "differs: draws 1.0 -> 2.0"
    )
    assert verdict.causes[-1].commit == repository.git("rev-parse", "--short", "HEAD")


def test_a_refactor_of_the_guarded_code_changes_nothing_of_that(line: Project):
    with line.editing(CODE, "y.mean() - slope * x.mean()", "y.mean() - x.mean() * slope"):
        verdict = line.check().verdict
    assert (verdict.outcome, verdict.causes[0].kind) == (Outcome.ENVIRONMENT_CHANGED, CauseKind.MADE_OTHERWISE)


def test_a_bug_beside_it_is_the_codes_fault(line: Project):
    with line.editing(CODE, 'model["shift"] +', 'model["shift"] + 0.01 +'):
        verdict = line.check().verdict
    assert verdict.outcome is Outcome.SHIFTED
    assert cause(verdict, CauseKind.OWN_CODE_DIFFERS).stage == "predict"


@pytest.mark.parametrize("edit", [(GENERATOR, "* x + 1", "* x + 2"), (BESIDE, "2", "2.5")], ids=["script", "beside"])
def test_an_edited_generator_is_changed_data_whatever_is_installed(line: Project, edit: tuple[str, str, str]):
    with line.editing(*edit):
        verdict = line.check().verdict
    assert verdict.outcome is Outcome.DATASET_CHANGED
    assert kinds(verdict) == [CauseKind.DATASET_CHANGED, CauseKind.LIBRARIES_DIFFER, CauseKind.OWN_CODE_AGREES]


def test_code_of_the_project_that_the_generator_uses_excuses_nothing_when_it_is_edited(line: Project):
    with line.editing("noise.py", "return y + ", "return 1 + y + "):
        verdict = line.check().verdict
    assert verdict.outcome is Outcome.SHIFTED


@pytest.mark.parametrize("read", ["Path(__file__).with_name('slope.txt').open()", "os.popen('echo 2')"])
def test_a_generator_that_reads_data_may_have_read_others(line: Project, read: str):
    golden = line.golden()
    with (
        line.also("datasets/generators/slope.txt", "2"),
        line.editing(GENERATOR, "import sys\n", "import os\nimport sys\n"),
    ):
        line.edit(GENERATOR, "near.SLOPE", f"float({read}.read())")
        digest = line.run().record.provenance.sources[GENERATOR]
        sources = {**golden.provenance.sources, GENERATOR: digest}
        verdict = check_against(line, replace(golden, provenance=replace(golden.provenance, sources=sources)))
    assert verdict.outcome is Outcome.DATASET_CHANGED
    assert kinds(verdict) == [CauseKind.DATASET_CHANGED, CauseKind.LIBRARIES_DIFFER, CauseKind.OWN_CODE_AGREES]


def test_a_generator_that_asks_a_variable_may_have_been_told_something_else(line: Project):
    golden = line.golden()
    with line.editing(GENERATOR, "import sys\n", "import os\nimport sys\n"):
        line.edit(GENERATOR, "near.SLOPE", "float(os.environ.get('OUR_SLOPE', 2))")
        sources = {**golden.provenance.sources, GENERATOR: line.run().record.provenance.sources[GENERATOR]}
        verdict = check_against(line, replace(golden, provenance=replace(golden.provenance, sources=sources)))
    assert verdict.outcome is Outcome.DATASET_CHANGED
    assert cause(verdict, CauseKind.VARIABLES_UNKNOWN).names == ("OUR_SLOPE",)


def test_a_library_that_the_generator_does_not_use_explains_no_data(repository: Repository):
    line = repository.project
    golden = line.golden()
    environment = golden.provenance.environment
    other = {**environment, "packages": {**environment["packages"], "python-dateutil": "0.1"}}
    golden = replace(golden, provenance=replace(golden.provenance, environment=other))
    with line.editing(GENERATOR, "* x + 1", "* x + 2"):
        sources = {**golden.provenance.sources, GENERATOR: line.run().record.provenance.sources[GENERATOR]}
        verdict = check_against(line, replace(golden, provenance=replace(golden.provenance, sources=sources)))
    assert verdict.outcome is Outcome.DATASET_CHANGED
    assert [change.name for change in cause(verdict, CauseKind.LIBRARIES_DIFFER).changes] == ["python-dateutil"]
