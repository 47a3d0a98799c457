"""Causes: configuration, data, environment or code; an excuse is shown, and doubt is red."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mlguard.checker.known import Known
from mlguard.core.cause import Cause, CauseKind, ChangeOf
from mlguard.core.outcome import Outcome
from mlguard.core.record import Record
from mlguard.core.verdict import Verdict
from mlguard.report.quiet import remarks
from mlguard.worker.describe import effect
from mlguard.worker.environment import Environment
from tests.project import CODE, FILES, GENERATOR, GUARD, Project
from tests.repository import Repository

CONFIG = "configs/line.json"
SHIFT = ('model["shift"] +', 'model["shift"] + 0.01 +')
OTHER_DATA = ("2 * x + 1", "2.5 * x + 1")
OTHER_DATA_IN_SEED_1 = ("    return pd.DataFrame", "    if x[0] != 4.4:\n        x[0] += 1\n    return pd.DataFrame")
BUG_OF_SEED_1 = ('model["shift"] +', 'model["shift"] + (rows["x"] == 0.7) +')  # A test row of seed 1, and no other one.


@pytest.fixture(scope="module")
def repository(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A tiny project with its golden, both committed, with a configuration of which one key acts and one does not."""
    made = Repository(tmp_path_factory.mktemp("cause") / "repository")
    made.project.write(".gitignore", ".mlguard/\nsecret.txt\n")
    made.project.write(CONFIG, '{"ridge": 0.5, "title": "a line"}\n')
    made.project.edit(GUARD, '    dataset = "tiny"\n', f'    dataset = "tiny"\n    config = "{CONFIG}"\n')
    made.edit(GUARD, "line.fit(train)", 'line.fit(train, self.config["ridge"])')
    assert made.project.regen().proposal is not None
    made.commit("Record the golden")
    return made


@pytest.fixture
def line(repository: Repository) -> Project:
    return repository.project


def kinds(verdict: Verdict) -> list[CauseKind]:
    return [cause.kind for cause in verdict.causes]


def cause(verdict: Verdict, kind: CauseKind) -> Cause:
    (found,) = [one for one in verdict.causes if one.kind is kind]
    return found


def as_if(golden: Record, **environment: Any) -> Record:
    """A golden as another machine or another environment would have recorded it."""
    changed = {**golden.provenance.environment, **environment}
    return replace(golden, provenance=replace(golden.provenance, environment=changed))


def older_numpy(golden: Record) -> Record:
    return as_if(golden, packages={**golden.provenance.environment["packages"], "numpy": "1.0.0"})


def with_another_metric(golden: Record) -> Record:
    moved = (replace(o, value=replace(o.value, data=o.value.data + 0.01)) if o.name == "mae" else o for o in golden)
    return golden.with_observations(tuple(moved))


def check_against(project: Project, golden: Record) -> Verdict:
    """Check with another golden in place, and put the own one back."""
    folder = Path(project.goldens.place("Line"))
    kept = project.root / ".mlguard" / "kept"
    shutil.copytree(folder, kept)
    project.goldens.save(golden)
    try:
        return project.check().verdict
    finally:
        shutil.rmtree(folder)
        shutil.move(kept, folder)


def test_an_edited_configuration_that_moves_something_is_shifted_and_names_the_key(line: Project):
    with line.editing(CONFIG, "0.5", "2.5"):
        verdict = line.check().verdict
    assert (verdict.outcome, verdict.first_moved) == (Outcome.SHIFTED, "train")
    assert verdict.changed == (ChangeOf.CONFIGURATION,)
    (edited,) = verdict.causes
    assert (edited.kind, [c.name for c in edited.changes]) == (CauseKind.CONFIGURATION_EDITED, ["ridge"])


