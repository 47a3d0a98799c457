"""Files of any size, digested and copied in parts: a model may be larger than what fits into memory."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable

from mlguard.files.tree import Tree
from mlguard.files.unfinished import append

_PART = 1 << 20


def large_digest(tree: Tree, name: str) -> str:
    """The digest of a file, as 64 hexadecimal digits. Raises what `Tree.looking` raises."""
    with tree.looking(name) as handle:
        return _passed_on(handle, lambda part: None)


def copied(handle: int, to: Tree, name: str) -> str:
    """Copy an open file to where there is none, executable where it is, and answer the digest of what was copied."""
    mode = 0o777 if os.fstat(handle).st_mode & stat.S_IXUSR else 0o666
    with to.making(name, mode) as target:
        return _passed_on(handle, lambda part: append(target, part))


def _passed_on(handle: int, take: Callable[[bytes], None]) -> str:
    digest = hashlib.sha256()
    while part := os.read(handle, _PART):
        digest.update(part)
        take(part)
    return digest.hexdigest()
