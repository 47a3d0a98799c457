"""The one place that knows where a project keeps its goldens and pending Records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mlguard.core.url import folder_for
from mlguard.files.tree import Tree
from mlguard.golden.interface import Store
from mlguard.golden.local import LocalStore
from mlguard.golden.naming import folder_of
from mlguard.golden.state import state
from mlguard.settings import COPIES, Settings

if TYPE_CHECKING:
    from mlguard.golden.bucket import Bucket
    from mlguard.golden.large import LargeArrays
    from mlguard.golden.mirror import Mirror

PENDING = "pending"
"""Name of the folder of pending Records below the project's state folder."""

COMPARED = "_compared"
"""Name of the folder, beside pending Records, of what each was compared with; it holds no Record."""


def open_store(settings: Settings) -> Store:
    """The goldens of a project. Raises UsageError where a library is missing that their address needs."""
    if settings.golden_url is not None:
        from mlguard.golden.remote import RemoteStore  # Late: most projects keep their goldens themselves.

        return RemoteStore(open_mirror(settings, settings.golden_url), settings.base)
    return LocalStore(settings.golden, settings.base, arrays_of(settings))


def open_mirror(settings: Settings, url: str) -> Mirror:
    """The goldens at an address, and the copies that this project has of them."""
    from mlguard.golden.mirror import Mirror

    return Mirror(open_bucket(url), Tree(settings.base / COPIES / folder_for(url), settings.base))


def arrays_of(settings: Settings) -> LargeArrays | None:
    """The large arrays of the goldens, where they are kept at an address of their own."""
    if settings.golden_arrays is None:
        return None
    from mlguard.golden.large import LargeArrays

    url = settings.golden_arrays
    return LargeArrays(url, open_bucket, Tree(settings.base / COPIES / folder_for(url), settings.base))


def open_bucket(url: str) -> Bucket:
    """The place at an address. Raises UsageError where a library is missing that it needs."""
    if url.startswith("file://"):
        from mlguard.golden.folder import FolderBucket

        return FolderBucket(url)
    from mlguard.golden.fsspec import FsspecBucket

    return FsspecBucket(url)


def open_pending(settings: Settings, folder: Path | None = None) -> Store:
    """What failed runs saw, kept as goldens are until its owner accepts or rejects it; no repository holds it.

    `folder` holds those of another checkout, such as a CI job's. Raises RunError where the disk refuses.
    """
    return LocalStore(_home(settings, folder), settings.base)


def compared_file(settings: Settings, guard: str, folder: Path | None = None) -> tuple[Tree, str]:
    """Where it is kept what a pending Record was compared with: a tree, and the file's name in it."""
    return Tree(_home(settings, folder), settings.base), f"{COMPARED}/{folder_of(guard)}.json"


def _home(settings: Settings, folder: Path | None) -> Path:
    """Where pending Records lie."""
    return folder or state(settings.base).root / PENDING