def test_an_edited_configuration_that_moves_nothing_is_one_quiet_line(line: Project):
    with line.editing(CONFIG, "a line", "another line"):
        verdict = line.check().verdict
    assert (verdict.outcome, verdict.changed) == (Outcome.MATCH, ())
    assert kinds(verdict) == [CauseKind.CONFIGURATION_EDITED]
    assert remarks(verdict)[0] == "the configuration was edited: title 'a line' -> 'another line'; nothing moved"


def test_an_edited_generator_alone_is_dataset_changed_and_shown(line: Project, repository: Repository):
    with line.editing(GENERATOR, *OTHER_DATA):
        verdict = line.check().verdict
    assert (verdict.outcome, verdict.exit_code) == (Outcome.DATASET_CHANGED, 4)
    assert kinds(verdict) == [CauseKind.DATASET_CHANGED, CauseKind.OWN_CODE_AGREES]
    assert verdict.causes[0].names == ("rows (y)", "rows of seed 1")
    assert verdict.causes[1].commit == repository.git("rev-parse", "--short", "HEAD")


def test_a_refactor_beside_an_edited_generator_is_innocent(line: Project):
    refactor = ("y.mean() - slope * x.mean()", "y.mean() - x.mean() * slope")
    with line.editing(GENERATOR, *OTHER_DATA), line.editing(CODE, *refactor):
        verdict = line.check().verdict
    assert (verdict.outcome, verdict.changed) == (Outcome.DATASET_CHANGED, (ChangeOf.DATA,))


def test_what_the_guard_waives_is_no_sign_of_changed_code(line: Project):
    with line.editing(GENERATOR, *OTHER_DATA), line.editing(CODE, '"rows": len(y)', '"rows": len(y) + 1'):
        seen = line.check(waive={"rows": "counts what it likes"})
    assert seen.verdict.outcome is Outcome.DATASET_CHANGED


def test_a_gate_that_fails_is_violated_though_only_the_data_changed(line: Project):
    with line.editing(GENERATOR, *OTHER_DATA):
        verdict = line.check(require={"mae": "< 0"}).verdict
    assert (verdict.outcome, verdict.exit_code) == (Outcome.VIOLATED, 1)
    assert kinds(verdict)[-1] is CauseKind.OWN_CODE_AGREES
    assert verdict.changed == (ChangeOf.DATA,)


def test_data_of_another_seed_alone_are_dataset_changed(line: Project):
    with line.editing(GENERATOR, *OTHER_DATA_IN_SEED_1):
        verdict = line.check().verdict
    assert (verdict.outcome, verdict.first_run) == (Outcome.DATASET_CHANGED, "seed 1")
    assert verdict.causes[0].names == ("rows of seed 1",)


def test_generator_and_code_edited_together_are_shifted_and_the_golden_commit_is_named(line: Project):
    with line.editing(GENERATOR, *OTHER_DATA), line.editing(CODE, *SHIFT):
        verdict = line.check().verdict
    assert (verdict.outcome, verdict.exit_code) == (Outcome.SHIFTED, 1)
    assert kinds(verdict) == [CauseKind.OWN_CODE_DIFFERS, CauseKind.DATASET_CHANGED]
    assert (verdict.causes[0].stage, verdict.changed) == ("predict", (ChangeOf.CODE, ChangeOf.DATA))


def test_a_bug_that_only_rows_of_another_seed_reach_is_not_excused_by_a_new_column(line: Project):
    with line.editing(GENERATOR, '"shop":', '"z": x, "shop":'), line.editing(CODE, *BUG_OF_SEED_1):
        verdict = line.check().verdict
    assert verdict.outcome is Outcome.SHIFTED
    assert cause(verdict, CauseKind.OWN_CODE_DIFFERS)


def test_another_library_with_the_same_code_is_environment_changed_and_shown(line: Project):
    verdict = check_against(line, with_another_metric(older_numpy(line.golden())))
    assert (verdict.outcome, verdict.exit_code) == (Outcome.ENVIRONMENT_CHANGED, 4)
    assert kinds(verdict) == [CauseKind.LIBRARIES_DIFFER, CauseKind.OWN_CODE_AGREES]
    assert [change.name for change in verdict.causes[0].changes] == ["numpy"]
    assert verdict.changed == (ChangeOf.ENVIRONMENT,)


