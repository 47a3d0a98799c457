"""What takes the blame from the code: the golden's own code, run here and now, gives what this run gave."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from mlguard.checker.history import golden_commit
from mlguard.core.cause import Cause, CauseKind
from mlguard.core.compare import compare
from mlguard.core.error import MlguardError
from mlguard.core.record import Record
from mlguard.core.rules import Rules
from mlguard.discovery import Declared
from mlguard.golden.interface import Store
from mlguard.golden.keyed import State
from mlguard.runner.order import Done
from mlguard.runner.repository import Commit, Repository
from mlguard.runner.run import Runner
from mlguard.runner.sides import Side, committed
from mlguard.runner.sources import digest


class Prover:
    """Runs the golden's own code of one guard, where git has it."""

    def __init__(
        self,
        runner: Runner,
        goldens: Store,
        guard: Declared,
        golden: Record,
        rules: Rules,
        private: Mapping[str, State],
    ) -> None:
        """`private`: of the files that the golden keeps by name only, whether they are what they were."""
        self.runner, self.goldens, self.guard, self.golden, self.rules = runner, goldens, guard, golden, rules
        self.private = private
        self.base = runner.settings.base

    def prove(self, done: Done) -> Cause:
        """Run the golden's code in this environment, on this run's datasets, and compare with what this run gave.

        A commit proves something only if its files have the digests that the golden keeps: a golden and a change of
        behaviour in one commit prove nothing. Files that the commit does not have are brought along, and must have the
        golden's digests as well.
        """
        approved = self.golden.approvals[0].commit if self.golden.approvals else None
        proof = Cause(CauseKind.OWN_CODE_GONE, commit=approved)
        for repository, commit in self._commits(approved):
            with committed(repository, self.runner.settings, commit, self._uncommitted(repository, commit)) as side:
                others = tuple(self._others(side))
                if not others:
                    return self._run(side, done.record)
                if proof.kind is CauseKind.OWN_CODE_GONE:  # The first is the likeliest to hold the code.
                    proof = Cause(CauseKind.OWN_CODE_UNPROVEN, commit=commit.short, names=others)
        return proof

    def _commits(self, approved: str | None) -> Iterator[tuple[Repository, Commit]]:
        """The commits that may hold the golden's code: that which brought the golden, that of its approval, the last.

        In a shallow clone the commit of the approval is fetched, for this comparison alone.
        """
        with contextlib.ExitStack() as stack:
            try:
                repository = Repository.around(self.base, self.runner.workers)
            except MlguardError:
                return
            brought = golden_commit(self.base, Path(self.goldens.place(self.golden.guard)), None)
            seen: set[str] = set()
            for name in (brought, approved, "HEAD"):
                found = _commit(repository, name) if name else None
                holder = repository
                if found is None and name and repository.is_shallow:
                    holder = stack.enter_context(repository.fetched(name))
                    found = _commit(holder, name)
                if found is not None and found.sha not in seen:
                    seen.add(found.sha)
                    yield holder, found

    def _uncommitted(self, repository: Repository, commit: Commit) -> list[Path]:
        """Files that the golden's run depended on and that the commit does not have."""
        listed = set(repository.files(commit))
        # Without `..` first: a golden may name any file, and none outside the repository is brought along.
        paths = [Path(os.path.normpath(self.base / name)) for name in self.golden.provenance.sources]
        inside = [path for path in paths if path.is_relative_to(repository.top)]
        return [p for p in inside if p.is_file() and p.relative_to(repository.top).as_posix() not in listed]

    def _others(self, side: Side) -> Iterator[str]:
        """Files that are not as the golden keeps them; the generator may be edited, since the data are this run's."""
        generator = self.runner.settings.relative(self.runner.settings.generator_of(self.guard.dataset))
        for name, kept in self.golden.provenance.sources.items():
            file = side.settings.base / name if not name.startswith("..") else self.base / name
            same = self.private[name] == "same" if name in self.private else file.is_file() and digest(file) == kept
            if name != generator and not same:
                yield name

    def _run(self, side: Side, record: Record) -> Cause:
        commit = side.commit.short if side.commit else None
        try:
            again = self.runner.elsewhere(side.settings, side.copy).run(side.guard(self.guard)).record
        except MlguardError as error:
            return Cause(CauseKind.OWN_CODE_FAILS, commit=commit, detail=error.message)
        reference = replace(again, tolerances=self.golden.tolerances)
        first = compare(reference, record, self.rules, left_out=again.left_out | record.left_out).first
        kind = CauseKind.OWN_CODE_DIFFERS if first else CauseKind.OWN_CODE_AGREES
        return Cause(kind, commit=commit, stage=first.stage if first else None)


def _commit(repository: Repository, name: str) -> Commit | None:
    try:
        return repository.commit(name)
    except MlguardError:
        return None
