"""The sides of a comparison: the project as it lies there, or with its code from another revision."""

from __future__ import annotations

import ast
import contextlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mlguard.discovery import Declared, files
from mlguard.runner.order import Copy
from mlguard.runner.repository import Commit, Repository
from mlguard.settings import Settings, import_path

WORKING_TREE = "the working tree"


@dataclass(frozen=True)
class Side:
    """One state of the project."""

    name: str
    """What messages call it: `the working tree`, or a revision with its commit."""
    settings: Settings
    """The working tree's settings, with the places of this side."""
    copy: Copy | None = None
    """Where its code lies; None for the working tree itself."""
    commit: Commit | None = None
    """The commit that it was made from; None for the working tree."""
    remarks: tuple[str, ...] = ()
    """What is not as the revision has it."""
    declared: tuple[Declared, ...] = ()
    """The guards whose modules were brought into the copy."""

    @property
    def root(self) -> Path:
        """The project's root in the working tree."""
        base = self.settings.base
        return base if self.copy is None else self.copy.original / base.relative_to(self.copy.place)

    def guard(self, guard: Declared) -> Declared:
        """The guard as this side declares it."""
        if self.copy is None:
            return guard
        return replace(guard, ref=replace(guard.ref, file=self.copy.of(guard.ref.file)))


def working_tree(settings: Settings) -> Side:
    """The project as it lies there, edits that nobody committed included."""
    return Side(WORKING_TREE, settings)


@contextlib.contextmanager
def revision(
    repository: Repository, settings: Settings, guards: Sequence[Declared], commit: Commit, name: str | None = None
) -> Iterator[Side]:
    """A commit's code under the working tree's guards, generators and settings, in a folder that goes with the block.

    Whatever belongs to a guard is the working tree's: its module, and what lies beside it and the commit does not have.
    A guard's configuration is the commit's, where it has one: editing it changes behaviour.
    """
    with repository.workers.scratch() as folder:
        copy = Copy(repository.top, folder / "tree")
        repository.write(commit, copy.place, folder / "index")
        edited = _bring_guards(settings, guards, copy)
        there = _settings(settings, copy)
        told = f"{name} ({commit.short})" if name and not commit.sha.startswith(name) else commit.short
        edited += _edited_generators(settings, guards, copy)
        remarks = tuple(_remarks(settings, edited, repository.submodules(commit)))
        yield Side(told, there, copy, commit, remarks, tuple(guards))


@contextlib.contextmanager
def committed(
    repository: Repository, settings: Settings, commit: Commit, brought: Sequence[Path] = ()
) -> Iterator[Side]:
    """A commit as it is, its guards included, in a folder that goes with the block; generators are the working tree's.

    `brought` are files of the working tree that it does not have.
    """
    with repository.workers.scratch() as folder:
        copy = Copy(repository.top, folder / "tree")
        repository.write(commit, copy.place, folder / "index")
        copy.of(settings.base).mkdir(parents=True, exist_ok=True)
        for file in brought:
            copy.of(file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy.of(file))
        yield Side(commit.short, _settings(settings, copy), copy, commit)


def _settings(settings: Settings, copy: Copy) -> Settings:
    """The working tree's settings for a copy; generators stay where they are, and are the same for both sides."""
    base = copy.of(settings.base)
    own = [str(copy.of(Path(entry))) for entry in settings.import_path]
    return replace(
        settings,
        root=base,
        here=base,
        guards=tuple(copy.of(place) for place in settings.guards),
        # The revision may lie on its disk in another way, such as before a move to `src`.
        import_path=tuple(dict.fromkeys([*own, *import_path(base)])),
    )


def _bring_guards(settings: Settings, guards: Sequence[Declared], copy: Copy) -> list[Path]:
    """Copy what belongs to the guards; the guards' modules that the revision has in another form."""
    copy.of(settings.base).mkdir(parents=True, exist_ok=True)
    declaring = {guard.ref.file for guard in guards}
    edited = []
    brought = [*_beside(settings), *_packages(settings, declaring), *_configurations(settings, guards)]
    for file in dict.fromkeys(brought):
        there, belongs = copy.of(file), file in declaring or _names_guard(file)
        if there.is_file() and not belongs:
            continue  # What a guard only uses is code, and code is the revision's.
        if there.is_file() and there.read_bytes() != file.read_bytes():
            edited.append(file)
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, there)
    return edited


def _edited_generators(settings: Settings, guards: Sequence[Declared], copy: Copy) -> list[Path]:
    """The generators of these guards that the revision has in another form."""
    names = dict.fromkeys(guard.dataset for guard in guards if guard.dataset)
    found = [settings.generator_of(name) for name in names]
    there = [(file, copy.of(file)) for file in found if file.is_file() and file.is_relative_to(copy.original)]
    return [file for file, old in there if old.is_file() and old.read_bytes() != file.read_bytes()]


def _beside(settings: Settings) -> Iterator[Path]:
    """The guards' modules and, where they have folders of their own, what else lies there."""
    yield from files(settings)
    for place in settings.guards:
        holds_code = any(Path(entry).is_relative_to(place) for entry in settings.import_path)
        if place.is_dir() and not holds_code:
            yield from (path for path in sorted(place.rglob("*")) if path.is_file() and _is_small(path, place))


def _is_small(path: Path, place: Path) -> bool:
    """Whether a file beside guards is one of a few that they may read, and no cache or environment."""
    hidden = any(
        part.startswith(".") or part in ("__pycache__", "node_modules") for part in path.relative_to(place).parts
    )
    return not hidden and path.suffix != ".pyc" and path.stat().st_size < LARGEST


LARGEST = 10 * 2**20
"""Bytes of a file beside the guards that is brought along; what is larger is data of its own."""


def _packages(settings: Settings, declaring: set[Path]) -> Iterator[Path]:
    """What makes packages of the folders above the guards."""
    for file in sorted(declaring):
        for folder in file.parents:
            if folder == settings.base or not folder.is_relative_to(settings.base):
                break
            if (folder / "__init__.py").is_file():
                yield folder / "__init__.py"


def _configurations(settings: Settings, guards: Sequence[Declared]) -> Iterator[Path]:
    for name in dict.fromkeys(guard.config for guard in guards if guard.config):
        path = settings.base / name
        if path.is_file():
            yield path


def _names_guard(file: Path) -> bool:
    """Whether a module says `Guard`, mlguard's own: a base of guards belongs to them, wherever it is declared."""
    if file.suffix != ".py":
        return False
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        return False
    return any(_is_guard(node) for node in ast.walk(tree))


def _is_guard(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "mlguard" and any(alias.name == "Guard" for alias in node.names)
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "Guard"
        and isinstance(node.value, ast.Name)
        and node.value.id == "mlguard"
    )


def _remarks(settings: Settings, edited: Sequence[Path], submodules: Sequence[str]) -> Iterator[str]:
    if edited:
        names = ", ".join(settings.relative(file) for file in edited)
        yield f"guards and generators are the working tree's on both sides; what was edited in {names} is not compared"
    if submodules:
        yield f"submodules are left alone, and empty there: {', '.join(submodules)}"
