"""Write into a folder of goldens: one writer at a time, and words for what the disk refuses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import PurePosixPath

from mlguard.core.error import RunError
from mlguard.files.lock import locked, waited
from mlguard.files.refused import FULL, READ_ONLY, refusal
from mlguard.files.swap import finish, is_half_done
from mlguard.files.tree import Tree
from mlguard.golden.naming import labelled
from mlguard.golden.state import place, state


@contextmanager
def writing(store: Tree, name: PurePosixPath) -> Iterator[Tree]:
    """Keep other writers out of a store's folder, which is made where it is missing and goes where it stays empty.

    What a writer left that died is brought to its end, or back to its beginning, first.
    Raises RunError for whatever the disk refuses inside the block.
    """
    folder = store.below(str(name))
    try:
        with locked(state(store.project), _lock(folder)):
            folder.make()
            try:
                finish(folder)
                yield folder
            finally:
                for empty in (name, *name.parents[:-1]):  # Also those above it, up to the root.
                    if not store.drop(str(empty)):
                        break
    except OSError as error:
        raise _refused(folder, error) from error


def quiet(folder: Tree) -> AbstractContextManager[None]:
    """Wait until nobody writes into a folder; nothing is written for it."""
    return waited(place(folder.project), _lock(folder))


def _lock(folder: Tree) -> str:
    return f"locks/{labelled(folder.shown())}.lock"


@contextmanager
def reading(shown: str) -> Iterator[None]:
    """Raises RunError for what the disk refuses to show inside the block: nobody knows then what lies there."""
    try:
        yield
    except OSError as error:
        told = f"{shown} cannot be read at this moment ({error.strerror})"
        advice = "mend that and run the command again"
        raise RunError(told, advice=advice, slug="golden-not-read", blames_code=False) from error


def remove(tree: Tree, files: Iterable[str]) -> None:
    """Remove a folder's files; a file that lists others comes after them, so that whoever deletes next finishes this.

    Raises OSError where the disk refuses the first one, and RunError where it refuses a later one.
    """
    gone = False
    for file in files:
        try:
            gone = tree.remove(file) or gone
        except OSError as error:
            if not gone:
                raise
            raise _refused(
                tree, error, "is half deleted, and the next command that deletes it finishes that"
            ) from error


def _refused(folder: Tree, error: OSError, came: str = "was not written and nothing in it changed") -> RunError:
    slug = "golden-not-written"
    if error.errno in FULL:
        slug = "golden-disk-full"
    elif error.errno in READ_ONLY:
        slug = "golden-read-only"
    if is_half_done(folder):
        came = "may be half written, and the next command that writes it finishes that"
    return RunError(f"{folder.shown()} {came}: {refusal(error)}", slug=slug, blames_code=False)
