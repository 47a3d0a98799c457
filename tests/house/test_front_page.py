"""The public names: exactly these, documented, typed as a user sees them, and loaded when first used."""

from __future__ import annotations

import inspect
import re

import pytest

import mlguard

PUBLIC = [
    "CommandGuard", "Dataset", "GokartGuard", "Guard", "NotebookGuard", "ScriptGuard", "SqlGuard", "__version__",
    "note", "run_script", "settle",
]  # fmt: skip


def test_the_public_names_are_pinned() -> None:
    assert sorted(mlguard.__all__) == PUBLIC
    assert dir(mlguard) == mlguard.__all__


@pytest.mark.parametrize("name", [name for name in PUBLIC if name != "__version__"])
def test_every_public_name_loads_and_is_documented(name: str) -> None:
    found = getattr(mlguard, name)
    assert found.__module__.startswith("mlguard.")
    text = inspect.getdoc(found)
    assert text
    assert len(text.split()) > 5


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Gaurd'"):
        _ = mlguard.Gaurd  # type: ignore[attr-defined]


def test_the_version_is_the_distributions() -> None:
    from tests.house.conftest import ROOT

    declared = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert declared
    assert mlguard.__version__ == declared[1]
