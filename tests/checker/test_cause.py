"""Causes: configuration, data, environment or code, and the line that says which; doubt is red."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib import metadata
from typing import Any

import pytest

from mlguard.checker.cause import _files, _same_sources, changed_keys, changed_libraries, changed_machine
from mlguard.core.outcome import Outcome
from mlguard.core.record import Provenance, Record
from mlguard.core.verdict import Verdict
from mlguard.worker.describe import effect
from mlguard.worker.environment import Environment
from tests.project import CODE, GENERATOR, GUARD, Project

CONFIG = "configs/line.json"
SHIFT = ('model["shift"] +', 'model["shift"] + 0.01 +')
BUMPED = ('model["shift"] +', 'model["shift"] + bump() +')
OTHER_DATA = ("2 * x + 1", "2.5 * x + 1")
OTHER_DATA_IN_SEED_1 = ("    return pd.DataFrame", "    if x[0] != 4.4:\n        x[0] += 1\n    return pd.DataFrame")


@pytest.fixture(scope="module")
def line(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The tiny project, with a configuration of which one key acts and one does not."""
    project = Project(tmp_path_factory.mktemp("cause"))
    project.write(CONFIG, '{"ridge": 0.5, "title": "a line"}\n')
    project.edit(GUARD, '    dataset = "tiny"\n', f'    dataset = "tiny"\n    config = "{CONFIG}"\n')
    project.edit(GUARD, "line.fit(train)", 'line.fit(train, self.config["ridge"])')
    assert project.regen().proposal is not None
    return project


def as_if(project: Project, **provenance: Any) -> Record:
    """The golden as another machine or another environment would have recorded it."""
    golden = project.golden()
    environment = {**golden.provenance.environment, **provenance.pop("environment", {})}
    return replace(golden, provenance=replace(golden.provenance, environment=environment, **provenance))


def check_against(project: Project, golden: Record) -> Verdict:
    """Check with another golden in place, and put the own one back."""
    own = project.golden()
    project.goldens.save(golden)
    try:
        return project.check().verdict
    finally:
        project.goldens.save(own)


def older_numpy(golden: Record) -> Mapping[str, Any]:
    return {"packages": {**golden.provenance.environment["packages"], "numpy": "1.0.0"}}


def test_an_edited_configuration_that_moves_something_is_shifted_and_names_the_key(line: Project):
    with line.editing(CONFIG, "0.5", "2.5"):
        verdict = line.check().verdict
    assert (verdict.outcome, verdict.first_moved) == (Outcome.SHIFTED, "train")
    assert verdict.causes == ("the configuration was edited: ridge 0.5 -> 2.5",)


def test_an_edited_configuration_that_moves_nothing_is_one_quiet_line(line: Project):
    with line.editing(CONFIG, "a line", "another line"):
        verdict = line.check().verdict
    assert verdict.outcome is Outcome.MATCH
    assert verdict.remarks[0] == "the configuration was edited, and nothing moved"


def test_an_edited_generator_alone_is_dataset_changed(line: Project):
    with line.editing(GENERATOR, *OTHER_DATA):
        verdict = line.check().verdict
    assert (verdict.outcome, verdict.exit_code) == (Outcome.DATASET_CHANGED, 4)
    assert verdict.causes == (
        "the dataset changed: rows (y); rows of seed 1",
        "on the golden's own tables nothing moves: the code is not the cause",
    )


def test_what_the_guard_waives_is_no_sign_of_changed_code(line: Project):
    with line.editing(GENERATOR, *OTHER_DATA), line.editing(CODE, '"rows": len(y)', '"rows": len(y) + 1'):
        seen = line.check(waive={"rows": "counts what it likes"})
    assert seen.verdict.outcome is Outcome.DATASET_CHANGED
    assert seen.verdict.causes[-1] == "on the golden's own tables nothing moves: the code is not the cause"


def test_a_gate_that_fails_is_violated_though_only_the_data_changed(line: Project):
    with line.editing(GENERATOR, *OTHER_DATA):
        verdict = line.check(require={"mae": "< 0"}).verdict
    assert (verdict.outcome, verdict.exit_code) == (Outcome.VIOLATED, 1)
    assert verdict.causes[-1] == "on the golden's own tables nothing moves: the code is not the cause"


def test_data_of_another_seed_alone_are_dataset_changed(line: Project):
    with line.editing(GENERATOR, *OTHER_DATA_IN_SEED_1):
        verdict = line.check().verdict
    assert (verdict.outcome, verdict.first_run) == (Outcome.DATASET_CHANGED, "seed 1")
    assert verdict.causes == ("the dataset changed: rows of seed 1",)


def test_generator_and_code_edited_together_are_shifted_with_the_data_second(line: Project):
    with line.editing(GENERATOR, *OTHER_DATA), line.editing(CODE, *SHIFT):
        verdict = line.check().verdict
    assert (verdict.outcome, verdict.exit_code) == (Outcome.SHIFTED, 1)
    assert verdict.causes == (
        "on the golden's own tables the answers move as well, first in predict: the code changed too",
        "the dataset changed: rows (y); rows of seed 1",
    )


