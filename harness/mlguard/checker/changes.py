"""What differs between the provenance of two Records: configuration, files, libraries, machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlguard.core.cause import Change
from mlguard.core.record import PRIVATE, Provenance
from mlguard.core.surroundings import surroundings
from mlguard.runner.imported import installed

PYTHON = "Python"
"""What a change of Python itself is called among those of libraries."""


def changed_keys(before: Provenance, after: Provenance) -> list[Change]:
    """Configuration keys that differ."""
    return list(_edited(before.configuration_values, after.configuration_values))


def changed_beside(before: Provenance, after: Provenance) -> list[Change]:
    """Keys of files beside the configuration that differ, in those files that the older Record has."""
    old, new = before.values_beside, after.values_beside
    return [edited for file in old for edited in _edited(old[file], new.get(file, {}), f"{file} ")]


def _edited(old: Mapping[str, Any], new: Mapping[str, Any], place: str = "") -> Iterator[Change]:
    for key in dict.fromkeys([*old, *new]):
        if key not in old or key not in new or old[key] != new[key]:
            yield Change(f"{place}{key}", _shown(old, key), _shown(new, key))


def changed_libraries(before: Provenance, after: Provenance, *, edited: bool = False) -> Iterator[Change]:
    """Python's minor version and every imported third-party distribution that differs.

    One that is no longer imported counts where its installed version is another. One that was not imported before does
    not count where the sources were `edited`, which may import it now.
    """
    old_python, new_python = _minor(before), _minor(after)
    if old_python != new_python:
        yield Change(PYTHON, old_python, new_python)
    old, new = _packages(before), _packages(after)
    for name in sorted({*old, *new}):
        version = new.get(name) or installed(name)
        if old.get(name) != version and not (edited and name not in old):
            yield Change(name, old.get(name), version)


def changed_machine(before: Provenance, after: Provenance) -> Iterator[Change]:
    """What differs between two machines: CPU, BLAS kernel, SIMD level, threads, operating system."""
    for name in ("system", "machine", "cpu", "libm", "hash_seed"):
        yield from _change(name, before.environment.get(name), after.environment.get(name))
    yield from _change("BLAS kernel", _kernels(before), _kernels(after))
    yield from _change("SIMD", _simd(before), _simd(after))


def changed_surroundings(before: Provenance, after: Provenance) -> Iterator[Change]:
    """What else differs around two runs, and decides nothing: operating system, image of a container, lock files."""
    old, new = surroundings(before, after)
    for name in dict.fromkeys([*old, *new]):
        yield from _change(name, old.get(name), new.get(name))


def edited_files(before: Provenance, after: Provenance) -> list[str]:
    """Files that both runs depended on, that are no code, and that differ as far as the golden's digests tell."""
    return [
        name
        for name, kept in before.sources.items()
        if not _is_code(name) and kept != PRIVATE and after.sources.get(name, kept) not in (kept, PRIVATE)
    ]


def same_files(before: Provenance, after: Provenance, but: str | None = None) -> bool:
    """Whether two runs depended on the same code, and on no file that differs; `but` may be edited.

    Of a file that git ignores a golden keeps the name only, which says nothing.
    """
    private = {name for one in (before, after) for name, kept in one.sources.items() if kept == PRIVATE}
    return {*changed_code(before, after)} <= {but, *private} and not edited_files(before, after)


def changed_code(before: Provenance, after: Provenance) -> list[str]:
    """Files of code that differ, as far as digests tell."""
    old, new = before.sources, after.sources
    names = sorted(name for name in {*old, *new} if _is_code(name))
    return [name for name in names if old.get(name) != new.get(name)]


def edited_code(before: Provenance, after: Provenance, but: str) -> list[str]:
    """Files of code that both ran, and that differ: which others run follows from these, or from something else.

    `but` may be edited.
    """
    both = before.sources.keys() & after.sources.keys()
    return [name for name in changed_code(before, after) if name in both and name != but]


def _is_code(name: str) -> bool:
    return name.endswith(".py")


def _change(name: str, before: object, after: object) -> Iterator[Change]:
    if before != after:
        yield Change(name, *(None if value is None else str(value) for value in (before, after)))


def _minor(provenance: Provenance) -> str:
    return ".".join(str(provenance.environment.get("python", "")).split(".")[:2])


def _packages(provenance: Provenance) -> Mapping[str, str]:
    packages: Mapping[str, str] = provenance.environment.get("packages") or {}
    return packages


def _kernels(provenance: Provenance) -> str:
    libraries: list[Mapping[str, Any]] = list(provenance.environment.get("blas") or ())
    return ", ".join(sorted({str(library.get("kernel")) for library in libraries}))


def _simd(provenance: Provenance) -> str:
    numpy: Mapping[str, Any] = provenance.environment.get("numpy") or {}
    found = numpy.get("enabled") or numpy.get("simd") or ()
    return " ".join(map(str, found)) if isinstance(found, list | tuple) else str(found)


def _shown(values: Mapping[str, Any], key: str) -> str | None:
    return repr(values[key]) if key in values else None
