"""Which distributions a guard uses: the same ones however its process came to be, and whatever else is loaded there."""

from __future__ import annotations

import builtins
import importlib
import sys
import types
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from mlguard.programs.modules import own_modules
from mlguard.runner.imported import TOOLS, Installed, distributions, hearing
from mlguard.worker.environment import Environment
from mlguard.worker.pool import Workers
from tests.project import CODE, Project, sharing

LATE = """\
import numpy


def fit(rows, ridge=0.0):
    from yaml import safe_load

    safe_load("1")
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[types.ModuleType]:
    """A project's own module that holds one of another library."""
    (tmp_path / "own_code.py").write_text("from joblib import hash as digest\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("own_code")
    del sys.modules["own_code"]


def told(source: str, name: str = "project") -> set[str]:
    with hearing() as heard:
        exec(source, {"__name__": name})
    return heard


def test_statements_are_heard_though_their_modules_are_loaded() -> None:
    assert told("import numpy\nfrom pandas.api import types\nimport json") >= {"numpy", "pandas.api", "json"}


def test_calls_are_heard_too() -> None:
    assert "numpy.linalg" in told("import importlib\nimportlib.import_module('numpy.linalg')")


def test_what_fails_is_heard_and_still_fails() -> None:
    with hearing() as heard, pytest.raises(ModuleNotFoundError, match="no_such_module"):
        exec("import no_such_module", {"__name__": "project"})
    assert "no_such_module" in heard


def test_what_mlguard_imports_is_its_own_affair_with_all_that_follows(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "third.py").write_text("import numpy\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert told("import third", "mlguard.observe.run") == set()
    del sys.modules["third"]
    assert told("import numpy", "mlguardian") == {"numpy"}


def test_nothing_stays_replaced() -> None:
    before = builtins.__import__, importlib.import_module
    with pytest.raises(ZeroDivisionError):
        told("1 / 0")
    assert (builtins.__import__, importlib.import_module) == before


def test_a_distribution_brings_those_that_it_uses_and_no_others(tmp_path: Path) -> None:
    import hypothesis
    import sklearn.linear_model  # noqa: F401 - loaded, and not asked for.

    assert hypothesis
    found = distributions(["pandas"], tmp_path)
    assert {"numpy", "pandas", "python-dateutil"} <= set(found)
    assert not {"scikit-learn", "hypothesis", "pytest", "pytest-mlguard"} & set(found)
    assert {"numpy", "scipy", "scikit-learn"} <= set(distributions(["sklearn.linear_model"], tmp_path))


def test_modules_belong_to_the_distributions_that_the_standard_library_names() -> None:
    installed = Installed()
    for name, owners in metadata.packages_distributions().items():
        if name.isidentifier() and name != "__pycache__":
            expected = {owner.lower(): metadata.version(owner) for owner in owners if owner.lower() not in TOOLS}
            assert installed.bringing(name) == expected, name
    assert installed.bringing("sklearn")


def test_a_distribution_without_a_list_of_names_is_found_by_its_files(tmp_path: Path, monkeypatch) -> None:
    for version, folder in (("2.0", tmp_path / "first"), ("1.0", tmp_path / "second")):
        described = folder / f"Two_Modules-{version}.dist-info"
        described.mkdir(parents=True)
        (described / "METADATA").write_text(f"Metadata-Version: 2.1\nName: Two_Modules\nVersion: {version}\n")
        files = "two/__init__.py,,\nfast.abi3.so,,\ntwo/data.csv,,\n../../bin/two,,\n"
        (described / "RECORD").write_text(files)
    standard = [entry for entry in sys.path if "site-packages" not in entry]  # Which reads what lies there.
    monkeypatch.setattr("sys.path", [str(tmp_path / "first"), str(tmp_path / "second"), *standard])
    installed = Installed()
    assert installed.bringing("two") == installed.bringing("fast") == {"two_modules": "2.0"}
    assert installed.bringing("data") == {}


def test_the_projects_own_modules_are_followed_and_no_distribution(module: types.ModuleType, tmp_path: Path) -> None:
    assert own_modules(tmp_path) == ["own_code"]
    found = distributions(["own_code"], tmp_path)
    assert "joblib" in found
    assert "scikit-learn" not in found


def test_a_run_names_the_same_libraries_whatever_its_zygote_has_loaded(line: Project) -> None:
    with line.editing(CODE, "def fit(rows, ridge=0.0):\n", LATE):
        alone = line.run(environment=Environment()).record.provenance.environment["packages"]
        with Workers(preload=("sklearn.linear_model", "yaml", "hypothesis"), use_zygote=True) as workers:
            with sharing(workers):
                forked = line.run().record.provenance.environment["packages"]
            assert workers.refusal is None
    assert alone == forked
    assert {"numpy", "pandas", "pyyaml"} <= set(alone)
    assert not {"scikit-learn", "joblib", "hypothesis"} & set(alone)


def test_what_is_installed_is_read_once_in_a_process_and_anew_for_another_import_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[str] = []
    read = metadata.distributions
    monkeypatch.setattr(metadata, "distributions", lambda: reads.append("") or read())
    monkeypatch.syspath_prepend(str(tmp_path))
    first = [distributions(["pandas"], tmp_path) for _ in range(3)]
    assert len(reads) == 1
    assert first[0] == first[1] == first[2]
    (tmp_path / "other").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path / "other"))
    assert distributions(["pandas"], tmp_path) == first[0]
    assert len(reads) == 2