def test_a_bug_beside_another_library_is_shown_to_be_the_code_alone(line: Project):
    with line.editing(CODE, *SHIFT):
        verdict = check_against(line, older_numpy(line.golden()))
    assert verdict.outcome is Outcome.SHIFTED
    assert kinds(verdict) == [CauseKind.OWN_CODE_DIFFERS]
    assert verdict.changed == (ChangeOf.CODE,)


def test_a_bug_in_the_commit_that_brought_the_golden_proves_nothing(line: Project, repository: Repository):
    """As when a branch is squashed: the golden was recorded before the bug, and both came in one commit."""
    with line.editing(CODE, *SHIFT):
        golden = replace(older_numpy(line.golden()), approvals=())
        line.goldens.save(golden)
        repository.commit("A golden and a bug")
        try:
            verdict = line.check().verdict
        finally:
            repository.git("reset", "--quiet", "--hard", "HEAD~1")
            line.edit(CODE, *SHIFT)  # For the block to take back.
    assert verdict.outcome is Outcome.SHIFTED
    assert cause(verdict, CauseKind.OWN_CODE_UNPROVEN).names == (CODE,)


def test_another_library_alone_is_no_reason_to_fail(line: Project):
    assert check_against(line, older_numpy(line.golden())).outcome is Outcome.MATCH


@pytest.mark.parametrize("where", ["beside the project", "run by runpy", "in a database", "ignored by git"])
def test_no_library_excuses_an_edit_outside_of_the_modules(line: Project, where: str):
    """Of a package that the import path leads to, of a script, of a database, and of a file that is in no commit."""
    name, read, old, new = {
        "beside the project": ("../beside/factor.py", "__import__('factor').FACTOR", "FACTOR = 1\n", "FACTOR = 2\n"),
        "run by runpy": ("f/x.py", "__import__('runpy').run_path(HERE / 'f/x.py')['F']", "F = 1\n", "F = 2\n"),
        "in a database": ("shop.db", DATABASE, "", ""),
        "ignored by git": ("secret.txt", "float((HERE / 'secret.txt').read_text())", "1", "2"),
    }[where]
    head = "from pathlib import Path\n\nHERE = Path(__file__).parent\n\n\ndef fit("
    settings = f'{FILES["pyproject.toml"]}\n[tool.pytest.ini_options]\npythonpath = [".", "../beside"]\n'
    with (
        line.editing("pyproject.toml", FILES["pyproject.toml"], settings),
        line.also(name, old),
        line.editing(CODE, "def fit(", head),
        line.editing(CODE, 'model["shift"] +', f'model["shift"] * {read} +'),
    ):
        content(line.root / name, old, 1)
        golden = older_numpy(replace(line.run().record, approvals=line.golden().approvals))
        assert check_against(line, golden).outcome is Outcome.MATCH
        content(line.root / name, new, 2)
        verdict = check_against(line, golden)
    assert (verdict.outcome, verdict.exit_code) == (Outcome.SHIFTED, 1)
    assert any(name in one.names for one in verdict.causes)


DATABASE = "__import__('sqlite3').connect(HERE / 'shop.db').execute('select x from f').fetchone()[0]"


def content(file: Path, text: str, factor: int) -> None:
    if file.suffix != ".db":
        file.write_text(text)
        return
    file.unlink(missing_ok=True)
    with sqlite3.connect(file) as database:
        database.execute("create table f (x)")
        database.execute("insert into f values (?)", (factor,))
    database.close()


