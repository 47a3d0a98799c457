"""What is asked of a subject in a test module of its own, which names it as its `SUBJECT` and takes these over."""

from __future__ import annotations

from operator import attrgetter

import pytest

from mlguard.core.outcome import Outcome
from tests.examples.edit import told
from tests.examples.subjects.edit import Edit
from tests.examples.subjects.guarded import Guarded


@pytest.fixture(scope="module")
def guarded(at_once: None, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """The project of the module's subject with its golden."""
    subject = request.module.SUBJECT
    return Guarded(subject, tmp_path_factory.mktemp(subject.project))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of an edit is one test for each; one of `mlguard diff` for each of which it names something."""
    if "edit" in metafunc.fixturenames:
        named = metafunc.function is names
        edits = [edit for edit in metafunc.module.SUBJECT.edits if edit.edited or not named]
        metafunc.parametrize("edit", edits, ids=attrgetter("id"))


def matches(guarded: Guarded) -> None:
    """The golden is that of the code."""
    verdict = guarded.check()
    assert verdict.outcome is Outcome.MATCH, told(verdict)


def expects(edit: Edit, guarded: Guarded) -> None:
    """A rewrite is quiet, and a bug is caught."""
    guarded.expect(edit)


def names(edit: Edit, guarded: Guarded) -> None:
    """What was edited is named by `mlguard diff`."""
    assert guarded.diff(edit) == [edit.edited]
