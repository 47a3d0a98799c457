"""Of planted commits the real edit is named, proven by undoing it; what only refactors is listed as harmless.

A small sample, in main runs: `python -m benchmarks.edits` compares every shift, and many commits of several edits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from mlguard.core.record import Record
from mlguard.runner.order import Extent
from tests.power.conftest import Checked
from tests.power.explaining import explained, is_right, only_harmless
from tests.power.mixing import Mixed, alone, edited, mixed
from tests.power.variant import Variant
from tests.power.variants import VARIANTS

HIDDEN = 3
"""Shifts that only probes, contracts and other runs show, which take whole runs."""

MIXED = 4
"""Commits of several edits."""


def one_of_each_guard(variants: Iterable[Variant]) -> Iterator[Variant]:
    """The second shift of each guard, or its only one."""
    by_guard: dict[str, list[Variant]] = {}
    for variant in variants:
        by_guard.setdefault(variant.guard, []).append(variant)
    yield from (own[min(1, len(own) - 1)] for own in by_guard.values())


VISIBLE = [
    alone(v)
    for v in one_of_each_guard(v for v in VARIANTS if v.kind == "shift" and not v.hidden and v.stage != "features")
][::2]
BEHIND = [alone(v) for v in one_of_each_guard(v for v in VARIANTS if v.kind == "shift" and v.hidden)][::7][:HIDDEN]
COMMITS = list(mixed(MIXED))
PLACED = [v for v in VARIANTS if v.kind == "keep" and v.operator == "rename"]


def named(commit: Mixed) -> str:
    return f"{commit.shift.guard}-{commit.shift.id}"


@pytest.fixture(scope="module")
def before(checked: Checked) -> dict[str, Record]:
    """What the unedited code of a guard gives in the main run."""
    return {}


def check(commit: Mixed, checked: Checked, folder: Path, extent: Extent, before: dict[str, Record]) -> None:
    guard = checked.guards[commit.shift.guard]
    known = before.get(guard.ref.name) if extent is Extent.MAIN else None
    judged = explained(checked.runner, guard, commit.whole, folder, extent=extent, before=known)
    if extent is Extent.MAIN and judged.before is not None:
        before[guard.ref.name] = judged.before
    assert judged.proof is not None
    assert is_right(judged.proof, commit), judged.proof
    named = {edit.name for edit in judged.proof.edits}
    assert named.isdisjoint(only_harmless(commit))
    assert set(judged.proof.harmless) <= edited([*commit.keeps, commit.shift]) - named


@pytest.mark.parametrize("commit", VISIBLE, ids=named)
def test_an_edit_that_moves_the_main_run_is_named(
    commit: Mixed, checked: Checked, tmp_path: Path, before: dict[str, Record]
):
    check(commit, checked, tmp_path.resolve(), Extent.MAIN, before)


@pytest.mark.parametrize("commit", BEHIND, ids=named)
def test_an_edit_that_only_other_runs_show_is_named(commit: Mixed, checked: Checked, tmp_path: Path):
    check(commit, checked, tmp_path.resolve(), Extent.FULL, {})


@pytest.mark.parametrize("commit", COMMITS, ids=named)
def test_the_real_edit_among_refactors_is_named(
    commit: Mixed, checked: Checked, tmp_path: Path, before: dict[str, Record]
):
    check(commit, checked, tmp_path.resolve(), Extent.MAIN, before)


@pytest.mark.parametrize("variant", PLACED, ids=lambda variant: f"{variant.guard}-{variant.id}")
def test_what_was_only_renamed_is_no_edit(variant: Variant):
    assert edited([variant]) == frozenset()


def test_there_are_enough():
    assert len(VISIBLE) >= 10
    assert len(BEHIND) == HIDDEN
    assert len(COMMITS) == MIXED
    assert PLACED