def test_without_git_nothing_is_excused(at_once: None, tmp_path: Path):
    project = Project(tmp_path / "plain")
    assert project.regen().proposal is not None
    with project.editing(GENERATOR, *OTHER_DATA):
        verdict = project.check().verdict
    assert (verdict.outcome, verdict.exit_code) == (Outcome.SHIFTED, 1)
    assert kinds(verdict) == [CauseKind.TABLES_AGREE, CauseKind.OWN_CODE_GONE, CauseKind.DATASET_CHANGED]
    with project.editing(GENERATOR, *OTHER_DATA), project.editing(CODE, *SHIFT):
        assert kinds(project.check().verdict)[0] is CauseKind.TABLES_MOVE
    with (
        project.editing(GENERATOR, '"shop":', '"z": x, "shop":'),
        project.editing(CODE, 'rows["x"], rows["y"]', 'rows["z"], rows["y"]'),
    ):
        failing = project.check().verdict.causes[0]
    assert (failing.kind, "`train` raised KeyError: 'z'" in failing.detail) == (CauseKind.TABLES_FAIL, True)
    shutil.rmtree(project.root / "golden" / "_datasets")
    with project.editing(GENERATOR, *OTHER_DATA):
        assert kinds(project.check().verdict)[0] is CauseKind.TABLES_GONE


def test_a_shallow_clone_fetches_the_goldens_commit(repository: Repository, tmp_path: Path):
    later = Repository(tmp_path / "origin")
    later.git("fetch", "--quiet", str(repository.top), "HEAD")
    later.git("reset", "--quiet", "--hard", "FETCH_HEAD")
    later.edit(CODE, "y.mean() - slope * x.mean()", "y.mean() - x.mean() * slope")
    later.git("config", "uploadpack.allowAnySHA1InWant", "true")
    clone = tmp_path / "clone"
    later.git("clone", "--quiet", "--depth", "1", later.top.as_uri(), str(clone))
    project = Project(clone, {})
    before = sorted((clone / ".git").rglob("*"))
    golden = with_another_metric(older_numpy(project.golden()))
    assert golden.approvals[0].commit == repository.git("rev-parse", "HEAD~1")
    verdict = check_against(project, golden)
    assert (verdict.outcome, kinds(verdict)[-1]) == (Outcome.ENVIRONMENT_CHANGED, CauseKind.OWN_CODE_AGREES)
    assert sorted((clone / ".git").rglob("*")) == before
    shutil.rmtree(later.top)
    verdict = check_against(project, golden)
    assert verdict.outcome is Outcome.SHIFTED
    assert cause(verdict, CauseKind.OWN_CODE_UNPROVEN).names == (CODE,)


def test_another_cpu_and_edited_code_are_shifted_and_shown_to_be_the_code(line: Project):
    golden = as_if(line.golden(), cpu="Z80", machine="z80")
    with line.editing(CODE, *SHIFT):
        verdict = check_against(line, golden)
    assert verdict.outcome is Outcome.SHIFTED
    assert [(one.kind, one.stage) for one in verdict.causes] == [(CauseKind.OWN_CODE_DIFFERS, "predict")]


def test_another_machine_is_to_blame_where_emulating_it_brings_the_values_back(line: Project):
    by_machine = "import os\n\n\ndef answer(model, rows):\n    model = {**model, 'shift': model['shift'] + BUMP}\n"
    bump = by_machine.replace("BUMP", "0.01 * ('NPY_DISABLE_CPU_FEATURES' in os.environ)")
    with line.editing(CODE, "def answer(model, rows):\n", bump):
        there = line.run(environment=Environment(simd="none")).record
        assert effect(Environment(simd="none"), there.provenance.environment) == []
        verdict = check_against(
            line, replace(line.golden(), observations=there.observations, provenance=there.provenance)
        )
    assert (verdict.outcome, verdict.exit_code) == (Outcome.ENVIRONMENT_CHANGED, 4)
    assert kinds(verdict) == [CauseKind.MACHINE_DIFFERS, CauseKind.EMULATION_AGREES]


