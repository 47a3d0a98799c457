"""The subject `boosting` (docs/subjects.md): rewrites are quiet, and planted bugs are caught where they are."""

from __future__ import annotations

from operator import attrgetter

import pytest

from mlguard.core.outcome import Outcome
from tests.examples.edit import CONTRACTS, PROBES, told
from tests.examples.subjects.boosting import BOOSTING
from tests.examples.subjects.edit import Edit
from tests.examples.subjects.guarded import Guarded


@pytest.fixture(scope="module")
def guarded(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    return Guarded(BOOSTING, tmp_path_factory.mktemp("boosting"))


def test_the_golden_is_that_of_the_code(guarded: Guarded) -> None:
    verdict = guarded.check()
    assert verdict.outcome is Outcome.MATCH, told(verdict)


@pytest.mark.parametrize("edit", BOOSTING.edits, ids=attrgetter("id"))
def test_an_edit(edit: Edit, guarded: Guarded) -> None:
    guarded.expect(edit)


@pytest.mark.parametrize("edit", [edit for edit in BOOSTING.edits if edit.edited], ids=attrgetter("id"))
def test_diff_names_what_was_edited(edit: Edit, guarded: Guarded) -> None:
    assert guarded.diff(edit) == [edit.edited]


def test_it_has_its_rewrites_and_bugs() -> None:
    assert (len(BOOSTING.rewrites), len(BOOSTING.bugs)) == (2, 4)
    assert {edit.only for edit in BOOSTING.bugs} == {None, PROBES, CONTRACTS}
