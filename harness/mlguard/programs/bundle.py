"""What a training program left: the files of its output folder, held in memory so that every call gets a fresh copy."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from mlguard.files.content import file_digest
from mlguard.programs.error import ProgramError


class Bundle(Mapping[str, Any]):
    """Files by their path below the folder. As a mapping it gives what is known of their contents, for explanations.

    Copies share the files, which nothing changes.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = dict(files)

    @classmethod
    def read(cls, folder: Path) -> Bundle:
        """The files below a folder. Raises ProgramError where there are none."""
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        if not paths:
            raise ProgramError("nothing was written into {bundle}: everything that prediction needs must lie there")
        return cls({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths})

    def write(self, folder: Path) -> None:
        """Write the files below a folder."""
        for name, content in self._files.items():
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)

    def __getitem__(self, name: str) -> Any:
        return self._contents[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __deepcopy__(self, memo: dict[int, Any]) -> Bundle:
        return self

    def __reduce__(self) -> tuple[type[Bundle], tuple[dict[str, bytes]]]:
        return Bundle, (self._files,)

    @cached_property
    def _contents(self) -> dict[str, Any]:
        return {name: _content(name, content) for name, content in self._files.items()}


def _content(name: str, content: bytes) -> Any:
    """What a file says, where its kind is known; else its digest."""
    reader = _READERS.get(PurePosixPath(name).suffix.lower(), _digest)
    try:
        return reader(content)
    except Exception:  # A look inside explains; what a file's own classes raise must end no run.
        return _digest(content)


def _digest(content: bytes) -> str:
    return f"sha256:{file_digest(content)}"


def _of_json(content: bytes) -> Any:
    return json.loads(content)


def _of_joblib(content: bytes) -> Any:
    """Run by the program that wrote it a moment ago, so it may run here, too."""
    import joblib

    return joblib.load(io.BytesIO(content))


def _of_skops(content: bytes) -> Any:
    """As for joblib: whatever types the program put into it, it had before."""
    from skops import io as skops

    return skops.loads(content, trusted=skops.get_untrusted_types(data=content))


def _of_arrays(content: bytes) -> Any:
    import numpy as np

    found = np.load(io.BytesIO(content), allow_pickle=False)
    return dict(found) if hasattr(found, "files") else found


def _of_table(content: bytes) -> Any:
    from mlguard.programs.tables import csv_table  # pandas is loaded only where a guard runs.

    return csv_table(content.decode("utf-8-sig"), "table")


_READERS: Mapping[str, Callable[[bytes], Any]] = {
    ".json": _of_json, ".csv": _of_table, ".npy": _of_arrays, ".npz": _of_arrays, ".joblib": _of_joblib,
    ".pkl": _of_joblib, ".pickle": _of_joblib, ".skops": _of_skops,
}  # fmt: skip
