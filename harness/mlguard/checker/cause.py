"""Why did it move: configuration, data, environment or code? Doubt is red, and an excuse is shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from mlguard.checker import tables
from mlguard.checker.changes import PYTHON, changed_keys, changed_libraries, changed_machine, edited_files, same_files
from mlguard.checker.known import Known
from mlguard.checker.proof import Prover
from mlguard.core.cause import Cause, CauseKind, Change
from mlguard.core.compare import Comparison, compare
from mlguard.core.error import MlguardError
from mlguard.core.outcome import Outcome
from mlguard.core.record import Provenance, Record
from mlguard.core.rules import Rules
from mlguard.core.run_name import MAIN, Seed
from mlguard.discovery import Declared
from mlguard.golden.interface import Store
from mlguard.runner.order import Done
from mlguard.runner.run import Runner
from mlguard.worker.describe import effect
from mlguard.worker.environment import Environment


@dataclass(frozen=True)
class Explained:
    """The outcome once causes are known, and these causes."""

    outcome: Outcome
    """The overall outcome."""
    causes: tuple[Cause, ...] = ()
    """Most telling first."""


def explain(
    runner: Runner,
    goldens: Store,
    guard: Declared,
    golden: Record,
    done: Done,
    comparison: Comparison,
    rules: Rules,
) -> Explained:
    """The causes of a move beyond the tolerances.

    An edited configuration, or another edited file that the code reads, decides for `shifted`. Otherwise the code is
    innocent only where that is shown: the golden's own code, run here on the same data, gives what this run gave; or
    nothing differs but the machine, and with the golden's machine emulated the values come back. Data that the golden's
    own generator makes otherwise under other libraries are the environment's doing, and no changed data.
    """
    # A gate on a metric says nothing about where a move comes from.
    return _Explainer(runner, goldens, guard, golden, done, comparison, replace(rules, requirements=())).explain()


class _Explainer:
    """One explanation under way."""

    def __init__(
        self,
        runner: Runner,
        goldens: Store,
        guard: Declared,
        golden: Record,
        done: Done,
        comparison: Comparison,
        rules: Rules,
    ) -> None:
        self.runner, self.goldens, self.guard, self.golden = runner, goldens, guard, golden
        self.done, self.comparison, self.rules = done, comparison, rules
        self.before, self.after = golden.provenance, done.record.provenance
        self.same_code = same_files(self.before, self.after, but=self._generator())
        self.known = Known(runner.settings.base, golden, done.variables)

    def explain(self) -> Explained:
        edited = [*self._edited()]
        candidates = [*self._candidates()]
        if edited:
            return Explained(self._red(), (*edited, *candidates))
        if self._data_changed():
            data = tables.changed(self.comparison.moves())
            return self._made(self._proven(Outcome.DATASET_CHANGED, [data, *candidates]))
        if candidates or (self.same_code and not self._machine()):
            return self._proven(Outcome.ENVIRONMENT_CHANGED, candidates or [Cause(CauseKind.NOTHING_EDITED)])
        if self._machine() and self.comparison.outcome is Outcome.SHIFTED:
            return self._emulated()
        return Explained(self.comparison.outcome)

    def _edited(self) -> Iterator[Cause]:
        keys, files = changed_keys(self.before, self.after), edited_files(self.before, self.after)
        files += [name for name, state in self.known.files().items() if state == "changed"]
        if keys:
            yield Cause(CauseKind.CONFIGURATION_EDITED, changes=tuple(keys))
        if files:
            yield Cause(CauseKind.FILES_EDITED, names=tuple(files))

    def _candidates(self) -> Iterator[Cause]:
        """What differs and may have moved the values, apart from code, data and the machine."""
        libraries = tuple(changed_libraries(self.before, self.after, edited=not self.same_code))
        if libraries:
            yield Cause(CauseKind.LIBRARIES_DIFFER, changes=libraries)
        yield from self.known.causes(self.done.record)

    def _proven(self, excused: Outcome, candidates: list[Cause]) -> Explained:
        """Whether the golden's own code takes the blame from this one."""
        private = self.known.files()
        proof = Prover(self.runner, self.goldens, self.guard, self.golden, self.rules, private).prove(self.done)
        if proof.kind is CauseKind.OWN_CODE_AGREES:
            return Explained(excused, (*candidates, proof))
        if proof.kind is CauseKind.OWN_CODE_DIFFERS:
            # What else differs was the same for both runs, and so is no cause.
            data = [cause for cause in candidates if cause.kind is CauseKind.DATASET_CHANGED]
            return Explained(self._red(), (proof, *data))
        again = [self._on_golden_tables()] if excused is Outcome.DATASET_CHANGED else []
        return Explained(self._red(), (*again, proof, *candidates))

    def _made(self, explained: Explained) -> Explained:
        """Changed data that no edit changed, where that is shown: then they are what other libraries made of them.

        The golden's own code was run here, with the generator of now: where that is the golden's as well, and nothing
        else can have given data, both runs made the golden's data otherwise.
        """
        script, made = self._generator(), self.done.made_with
        kinds = {cause.kind for cause in explained.causes}
        shown = explained.outcome is Outcome.DATASET_CHANGED and CauseKind.FILES_UNKNOWN not in kinds
        if not shown or made is None or made.others or not self._is_goldens(script):
            return explained
        variables = (name for cause in explained.causes if cause.kind in _OF_VARIABLES for name in cause.names)
        if not made.variables.isdisjoint(variables):
            return explained
        libraries = changed_libraries(self.before, self.after, edited=not self.same_code)
        changes = tuple(one for one in libraries if one.name == PYTHON or one.name in made.libraries)
        if not changes:
            return explained
        cause = Cause(CauseKind.MADE_OTHERWISE, changes=changes, names=(script,))
        return Explained(Outcome.ENVIRONMENT_CHANGED, (cause, *_without(changes, explained.causes)))

    def _is_goldens(self, script: str) -> bool:
        """Whether a generator, and what lies beside it, has the digests that the golden keeps."""
        beside = f"{PurePosixPath(script).parent}/"
        kept, found = (
            {name: digest for name, digest in one.sources.items() if name.startswith(beside)}
            for one in (self.before, self.after)
        )
        return script in kept and kept == found

    def _red(self) -> Outcome:
        """Where nothing excuses a move, whatever moved is `shifted`; a contract that broke stays `violated`."""
        red = self.comparison.outcome in (Outcome.SHIFTED, Outcome.VIOLATED)
        return self.comparison.outcome if red else Outcome.SHIFTED

    def _data_changed(self) -> bool:
        """Whether the first seed's data changed, or all that moved belongs to other seeds whose own data did."""
        if self.before.data_digest != self.after.data_digest:
            return True
        moves = self.comparison.moves()
        runs = {m.run for m in moves if m.stage == "dataset"}
        return bool(runs) and all(m.run in runs for m in moves)

    def _on_golden_tables(self) -> Cause:
        """What the code gives on the golden's own tables, for whoever has to find out by other means."""
        place = tables.kept(self.goldens, self.golden)
        if isinstance(place, Cause):
            return place
        try:
            again = self.runner.run(self.guard, tables=place).record
        except MlguardError as error:
            return Cause(CauseKind.TABLES_FAIL, detail=error.message)
        # The data stage and other seeds' data are not in question.
        others = {o.run for o in self.golden if isinstance(o.run, Seed)}
        left_out = self.golden.left_out | again.left_out | {f"{MAIN}/dataset", *others}
        first = compare(self.golden, again, self.rules, left_out=frozenset(left_out)).first
        kind = CauseKind.TABLES_MOVE if first else CauseKind.TABLES_AGREE
        return Cause(kind, stage=first.stage if first else None)

    def _machine(self) -> bool:
        return any(changed_machine(self.before, self.after))

    def _emulated(self) -> Explained:
        """Whether another machine is to blame is shown: run once more with the golden's machine emulated."""
        found = [Cause(CauseKind.MACHINE_DIFFERS, changes=tuple(changed_machine(self.before, self.after)))]
        found.append(self._emulation())
        if found[-1].kind is CauseKind.EMULATION_AGREES:
            return Explained(Outcome.ENVIRONMENT_CHANGED, tuple(found))
        return self._proven(Outcome.ENVIRONMENT_CHANGED, found)

    def _emulation(self) -> Cause:
        wanted = emulation(self.before)
        try:
            again = self.runner.run(self.guard, environment=wanted, bundle=False).record
        except MlguardError as error:
            return Cause(CauseKind.EMULATION_FAILS, detail=error.message)
        without = effect(wanted, dict(again.provenance.environment))
        if without:
            return Cause(CauseKind.NO_EMULATION, detail=without[0])
        # The bundle was not loaded there; left out, contracts are on neither side missing or new.
        left_out = self.golden.left_out | again.left_out | {f"{MAIN}/contracts"}
        moved = compare(self.golden, again, self.rules, left_out=left_out).moves()
        return Cause(CauseKind.EMULATION_MOVES if moved else CauseKind.EMULATION_AGREES)

    def _generator(self) -> str:
        return self.runner.settings.relative(self.runner.settings.generator_of(self.guard.dataset))


