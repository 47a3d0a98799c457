"""A lock that cannot be freed takes nothing back that was done under it, and holds nobody up."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from mlguard.files import lock
from mlguard.files.tree import Tree


def test_what_was_done_counts_where_the_lock_cannot_be_freed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    freed: list[Any] = []

    def refusing(handle: int) -> None:
        freed.append(handle)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(lock, "_free", refusing)
    tree = Tree(tmp_path, tmp_path)
    for turn in range(2):
        with lock.locked(tree, "locks/one"):
            tree.write(f"made{turn}", b"")
    with pytest.raises(KeyError), lock.locked(tree, "locks/one"):
        raise KeyError("of what was to be done")
    assert len(freed) == 3
