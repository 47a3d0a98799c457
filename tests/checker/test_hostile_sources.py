"""A golden may name any file as a source: none outside the repository is taken along, and none eats memory."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mlguard.checker.private import contents
from mlguard.checker.proof import Prover
from mlguard.core.record import Provenance, Record
from mlguard.core.rules import Rules


@pytest.mark.parametrize("name", ["../outside", "sub/../../outside", "../repository/../outside", "/etc/hostname"])
def test_no_file_outside_the_repository_is_brought_along(tmp_path: Path, name: str) -> None:
    top = tmp_path / "repository"
    top.mkdir()
    (tmp_path / "outside").write_text("mine")
    (top / "private.yaml").write_text("a: 1")
    sources = {name: "sha256:0", "private.yaml": "sha256:1", "sub/../private.yaml": "sha256:1"}
    golden = Record("Churn", (), provenance=Provenance(sources=sources))
    runner: Any = SimpleNamespace(settings=SimpleNamespace(base=top))
    repository: Any = SimpleNamespace(top=top, files=lambda commit: [])
    prover = Prover(runner, SimpleNamespace(), SimpleNamespace(), golden, Rules(), {})  # type: ignore[arg-type]
    found = prover._uncommitted(repository, SimpleNamespace())  # type: ignore[arg-type]
    assert {path.relative_to(top).as_posix() for path in found} == {"private.yaml"}


def test_a_huge_private_file_is_known_by_its_digest(tmp_path: Path) -> None:
    (tmp_path / "small").write_bytes(b"1")
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(1 << 40)
    (tmp_path / "device").symlink_to("/dev/zero")
    found = dict(contents(tmp_path, ["small", "huge", "device", "gone"]))
    assert found["small"] == b"1"
    assert (found["huge"] or b"").startswith(b"sha256:")
    assert (found["device"], found["gone"]) == (None, None)