def _without(changes: Collection[Change], causes: Iterable[Cause]) -> Iterator[Cause]:
    """Causes less the libraries that were told already."""
    for cause in causes:
        left = tuple(change for change in cause.changes if change not in changes)
        if left or not cause.changes:
            yield replace(cause, changes=left)


def emulation(provenance: Provenance) -> Environment:
    """The Environment that comes closest to the machine of a Record."""
    kernels = [str(library.get("kernel")) for library in provenance.environment.get("blas") or ()]
    numpy: Mapping[str, Any] = provenance.environment.get("numpy") or {}
    found = set(numpy.get("simd") or ())
    simd = "all" if found & {"X86_V4", "AVX512F"} else "avx2" if found & {"X86_V3", "AVX2"} else "none"
    libm = "no-fma" if provenance.environment.get("libm") == "no-fma" else "all"
    return Environment(blas_kernel=_CORETYPES.get(kernels[0], kernels[0]) if kernels else None, simd=simd, libm=libm)


_OF_VARIABLES = (CauseKind.VARIABLES_DIFFER, CauseKind.VARIABLES_UNKNOWN)
"""What is said of variables whose values are not known to be the golden's."""

_CORETYPES = {"Katmai": "Prescott"}
"""Kernels that OpenBLAS reports under another name than the one it takes."""
