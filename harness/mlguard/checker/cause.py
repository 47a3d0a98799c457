"""Why did it move: configuration, data, environment or code? Doubt is red."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import metadata
from typing import Any

from mlguard.core.compare import Comparison, compare
from mlguard.core.error import GoldenError, MlguardError
from mlguard.core.outcome import Outcome
from mlguard.core.record import Provenance, Record
from mlguard.core.rules import Rules
from mlguard.core.run_name import MAIN, Seed
from mlguard.discovery import Declared
from mlguard.golden.local import LocalStore
from mlguard.report.sentence import say
from mlguard.runner.order import Done
from mlguard.runner.run import Runner
from mlguard.worker.describe import effect
from mlguard.worker.environment import Environment


@dataclass(frozen=True)
class Cause:
    """The outcome once the cause is known, and the lines that say so."""

    outcome: Outcome
    """The overall outcome."""
    lines: tuple[str, ...] = ()
    """Most telling first."""
    remarks: tuple[str, ...] = ()
    """Quiet lines."""


def explain(
    runner: Runner,
    goldens: LocalStore,
    guard: Declared,
    golden: Record,
    done: Done,
    comparison: Comparison,
    rules: Rules,
) -> Cause:
    """The cause of a move beyond the tolerances.

    An edited configuration decides for `shifted`; then changed data are held apart by a run on the golden's own tables;
    library differences excuse a move only where the project's own sources are those of the golden.
    """
    before, after = golden.provenance, done.record.provenance
    # A gate on a metric says nothing about where a move comes from.
    again_under = replace(rules, requirements=())
    lines = [*_configuration(before, after), *_files(before, after)]
    if lines:
        return Cause(_red(comparison), (*lines, *_environment_lines(golden, after)))
    if before.dataset.get("digest") != after.dataset.get("digest") or _only_data(comparison):
        return _data(runner, goldens, guard, golden, comparison, again_under)
    libraries = _libraries(before, after)
    if libraries and comparison.outcome in (Outcome.SHIFTED, Outcome.MISSING):
        if _same_sources(before, after):
            text = f"the project's sources are those of the golden, and the environment is not: {'; '.join(libraries)}"
            return Cause(Outcome.ENVIRONMENT_CHANGED, (text,))
        return Cause(comparison.outcome, (_both(libraries),))
    machine = list(changed_machine(before, after))
    if machine and comparison.outcome is Outcome.SHIFTED:
        return _machine(runner, guard, golden, machine, again_under)
    return Cause(comparison.outcome, tuple(_environment_lines(golden, after)))


def changed_libraries(before: Provenance, after: Provenance, *, edited: bool = False) -> Iterator[str]:
    """Python's minor version and every imported third-party distribution that differs, in words.

    One that is no longer imported counts where its installed version is another. One that was not imported before does
    not count where the sources were `edited`, which may import it now.
    """
    old_python, new_python = _minor(before), _minor(after)
    if old_python != new_python:
        yield f"Python {old_python} -> {new_python}"
    old, new = _packages(before), _packages(after)
    for name in sorted({*old, *new}):
        version = new.get(name) or _installed(name)
        if old.get(name) != version and not (edited and name not in old):
            yield f"{name} {old.get(name, 'absent')} -> {version or 'absent'}"


def changed_machine(before: Provenance, after: Provenance) -> Iterator[str]:
    """What differs between two machines: CPU, BLAS kernel, SIMD level, threads, operating system."""
    for name in ("system", "machine", "cpu", "libm", "hash_seed"):
        old, new = before.environment.get(name), after.environment.get(name)
        if old != new:
            yield f"{name} {old} -> {new}"
    old_blas, new_blas = _kernels(before), _kernels(after)
    if old_blas != new_blas:
        yield f"BLAS kernel {old_blas} -> {new_blas}"
    old_simd, new_simd = _simd(before), _simd(after)
    if old_simd != new_simd:
        yield f"SIMD {old_simd} -> {new_simd}"


def changed_keys(before: Provenance, after: Provenance) -> list[str]:
    """Configuration keys that differ, in words."""
    old, new = before.configuration.get("values") or {}, after.configuration.get("values") or {}
    return [
        f"{key} {_shown(old, key)} -> {_shown(new, key)}"
        for key in dict.fromkeys([*old, *new])
        if key not in old or key not in new or old[key] != new[key]
    ]


def _machine(runner: Runner, guard: Declared, golden: Record, differences: list[str], rules: Rules) -> Cause:
    """Whether another machine is to blame is shown, not assumed: run once more with the golden's machine emulated."""
    differs = f"the machine differs from the golden's ({'; '.join(differences)})"
    wanted = emulation(golden.provenance)
    try:
        again = runner.run(guard, environment=wanted, bundle=False).record
    except MlguardError as error:
        return Cause(Outcome.SHIFTED, (f"{differs}; emulating it failed: {error.message}",))
    without = effect(wanted, dict(again.provenance.environment))
    if without:
        return Cause(
            Outcome.SHIFTED, (f"{differs}, cannot be emulated here ({without[0]}), and by itself is no excuse",)
        )
    # The bundle was not loaded there; left out, contracts are on neither side missing or new.
    left_out = golden.left_out | again.left_out | {f"{MAIN}/contracts"}
    if compare(golden, again, rules, left_out=left_out).moves():
        return Cause(Outcome.SHIFTED, (f"{differs}, but emulating the golden's does not bring the values back",))
    text = f"{differs}, and emulating the golden's brings the values back: the certificate is too narrow"
    return Cause(Outcome.ENVIRONMENT_CHANGED, (f"{text}; widen it: mlguard calibrate {guard.ref.name}",))


