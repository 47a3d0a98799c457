"""Whether the code that ran is the code of this checkout: modules that exist below the root and came from elsewhere.

An editable install of another checkout, a stale build or an entry of the import path can bring them. Then an edit of
this checkout changes nothing that runs, and every verdict is about other code.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Final

from mlguard.core.error import UsageError
from mlguard.programs.modules import FOREIGN, is_inside
from mlguard.worker.source import is_installed

BUILT: Final = frozenset({"build", "dist", "_skbuild", ".eggs"})
"""Folders below a project that hold what was made of its sources at some time."""

_COMPILED: Final = (*EXTENSION_SUFFIXES, ".pyc")
_MODULES: Final = (".py", ".pyc", ".so", ".pyd")


@dataclass(frozen=True)
class Stray:
    """A module that was imported from elsewhere although this checkout has it."""

    name: str
    """Its dotted name."""
    ran: Path
    """The file that was imported."""
    here: Path
    """The file of this checkout that would be this module."""


@dataclass(frozen=True)
class Checkout:
    """How the modules that were imported relate to this checkout."""

    differing: tuple[Stray, ...] = ()
    """Imported from elsewhere, and this checkout's file has another text."""
    equal: tuple[Stray, ...] = ()
    """Imported from elsewhere with the text of this checkout's file, as from a wheel of it."""
    compiled: tuple[Stray, ...] = ()
    """The project's own compiled modules, which no text tells to be this checkout's; `here` is their folder."""


def compared(root: Path, *, besides: Sequence[Path] = ()) -> Checkout:
    """Compare what was imported into this process with the checkout at `root`; files in `besides` do not count."""
    root, left_out = root.resolve(), {folder.resolve() for folder in besides}
    differing: list[Stray] = []
    equal: list[Stray] = []
    compiled: list[Stray] = []
    for stray in _strays(root):
        if stray.ran.parent in left_out:
            continue
        if _is_compiled(stray.ran) or not stray.ran.is_file():  # or lies in an archive
            compiled.append(stray)
        else:
            (equal if _text(stray.ran) == _text(stray.here) else differing).append(stray)
    return Checkout(tuple(differing), tuple(equal), tuple(compiled))


def refuse_differing(checkout: Checkout, root: Path, guard: str) -> None:
    """Raises UsageError where a module of this checkout came from elsewhere with another text."""
    if not checkout.differing:
        return
    first, *others = checkout.differing
    more = f" (and {len(others)} more: {', '.join(s.name for s in others[:4])})" if others else ""
    raise UsageError(
        f"guard {guard}: {first.name} was imported from {first.ran}, which differs from this checkout's "
        f"{first.here.relative_to(root.resolve()).as_posix()}{more}: what ran is not the code here",
        advice="install this checkout (`python -m pip install -e .`), or name its sources in pytest's `pythonpath`",
        slug="code-from-elsewhere",
        blames_code=False,
    )


def remarks_on(checkout: Checkout) -> Iterator[str]:
    """Quiet lines about what came from elsewhere and is equal, and about what cannot be compared."""
    if checkout.equal:
        first = checkout.equal[0]
        several = f"{len(checkout.equal)} modules, {first.name} among them, were"
        which = f"{first.name} was" if len(checkout.equal) == 1 else several
        yield f"{which} imported from {first.ran.parent}, with the text of this checkout's files"
    if checkout.compiled:
        names = ", ".join(stray.name for stray in checkout.compiled[:5])
        yield f"compiled, so that nobody can tell whether this checkout's source is what ran: {names}"


def _strays(root: Path) -> Iterator[Stray]:
    own_names, installed = _installed_names(root), cache(is_installed)
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        top = name.partition(".")[0]
        if not isinstance(file, str) or top in ("__main__", "mlguard") or top in sys.stdlib_module_names:
            continue
        # Resolving a path asks the disk, and a thousand modules of libraries are loaded.
        if top not in own_names and installed(os.path.join(os.path.dirname(file), "")):
            continue
        here = _counterpart(name, Path(file).resolve(), root)
        if here is not None:
            yield Stray(name, Path(file).resolve(), here)


def _counterpart(name: str, ran: Path, root: Path) -> Path | None:
    """What of this checkout would be the module: a file, of a compiled one its folder; None where there is none."""
    if is_inside(ran, root) and not BUILT & set(ran.relative_to(root).parts):
        return ran.parent if _is_compiled(ran) else None
    if is_installed(str(ran)) or ran.is_relative_to(root):
        return _by_name(name, ran, root)
    return _by_path(name, ran, root)


def _by_path(name: str, ran: Path, root: Path) -> Path | None:
    """In another checkout a file lies at the same path below its root: the longest path that exists here decides.

    The last part alone decides only for a module without a package, since many packages have an `__init__.py`.
    """
    wanted = ran.parent if _is_compiled(ran) else ran
    fewest = 1 if "." not in name and ran.stem != "__init__" else 2
    for length in range(len(wanted.parts) - 1, fewest - 1, -1):
        here = root.joinpath(*wanted.parts[-length:])
        if here.exists():
            return here
    return None


def _by_name(name: str, ran: Path, root: Path) -> Path | None:
    """Of an installed or built module: its dotted name below the root, below `src`, or below another folder near."""
    path = Path(*name.split("."))
    if _is_compiled(ran):
        wanted = path.parent
    else:
        wanted = path / "__init__.py" if ran.stem == "__init__" else path.with_suffix(".py")
    for folder in (root, root / "src", *_near(root)):
        if (folder / wanted).exists() and (wanted.parts or any(folder.glob(f"{name}.*"))):
            return folder / wanted
    return None


def _near(root: Path) -> Iterator[Path]:
    """Folders one and two levels below the root, in which a build may look for sources."""
    for folder in _below(root):
        yield folder
        yield from _below(folder)


def _below(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError:
        return []  # What cannot be listed holds no sources of ours.
    return [folder / n for n in names if not n.startswith(".") and n not in BUILT and n not in FOREIGN]


def _installed_names(root: Path) -> frozenset[str]:
    """The top-level names of installed distributions that this checkout declares; others of theirs are strangers."""
    found: set[str] = set()
    for name in {name for folder in (root, *_near(root)) for name in _declared(folder)}:
        with contextlib.suppress(metadata.PackageNotFoundError, ValueError):
            files = metadata.distribution(name).files or ()
            found |= {file.parts[0].partition(".")[0] for file in files if file.suffix in _MODULES}
    return frozenset(found)


def _declared(folder: Path) -> Iterator[str]:
    """The names of the distributions whose build is described in a folder."""
    for file in ("pyproject.toml", "setup.cfg", "setup.py"):
        if (folder / file).is_file():
            text = (folder / file).read_text(encoding="utf-8", errors="replace")
            yield from re.findall(r"""^\s*name\s*=\s*["']?([A-Za-z0-9._-]+)""", text, re.MULTILINE)


def _is_compiled(file: Path) -> bool:
    return file.name.endswith(_COMPILED)


def _text(file: Path) -> bytes:
    return file.read_bytes().replace(b"\r\n", b"\n")
