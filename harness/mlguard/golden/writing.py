"""Write into a folder of goldens: one writer at a time, and words for what the disk refuses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from mlguard.core.error import RunError
from mlguard.files.lock import locked, waited
from mlguard.files.refused import FULL, READ_ONLY, refusal
from mlguard.files.swap import finish, is_half_done
from mlguard.files.tree import Tree
from mlguard.golden.naming import labelled
from mlguard.golden.state import place, state


class Home:
    """Where a store keeps its folders."""

    def __init__(self, root: Path, project: Path) -> None:
        """`root` is the folder above all of them, `project` the root that messages name files from."""
        self.project, self.tree = project, Tree(root, project)

    def folder(self, name: PurePosixPath) -> Tree:
        """The files of one folder."""
        return self.tree.below("/".join(name.parts))

    @contextmanager
    def writing(self, name: PurePosixPath) -> Iterator[Tree]:
        """Keep other writers out of a folder, which is made where it is missing and goes where it stays empty.

        What a writer left that died is brought to its end, or back to its beginning, first.
        Raises RunError for whatever the disk refuses inside the block.
        """
        folder = self.folder(name)
        try:
            with locked(state(self.project), self._lock(folder)):
                self.tree.make(str(name))
                try:
                    finish(folder)
                    yield folder
                finally:
                    self._drop_empty(name)
        except OSError as error:
            raise _refused(folder, error) from error

    @contextmanager
    def quiet(self, name: PurePosixPath) -> Iterator[Tree]:
        """Wait until nobody writes into a folder; nothing is written for it."""
        folder = self.folder(name)
        with waited(place(self.project), self._lock(folder)):
            yield folder

    def _lock(self, folder: Tree) -> str:
        return f"locks/{labelled(folder.shown())}.lock"

    def _drop_empty(self, name: PurePosixPath) -> None:
        """Remove the folder and those above it, up to the root, as far as they are empty."""
        for folder in (name, *name.parents[:-1]):
            if not self.tree.drop(str(folder)):
                return


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