def emulation(provenance: Provenance) -> Environment:
    """The Environment that comes closest to the machine of a Record."""
    kernels = [str(library.get("kernel")) for library in provenance.environment.get("blas") or ()]
    numpy: Mapping[str, Any] = provenance.environment.get("numpy") or {}
    found = set(numpy.get("simd") or ())
    simd = "all" if found & {"X86_V4", "AVX512F"} else "avx2" if found & {"X86_V3", "AVX2"} else "none"
    libm = "no-fma" if provenance.environment.get("libm") == "no-fma" else "all"
    return Environment(blas_kernel=_CORETYPES.get(kernels[0], kernels[0]) if kernels else None, simd=simd, libm=libm)


_CORETYPES = {"Katmai": "Prescott"}
"""Kernels that OpenBLAS reports under another name than the one it takes."""


def _configuration(before: Provenance, after: Provenance) -> Iterator[str]:
    keys = changed_keys(before, after)
    if keys:
        yield f"the configuration was edited: {', '.join(keys)}"


def _files(before: Provenance, after: Provenance) -> Iterator[str]:
    read = before.sources.items()
    edited = [name for name, text in read if not _is_code(name) and after.sources.get(name, text) != text]
    if edited:
        what = "a file that the code reads was" if len(edited) == 1 else "files that the code reads were"
        yield f"{what} edited: {', '.join(edited)}"


def _red(comparison: Comparison) -> Outcome:
    """Where nothing excuses a move, whatever moved is `shifted`; a contract that broke stays `violated`."""
    return comparison.outcome if comparison.outcome in (Outcome.SHIFTED, Outcome.VIOLATED) else Outcome.SHIFTED


def _only_data(comparison: Comparison) -> bool:
    """Whether everything that moved belongs to runs whose own data moved, as when only another seed's data changed."""
    moves = comparison.moves()
    runs = {m.run for m in moves if m.stage == "dataset"}
    return bool(runs) and all(m.run in runs for m in moves)


