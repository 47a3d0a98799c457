"""Somebody who can write whatever they like to a place of goldens."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from mlguard.files.content import file_digest
from mlguard.golden.bucket import Bucket
from mlguard.golden.codec import RECORD
from mlguard.golden.objects import object_name

GUARD = "Churn[model_cat]"
"""The guard whose golden is attacked."""

_HEAD = "heads/Churn/model_cat/00000001.json"
_MUCH = 10**6


class Hostile:
    """Changes the first head of a golden, and its objects."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket

    def head(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Put another head over the one that is there."""
        document = self._document()
        change(document)
        self.text(json.dumps(document).encode())

    def text(self, content: bytes) -> None:
        """Put any bytes over it."""
        self.bucket.mend(_HEAD, content)

    def lists(self, name: str, content: bytes, size: int | None = None) -> Callable[[dict[str, Any]], object]:
        """Adds a file to a head; its object is there."""
        sha256 = file_digest(content)
        self.bucket.mend(object_name(sha256), content)
        entry = {"sha256": sha256, "size": len(content) if size is None else size}
        return lambda document: document["files"].update({name: entry})

    def swap_object(self, name: str, content: bytes) -> None:
        """Put other bytes under the digest of a file."""
        self.bucket.mend(object_name(self._document()["files"][name]["sha256"]), content)

    def _document(self) -> dict[str, Any]:
        content = self.bucket.read({_HEAD: _MUCH})[_HEAD]
        assert content is not None
        document: dict[str, Any] = json.loads(content)
        return document


ATTACKS: dict[str, Callable[[Hostile], object]] = {
    "swapped object": lambda h: h.swap_object("predictions.csv", b"row,proba\n"),
    "swapped record": lambda h: h.swap_object(RECORD, b"{}"),
    "way out": lambda h: h.head(h.lists("../../../outside.txt", b"x")),
    "absolute": lambda h: h.head(h.lists("/outside.txt", b"x")),
    "other folder": lambda h: h.head(h.lists(".git/config", b"x")),
    "backslashes": lambda h: h.head(h.lists("..\\outside.txt", b"x")),
    "huge claim": lambda h: h.head(h.lists("arrays/x.npy", b"x", 2**62)),
    "huge together": lambda h: h.head(lambda d: [h.lists(f"arrays/{i}.npy", b"x", 2**28)(d) for i in range(5)]),
    "wrong size": lambda h: h.head(h.lists("arrays/x.npy", b"x" * 1000, 10)),
    "negative size": lambda h: h.head(h.lists("arrays/x.npy", b"x", -1)),
    "no digest": lambda h: h.head(lambda d: d["files"].update({"a.csv": {"sha256": "../../x", "size": 1}})),
    "other number": lambda h: h.head(lambda d: d.update(number=7)),
    "newer format": lambda h: h.head(lambda d: d.update(format=2)),
    "no files": lambda h: h.head(lambda d: d.update(files=[])),
    "nested": lambda h: h.text(b"[" * 100_000),
    "no text": lambda h: h.text(b"\xff\xfe"),
    "another golden": lambda h: h.head(h.lists(RECORD, b"{}\n")),
    "a file that no golden lists": lambda h: h.head(h.lists("summary.md", b"# All is well\n")),
}
"""What they may do; each must be found out before anything is written or believed."""