def test_data_of_another_seed_and_the_code_edited_together_are_shifted(line: Project):
    with (
        line.editing(GENERATOR, *OTHER_DATA_IN_SEED_1),
        line.editing(CODE, *SHIFT),
    ):
        verdict = line.check().verdict
    assert (verdict.outcome, verdict.first_run, verdict.first_moved) == (Outcome.SHIFTED, "main", "predict")


def test_code_that_fails_on_the_goldens_own_tables_is_shifted(line: Project):
    with (
        line.editing(GENERATOR, '"shop":', '"z": x, "shop":'),
        line.editing(CODE, 'rows["x"], rows["y"]', 'rows["z"], rows["y"]'),
    ):
        verdict = line.check().verdict
    assert verdict.outcome is Outcome.SHIFTED
    assert verdict.causes[0] == "on the golden's own tables the code fails: guard Line: `train` raised KeyError: 'z'"


@pytest.mark.parametrize("damage", ["gone", "edited"])
def test_tables_that_cannot_be_trusted_leave_it_open_and_red(line: Project, damage: str):
    tables = line.root / "golden" / "_datasets" / "tiny"
    kept = {path: path.read_bytes() for path in tables.iterdir()}
    for path in kept:
        if damage == "gone":
            path.unlink()
        elif path.suffix == ".csv":
            path.write_bytes(kept[path].replace(b".", b",", 1))
    try:
        with line.editing(GENERATOR, *OTHER_DATA):
            verdict = line.check().verdict
    finally:
        for path, content in kept.items():
            path.write_bytes(content)
    assert verdict.outcome is Outcome.SHIFTED
    assert verdict.causes[0].startswith("the dataset changed: rows (y)")
    assert "cannot be told apart" in verdict.causes[1]


def test_another_library_with_the_same_sources_is_environment_changed(line: Project):
    golden = line.golden()
    moved = as_if(line, environment=older_numpy(golden))
    observations = tuple(
        replace(o, value=replace(o.value, data=o.value.data + 0.01)) if o.name == "mae" else o for o in moved
    )
    verdict = check_against(line, moved.with_observations(observations))
    now = golden.provenance.environment["packages"]["numpy"]
    assert (verdict.outcome, verdict.exit_code) == (Outcome.ENVIRONMENT_CHANGED, 4)
    assert verdict.causes == (
        f"the project's sources are those of the golden, and the environment is not: numpy 1.0.0 -> {now}",
    )


def test_another_library_and_other_sources_are_shifted_and_name_the_command_that_separates_them(line: Project):
    golden = as_if(line, environment=older_numpy(line.golden()))
    with line.editing(CODE, *SHIFT):
        verdict = check_against(line, golden)
    assert verdict.outcome is Outcome.SHIFTED
    assert "the sources changed and so did the environment (numpy 1.0.0 -> " in verdict.causes[0]
    assert "`mlguard diff` with the golden's commit, in this environment, separates them" in verdict.causes[0]


def test_another_library_alone_is_no_reason_to_fail(line: Project):
    verdict = check_against(line, as_if(line, environment=older_numpy(line.golden())))
    assert verdict.outcome is Outcome.MATCH


def test_another_cpu_and_edited_code_are_shifted_with_a_line_about_the_machine(line: Project):
    golden = as_if(line, environment={"cpu": "Z80", "machine": "z80"})
    with line.editing(CODE, *SHIFT):
        verdict = check_against(line, golden)
    assert verdict.outcome is Outcome.SHIFTED
    assert any("the machine differs from the golden's" in line and "z80 -> " in line for line in verdict.causes)


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
    assert "emulating the golden's brings the values back" in verdict.causes[0]
    assert "mlguard calibrate Line" in verdict.causes[0]


def test_code_named_like_the_dataset_is_no_generator(line: Project):
    code = "def bump():\n    return 0.0\n"
    with (
        line.also("shop/tiny.py", code),
        line.editing(CODE, "def answer(model, rows):\n", "from shop.tiny import bump\n\n\ndef answer(model, rows):\n"),
        line.editing(CODE, *BUMPED),
    ):
        golden = line.run().record
        golden = replace(
            golden,
            approvals=line.golden().approvals,
            provenance=replace(golden.provenance, environment={**golden.provenance.environment, **older_numpy(golden)}),
        )
        with line.editing("shop/tiny.py", "0.0", "0.01"), line.editing(GENERATOR, *OTHER_DATA):
            verdict = check_against(line, golden)
    assert verdict.outcome is Outcome.SHIFTED


def test_another_library_and_an_edited_configuration_do_not_say_that_sources_changed(line: Project):
    golden = as_if(line, environment=older_numpy(line.golden()))
    with line.editing(CONFIG, "0.5", "2.5"):
        verdict = check_against(line, golden)
    assert verdict.outcome is Outcome.SHIFTED
    assert not any("the sources changed" in cause for cause in verdict.causes)
    assert any("numpy 1.0.0 -> " in cause for cause in verdict.causes)