def _data(
    runner: Runner, goldens: LocalStore, guard: Declared, golden: Record, comparison: Comparison, rules: Rules
) -> Cause:
    what = _changed_tables(comparison)
    name = str(golden.provenance.dataset.get("name"))
    if MAIN not in {m.run for m in comparison.moves() if m.stage == "dataset"}:
        return Cause(Outcome.DATASET_CHANGED, (what,))
    unusable = _unusable_tables(goldens, name, golden)
    if unusable:
        return Cause(_red(comparison), (what, f"{unusable}, so that code and data cannot be told apart"))
    try:
        again = runner.run(guard, tables=goldens.datasets.folder(name))
    except MlguardError as error:
        return Cause(Outcome.SHIFTED, (f"on the golden's own tables the code fails: {error.message}", what))
    moved = _on_golden_tables(golden, again.record, rules)
    if moved is not None:
        libraries = list(changed_libraries(golden.provenance, again.record.provenance))
        generator = runner.settings.relative(runner.settings.generators / f"{name}.py")
        if libraries and _same_sources(golden.provenance, again.record.provenance, but=generator):
            return Cause(Outcome.DATASET_CHANGED, (what, f"the environment changed as well: {'; '.join(libraries)}"))
        text = f"on the golden's own tables the answers move as well, first in {moved}: the code changed too"
        return Cause(_red(comparison), (text, what))
    return Cause(Outcome.DATASET_CHANGED, (what, "on the golden's own tables nothing moves: the code is not the cause"))


def _unusable_tables(goldens: LocalStore, name: str, golden: Record) -> str:
    """Why the golden's own tables cannot be run on; empty where they can."""
    try:
        if goldens.load_dataset(name) is None or goldens.dataset_digest(name) != golden.provenance.dataset["digest"]:
            return "the golden's own tables are not stored any more"
    except GoldenError as error:
        return f"the golden's own tables cannot be trusted ({error.what})"
    return ""


def _on_golden_tables(golden: Record, record: Record, rules: Rules) -> str | None:
    """Where a run on the golden's own tables moved; the data stage and other seeds' data are not in question."""
    others = {o.run for o in golden if isinstance(o.run, Seed)}
    left_out = golden.left_out | record.left_out | {f"{MAIN}/dataset", *others}
    first = compare(golden, record, rules, left_out=frozenset(left_out)).first
    return first.stage if first else None


def _changed_tables(comparison: Comparison) -> str:
    """Which table and which columns of it moved."""
    parts = []
    for finding in comparison.moves():
        if finding.stage == "dataset" and finding.observation.endswith(".content"):
            table = finding.observation.removesuffix(".content")
            columns = ", ".join(finding.difference.rows[:6]) or "all of it"
            parts.append(f"{table} ({columns})" if finding.run == MAIN else f"{table} of {finding.run}")
    if not parts:
        parts = [say(f) for f in comparison.moves() if f.stage == "dataset"][:3]
    return f"the dataset changed: {'; '.join(parts)}"


def _environment_lines(golden: Record, after: Provenance) -> Iterator[str]:
    before = golden.provenance
    libraries = _libraries(before, after)
    if libraries and _same_sources(before, after):
        yield f"the environment changed as well, the project's sources did not: {'; '.join(libraries)}"
    elif libraries:
        yield _both(libraries)
    machine = list(changed_machine(before, after))
    if machine:
        yield f"the machine differs from the golden's ({'; '.join(machine)}), which by itself is no excuse"


def _both(libraries: list[str]) -> str:
    both = f"the sources changed and so did the environment ({'; '.join(libraries)})"
    return f"{both}; `mlguard diff` with the golden's commit, in this environment, separates them"


def _same_sources(before: Provenance, after: Provenance, but: str | None = None) -> bool:
    """Whether the project's own files that were run or read are those of the golden, but for a dataset's generator."""

    def own(provenance: Provenance) -> dict[str, str]:
        return {name: text for name, text in provenance.sources.items() if _is_code(name) and name != but}

    return own(before) == own(after) and not any(_files(before, after))


def _is_code(name: str) -> bool:
    return name.endswith(".py")


def _libraries(before: Provenance, after: Provenance) -> list[str]:
    return list(changed_libraries(before, after, edited=not _same_sources(before, after)))


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


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


def _shown(values: Mapping[str, Any], key: str) -> str:
    return repr(values[key]) if key in values else "absent"
