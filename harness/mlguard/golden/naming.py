"""Turn the name of a guard into a folder that every file system can hold, and find names that would share one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from mlguard.files.tree import DEVICES

TESTS = "tests"
"""The folder of goldens that belong to tests, which are named by pytest's node ids."""

DATASETS = "_datasets"
"""The folder of the goldens' tables, which holds no guard."""

ARRAYS, INTERNALS = "arrays", "internals"
"""The folders of large Observations beside a record."""

SUMMARY = "summary.md"
"""The file beside a record that a reviewer reads."""

DATA = (".csv", ".json", ".jsonl", ".npy")
"""How all other files of goldens and Datasets end."""

LENGTH = 64
"""Characters that one folder or file name may have, its digest included."""

_DIGITS = 10
_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?<!\.)")


def folder_of(name: str) -> PurePosixPath:
    """The folder of a guard's golden below the golden root.

    `Churn` has `Churn`, `Churn[model_cat]` has `Churn/model_cat`, and the node id `tests/test_x.py::test_y[a]` has
    `tests/test_x.py/test_y/a`. Whatever a file system may not hold is replaced, and a digest of the original added.
    """
    file, is_node, rest = name.partition("::")
    if not is_node:
        own, variant = _apart(name)
        return PurePosixPath(labelled(own) if own.casefold() in (TESTS, DATASETS) else component(own), *variant)
    folders = file.split("/")
    # A test outside `tests/` gets a folder that no test file's path can have, since it is no Python package's name.
    above = [TESTS] if folders[0] == TESTS else [TESTS, "_"]
    below = [component(part) for part in (folders[1:] if folders[0] == TESTS else folders)]
    place, parameters = _apart(rest)
    return PurePosixPath(*above, *below, *map(component, place.split("::")), *parameters)


def is_of_test(name: str) -> bool:
    """Whether a golden of this name belongs to a test that notes values by the fixture, not to a guard."""
    return name.startswith(f"{TESTS}/") or "::" in name


def name_of(folder: PurePosixPath) -> str:
    """A name that has this folder, for a golden that cannot be asked for its own name."""
    first, *rest = folder.parts
    if first == TESTS and len(folder.parts) > 1:
        file = next((i for i, part in enumerate(rest) if part.endswith(".py")), len(rest) - 1)
        path = rest[: file + 1][1:] if rest[0] == "_" else [TESTS, *rest[: file + 1]]
        return "::".join(["/".join(path), *rest[file + 1 :]])
    return first if not rest else f"{first}[{'/'.join(rest)}]"


def collisions(names: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of names that would share a folder, also where case makes no difference; equal names count."""
    first: dict[str, str] = {}
    pairs = []
    for name in names:
        folder = folder_of(name).as_posix().casefold()
        if folder in first:
            pairs.append((first[folder], name))
        else:
            first[folder] = name
    return pairs


def component(text: str) -> str:
    """One folder or file name for a text: the text itself where every file system can hold it."""
    if _SAFE.fullmatch(text) and len(text) <= LENGTH and not _reserved(text):
        return text
    return labelled(text)


def labelled(text: str, readable: str | None = None) -> str:
    """A name for a text that no other text has, not even one that differs only in case; it begins with `readable`."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
    start = re.sub(r"[^A-Za-z0-9._-]+", "_", readable or text).lstrip(".-")[: LENGTH - _DIGITS - 1]
    return f"{start or '_'}-{digest}"


def _apart(name: str) -> tuple[str, list[str]]:
    """What stands before a bracket, and the folder of what stands in it, if there is one."""
    own, bracket, inside = name.partition("[")
    return own, [component(inside.removesuffix("]"))] if bracket else []


def _reserved(text: str) -> bool:
    lower = text.casefold()
    return lower.split(".")[0] in DEVICES or lower in (ARRAYS, INTERNALS, SUMMARY) or lower.endswith(DATA)