def test_what_moves_though_no_file_was_edited_is_shown_to_come_from_elsewhere(line: Project):
    verdict = check_against(line, with_another_metric(line.golden()))
    assert verdict.outcome is Outcome.ENVIRONMENT_CHANGED
    assert kinds(verdict) == [CauseKind.NOTHING_EDITED, CauseKind.OWN_CODE_AGREES]


@pytest.mark.parametrize("where", ["at import", "in a method"])
def test_a_file_that_the_code_reads_is_named_and_no_library_excuses_it(line: Project, where: str):
    read = "float((Path(__file__).parent / 'data' / 'factor.txt').read_text())"
    head = f"from pathlib import Path\n\nFACTOR = {read}\n" if where == "at import" else "from pathlib import Path\n"
    with (
        line.also("data/factor.txt", "1.0"),
        line.editing(CODE, "def fit(", f"{head}\n\ndef fit("),
        line.editing(CODE, 'model["shift"] +', f'model["shift"] * {"FACTOR" if where == "at import" else read} +'),
    ):
        golden = older_numpy(replace(line.run().record, approvals=line.golden().approvals))
        assert check_against(line, golden).outcome is Outcome.MATCH
        with line.editing("data/factor.txt", "1.0", "1.5"):
            verdict = check_against(line, golden)
    assert (verdict.outcome, verdict.exit_code) == (Outcome.SHIFTED, 1)
    assert (verdict.causes[0].kind, verdict.causes[0].names) == (CauseKind.FILES_EDITED, ("data/factor.txt",))


def test_code_that_imports_another_library_did_not_change_the_environment(line: Project):
    with line.editing(CODE, "def fit(", "import joblib\n\n\ndef fit("), line.editing(CODE, *SHIFT):
        verdict = line.check().verdict
    assert verdict.outcome is Outcome.SHIFTED
    assert kinds(verdict) == []


@pytest.mark.parametrize("here", [True, False], ids=["where it was recorded", "on another machine"])
def test_of_a_file_that_git_ignores_the_golden_keeps_the_name_alone(at_once: None, tmp_path: Path, here: bool):
    repository = Repository(tmp_path / "repository")
    project = repository.project
    project.write(".gitignore", ".mlguard/\n.env\n")
    project.write(".env", "FACTOR=2")
    read = "float((Path(__file__).parent / '.env').read_text()[7:])"
    project.edit(CODE, "def fit(", "from pathlib import Path\n\n\ndef fit(")
    project.edit(CODE, 'model["shift"] +', f'model["shift"] * {read} +')
    assert project.regen().proposal is not None
    repository.commit("Record the golden")
    assert project.golden().provenance.sources[".env"] == "private"
    if not here:
        shutil.rmtree(project.root / ".mlguard")
    project.write(".env", "FACTOR=3")
    verdict = project.check().verdict
    assert verdict.outcome is Outcome.SHIFTED
    assert cause(verdict, CauseKind.FILES_EDITED if here else CauseKind.FILES_UNKNOWN).names == (".env",)
    assert "FACTOR" not in "".join(path.read_text() for path in (project.root / "golden").rglob("*.json"))


def test_a_variable_that_differs_is_named_and_never_the_codes_fault(line: Project):
    golden = as_if(with_another_metric(line.golden()), variables=["FACTOR"])
    Known(line.root, golden, {"FACTOR": "1"}).keep()
    settings = FILES["pyproject.toml"]
    with line.editing("pyproject.toml", settings, settings + 'set_env = { FACTOR = "2" }\n'):
        verdict = check_against(line, golden)
        with line.editing(CODE, *SHIFT):
            edited = check_against(line, golden)
    assert (verdict.outcome, kinds(verdict)) == (
        Outcome.ENVIRONMENT_CHANGED,
        [CauseKind.VARIABLES_DIFFER, CauseKind.OWN_CODE_AGREES],
    )
    assert verdict.causes[0].names == ("FACTOR",)
    assert (edited.outcome, edited.causes[0].kind) == (Outcome.SHIFTED, CauseKind.OWN_CODE_DIFFERS)
