"""Each subject: rewrites that change no behaviour are quiet, and planted bugs are caught where they are."""

from __future__ import annotations

import pytest

from mlguard.core.outcome import Outcome
from tests.examples.edit import told
from tests.examples.subjects.edit import Edit, Subject
from tests.examples.subjects.guarded import Guarded
from tests.examples.subjects.table import SUBJECTS

pytestmark = pytest.mark.repositories

EDITS = [(subject, edit) for subject in SUBJECTS for edit in subject.edits]


def id_of(given: object) -> str:
    return given.project if isinstance(given, Subject) else getattr(given, "id", str(given))


@pytest.fixture(scope="module")
def guarded(at_once: None, subject: Subject, tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """The project of a subject with its golden."""
    return Guarded(subject, tmp_path_factory.mktemp(subject.project))


@pytest.mark.parametrize("subject", SUBJECTS, ids=id_of, scope="module")
def test_the_golden_is_that_of_the_code(guarded: Guarded) -> None:
    verdict = guarded.check()
    assert verdict.outcome is Outcome.MATCH, told(verdict)


@pytest.mark.parametrize(("subject", "edit"), EDITS, ids=id_of, scope="module")
def test_an_edit(edit: Edit, guarded: Guarded) -> None:
    guarded.expect(edit)


@pytest.mark.parametrize(
    ("subject", "edit"), [(subject, edit) for subject, edit in EDITS if subject.number == 7], ids=id_of, scope="module"
)
def test_comments_are_held_against_shapes(edit: Edit, guarded: Guarded) -> None:
    assert guarded.shapes(edit) == ([edit.shape] if edit.shape else [])


NAMED = [(subject, edit) for subject, edit in EDITS if edit.edited]


@pytest.mark.parametrize(("subject", "edit"), NAMED, ids=id_of, scope="module")
def test_diff_names_what_was_edited(edit: Edit, guarded: Guarded) -> None:
    assert guarded.diff(edit) == [edit.edited]
