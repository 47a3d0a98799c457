"""Compare a guard with and without a planted commit, as `mlguard diff` does, and judge what it names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mlguard.core.record import Record
from mlguard.discovery import Declared
from mlguard.report.edits import Proof
from mlguard.runner.order import Extent
from mlguard.runner.repository import Repository
from mlguard.runner.run import Runner
from mlguard.runner.sides import revision, working_tree
from mlguard.settings import load
from mlguard.tools.diff.judge import Judge, Judged, Proving
from tests.power.mixing import Mixed, edited
from tests.power.planting import plant
from tests.power.variant import Variant
from tests.repository import git


def explained(
    runner: Runner, guard: Declared, variant: Variant, folder: Path, *, extent: Extent, before: Record | None = None
) -> Judged:
    """What a comparison says of a planted commit; `before` is what the unedited code gives, where that is known."""
    commit_unedited(variant, guard, folder)
    planted = plant(variant, guard, folder)
    there = runner.elsewhere(load(folder))
    repository = Repository.around(there.settings.base, there.workers)
    with revision(repository, there.settings, [planted], repository.commit("HEAD")) as side:
        judge = Judge(there, side, working_tree(there.settings), extent=extent)
        return judge.explained(planted, Proving(repository, lambda told: None), before)


def commit_unedited(variant: Variant, guard: Declared, folder: Path) -> None:
    """The unedited code as the first commit of a repository."""
    plant(replace(variant, edits=tuple((file, old, old) for file, old, _ in _first(variant) if old)), guard, folder)
    for told in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "as it was"]):
        git(folder, *told)


def _first(variant: Variant) -> tuple[tuple[str, str, str], ...]:
    """Edits of the unedited files: of several in one file the first, whose text is sure to be there."""
    seen: dict[str, tuple[str, str, str]] = {}
    for edit in variant.edits:
        seen.setdefault(edit[0], edit)
    return tuple(seen.values())


def is_right(proof: Proof | None, commit: Mixed) -> bool:
    """Whether the edits that are named are those of the real edit, and proven."""
    names = {edit.name for edit in proof.edits} if proof and proof.how.is_proven else set()
    return bool(names) and names <= edited([*commit.keeps, commit.shift]) - only_harmless(commit)


def is_wrong(proof: Proof | None, commit: Mixed) -> bool:
    """Whether an edit is named that only a harmless refactor made."""
    return bool(proof and proof.how.is_proven) and not is_right(proof, commit)


def only_harmless(commit: Mixed) -> frozenset[str]:
    """The names of what the refactors edit and the real edit does not."""
    return edited(commit.keeps) - edited([commit.shift])
