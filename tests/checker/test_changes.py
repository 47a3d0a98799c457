"""What differs between the provenance of two Records."""

from __future__ import annotations

from dataclasses import replace
from importlib import metadata
from typing import Any

from mlguard.checker.changes import (
    changed_beside,
    changed_keys,
    changed_libraries,
    changed_machine,
    edited_files,
    same_files,
)
from mlguard.core.cause import Change
from mlguard.core.record import ConfigurationFacts, Provenance


def provenance(**environment: Any) -> Provenance:
    return Provenance(environment=environment)


def test_all_files_that_were_edited_are_named():
    before = Provenance(sources={"a.py": "1", "words.txt": "1", "map.json": "1", "kept.csv": "1"})
    after = Provenance(sources={"a.py": "2", "words.txt": "2", "map.json": "2", "kept.csv": "1"})
    assert edited_files(before, after) == ["words.txt", "map.json"]


def test_files_that_come_into_sight_are_no_edit():
    before, after = Provenance(sources={"a.py": "1"}), Provenance(sources={"a.py": "1", "words.txt": "2"})
    assert same_files(before, after)
    assert same_files(after, before)
    assert not same_files(after, replace(after, sources={"a.py": "1", "words.txt": "3"}))
    assert not same_files(before, replace(after, sources={"a.py": "1", "b.py": "2"}))


def test_a_patch_release_of_python_is_no_other_environment():
    assert not list(changed_libraries(provenance(python="3.11.7"), provenance(python="3.11.9")))
    found = list(changed_libraries(provenance(python="3.11.7"), provenance(python="3.12.1")))
    assert found == [Change("Python", "3.11", "3.12")]


def test_libraries_that_came_or_went_are_named():
    before, after = provenance(packages={"no-such": "1"}), provenance(packages={"numba": "2"})
    assert list(changed_libraries(before, after)) == [Change("no-such", "1", None), Change("numba", None, "2")]


def test_a_library_that_is_only_imported_no_more_has_not_changed():
    installed = metadata.version("scipy")
    for version, found in ((installed, []), ("1.0", [Change("scipy", "1.0", installed)])):
        assert list(changed_libraries(provenance(packages={"scipy": version}), provenance())) == found


def test_a_library_that_edited_sources_import_now_has_not_changed():
    before, after = provenance(packages={"numpy": "1"}), provenance(packages={"numpy": "2", "scipy": "1"})
    numpy = Change("numpy", "1", "2")
    assert list(changed_libraries(before, after, edited=True)) == [numpy]
    assert list(changed_libraries(before, after)) == [numpy, Change("scipy", None, "1")]


def test_kernels_and_instruction_sets_belong_to_the_machine():
    one = provenance(blas=[{"kernel": "Haswell"}], numpy={"simd": ["X86_V3"]}, system="Linux")
    other = provenance(blas=[{"kernel": "SkylakeX"}], numpy={"simd": ["X86_V4"]}, system="Linux")
    assert list(changed_machine(one, other)) == [
        Change("BLAS kernel", "Haswell", "SkylakeX"),
        Change("SIMD", "X86_V3", "X86_V4"),
    ]
    assert list(changed_machine(one, one)) == []


def test_of_files_beside_the_configuration_those_are_compared_that_the_golden_has():
    log = {"handler.level": "INFO", "handler.args": "()"}
    before, without = (ConfigurationFacts({}, beside=beside) for beside in ({"log.ini": log}, {}))
    after = ConfigurationFacts({}, beside={"log.ini": {"handler.level": "DEBUG", "root.level": 1}})
    assert changed_beside(Provenance(configuration=before), Provenance(configuration=after)) == [
        Change("log.ini handler.level", "'INFO'", "'DEBUG'"),
        Change("log.ini handler.args", "'()'", None),
        Change("log.ini root.level", None, "1"),
    ]
    assert len(changed_beside(Provenance(configuration=before), Provenance(configuration=without))) == 2
    for none in (Provenance(configuration=without), Provenance()):
        assert changed_beside(none, Provenance(configuration=after)) == []
    assert changed_keys(Provenance(configuration=before), Provenance(configuration=after)) == []


def test_keys_that_came_went_or_moved_are_named_with_both_values():
    before = Provenance(configuration=ConfigurationFacts({"a": 1, "b": 2, "c": None}))
    after = Provenance(configuration=ConfigurationFacts({"b": 3, "c": None, "d": "x"}))
    assert changed_keys(before, after) == [Change("a", "1", None), Change("b", "2", "3"), Change("d", None, "'x'")]