@pytest.mark.parametrize("where", ["at import", "in a method"])
def test_a_file_that_the_code_reads_is_named_and_no_library_excuses_it(line: Project, where: str):
    read = "float((Path(__file__).parent / 'data' / 'factor.txt').read_text())"
    head = f"from pathlib import Path\n\nFACTOR = {read}\n" if where == "at import" else "from pathlib import Path\n"
    with (
        line.also("data/factor.txt", "1.0"),
        line.editing(CODE, "def fit(", f"{head}\n\ndef fit("),
        line.editing(CODE, 'model["shift"] +', f'model["shift"] * {"FACTOR" if where == "at import" else read} +'),
    ):
        record = line.run().record
        assert sorted(record.provenance.sources) == sorted(["data/factor.txt", GENERATOR, CODE, GUARD])
        environment = {**record.provenance.environment, **older_numpy(record)}
        golden = replace(
            record,
            approvals=line.golden().approvals,
            provenance=replace(record.provenance, environment=environment),
        )
        assert check_against(line, golden).outcome is Outcome.MATCH
        with line.editing("data/factor.txt", "1.0", "1.5"):
            verdict = check_against(line, golden)
    assert (verdict.outcome, verdict.exit_code) == (Outcome.SHIFTED, 1)
    assert verdict.causes[0] == "a file that the code reads was edited: data/factor.txt"


def test_all_files_that_were_edited_are_named():
    before = Provenance(sources={"a.py": "1", "words.txt": "1", "map.json": "1", "kept.csv": "1"})
    after = Provenance(sources={"a.py": "2", "words.txt": "2", "map.json": "2", "kept.csv": "1"})
    assert list(_files(before, after)) == ["files that the code reads were edited: words.txt, map.json"]


def test_files_that_come_into_sight_are_no_edit():
    before, after = Provenance(sources={"a.py": "1"}), Provenance(sources={"a.py": "1", "words.txt": "2"})
    assert _same_sources(before, after)
    assert _same_sources(after, before)
    assert not _same_sources(after, replace(after, sources={"a.py": "1", "words.txt": "3"}))
    assert not _same_sources(before, replace(after, sources={"a.py": "1", "b.py": "2"}))


def provenance(**environment: Any) -> Provenance:
    return Provenance(environment=environment)


def test_a_patch_release_of_python_is_no_other_environment():
    assert not list(changed_libraries(provenance(python="3.11.7"), provenance(python="3.11.9")))
    assert list(changed_libraries(provenance(python="3.11.7"), provenance(python="3.12.1"))) == ["Python 3.11 -> 3.12"]


def test_libraries_that_came_or_went_are_named():
    before, after = provenance(packages={"no-such": "1"}), provenance(packages={"numba": "2"})
    assert list(changed_libraries(before, after)) == ["no-such 1 -> absent", "numba absent -> 2"]


def test_a_library_that_is_only_imported_no_more_has_not_changed():
    installed = metadata.version("scipy")
    for version, told in ((installed, []), ("1.0", [f"scipy 1.0 -> {installed}"])):
        assert list(changed_libraries(provenance(packages={"scipy": version}), provenance())) == told


def test_a_library_that_edited_sources_import_now_has_not_changed():
    before, after = provenance(packages={"numpy": "1"}), provenance(packages={"numpy": "2", "scipy": "1"})
    assert list(changed_libraries(before, after, edited=True)) == ["numpy 1 -> 2"]
    assert list(changed_libraries(before, after)) == ["numpy 1 -> 2", "scipy absent -> 1"]


def test_code_that_imports_another_library_did_not_change_the_environment(line: Project):
    with line.editing(CODE, "def fit(", "import joblib\n\n\ndef fit("), line.editing(CODE, *SHIFT):
        verdict = line.check().verdict
    assert verdict.outcome is Outcome.SHIFTED
    assert not any("environment" in cause for cause in verdict.causes)


def test_kernels_and_instruction_sets_belong_to_the_machine():
    one = provenance(blas=[{"kernel": "Haswell"}], numpy={"simd": ["X86_V3"]}, system="Linux")
    other = provenance(blas=[{"kernel": "SkylakeX"}], numpy={"simd": ["X86_V4"]}, system="Linux")
    assert list(changed_machine(one, other)) == ["BLAS kernel Haswell -> SkylakeX", "SIMD X86_V3 -> X86_V4"]
    assert list(changed_machine(one, one)) == []


def test_keys_that_came_went_or_moved_are_named_with_both_values():
    before = Provenance(configuration={"values": {"a": 1, "b": 2, "c": None}})
    after = Provenance(configuration={"values": {"b": 3, "c": None, "d": "x"}})
    assert changed_keys(before, after) == ["a 1 -> absent", "b 2 -> 3", "d absent -> 'x'"]
