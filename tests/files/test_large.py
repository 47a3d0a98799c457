"""Files of any size are digested and copied in parts."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from mlguard.core.error import GoldenError
from mlguard.files import large, tree
from mlguard.files.large import copied, large_digest
from mlguard.files.tree import Tree


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, 3 << 20])
def test_a_copy_has_the_bytes_and_the_digest(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    (tmp_path / "model").write_bytes(content)
    here = Tree(tmp_path, tmp_path)
    assert large_digest(here, "model") == hashlib.sha256(content).hexdigest()
    with here.looking("model") as handle:
        assert copied(handle, here, "deep/er/copy") == hashlib.sha256(content).hexdigest()
    assert (tmp_path / "deep/er/copy").read_bytes() == content


def test_a_file_may_be_larger_than_what_is_ever_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "LARGEST", 10)
    monkeypatch.setattr(large, "_PART", 4)
    (tmp_path / "model").write_bytes(b"0123456789abc")
    here = Tree(tmp_path, tmp_path)
    with here.looking("model") as handle:
        assert copied(handle, here, "copy") == hashlib.sha256(b"0123456789abc").hexdigest()


def test_what_can_be_executed_still_can(tmp_path: Path) -> None:
    for name, mode in {"run": 0o555, "model": 0o444}.items():
        (tmp_path / name).write_text("x")
        (tmp_path / name).chmod(mode)
    here = Tree(tmp_path, tmp_path)
    for name in ("run", "model"):
        with here.looking(name) as handle:
            copied(handle, here, f"copy/{name}")
    assert os.access(tmp_path / "copy/run", os.X_OK)
    assert not os.access(tmp_path / "copy/model", os.X_OK)


def test_a_link_is_refused_and_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "model").write_text("x")
    (tmp_path / "link").symlink_to("model")
    here = Tree(tmp_path, tmp_path)
    with pytest.raises(GoldenError, match="link"):
        large_digest(here, "link")
    with here.looking("model") as handle, pytest.raises(FileExistsError):
        copied(handle, here, "model")
