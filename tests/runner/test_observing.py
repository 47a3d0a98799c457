"""A guard that observes by itself: what it notes counts, and contracts are about what it was given."""

from __future__ import annotations

import pytest

from mlguard.core.contract import judge
from mlguard.core.error import RunError
from mlguard.core.record import CONTRACT
from mlguard.runner.order import Extent
from tests.project import GUARD, Project

OBSERVING = """\
import mlguard
from mlguard import Guard


class Line(Guard):
    dataset = "tiny"
    seeds = (0,)

    def observe(self, data, notes):
        {body}
"""


def observing(project: Project, body: str) -> Project:
    project.write(GUARD, OBSERVING.format(body=body))
    return project


@pytest.mark.parametrize(
    "note", ['notes.note("rows", 16)', 'mlguard.note("rows", 16)', 'notes.note("rows", 16, stage="train")']
)
def test_a_note_counts_wherever_it_stands(fresh: Project, note: str) -> None:
    record = observing(fresh, note).run(extent=Extent.MAIN).record
    assert [o.value.element(0) for o in record if o.name == "rows"] == [16]


def test_nothing_noted_is_an_error(fresh: Project) -> None:
    with pytest.raises(RunError, match="observed nothing"):
        observing(fresh, "pass").run(extent=Extent.MAIN)


@pytest.mark.parametrize(
    ("body", "holds"),
    [
        ('notes.note("rows", 16)', True),
        ('data.rows["x"] *= 2; notes.note("rows", 16)', False),
        ('notes.mine = 1; notes.note("rows", 16)', True),
    ],
)
def test_inputs_are_the_datasets_and_not_the_notes(fresh: Project, body: str, holds: bool) -> None:
    record = observing(fresh, body).run(extent=Extent.QUICK).record
    (status,) = [o for o in record if o.name == "inputs unchanged" and o.role == CONTRACT]
    assert judge(record, status, record).held is holds
