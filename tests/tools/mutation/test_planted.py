"""Mutants of each kind in a real run: what the guard then sees has moved, and no file has."""

from __future__ import annotations

from mlguard.core.compare import compare
from mlguard.core.outcome import Outcome
from mlguard.runner.order import Extent
from mlguard.tools.mutation import Mutant, code_mutants, data_mutants
from tests.project import CODE, Project


def first_moved(line: Project, mutant: Mutant) -> str | None:
    """The first stage that moved, the dataset's own left out."""
    before = line.files()
    record = line.run(extent=Extent.MAIN, change=mutant.change).record
    assert line.files() == before
    first = compare(line.golden(), record, left_out=record.left_out | {"main/dataset"}).first
    return first.stage if first else None


def code(line: Project, operator: str, written: str) -> Mutant:
    path = line.root / CODE
    found = code_mutants(path, path.read_text(encoding="utf-8"), shown=CODE)
    return next(m for m in found if m.operator == operator and written in m.after)


def test_a_mutant_of_the_code_moves_what_it_touches(line: Project):
    assert first_moved(line, code(line, "mean for median", "y.mean() - slope * x.median()")) == "train"
    assert first_moved(line, code(line, "dropped call", "float((y.to_numpy() - answers).mean())")) == "evaluate"


def test_a_mutant_of_the_data_moves_what_is_made_of_it(line: Project):
    found = list(data_mutants("tiny", line.run(extent=Extent.MAIN).dataset, target="y"))
    scaled = next(m for m in found if (m.operator, m.before) == ("column times 1.1", "rows: y"))
    assert first_moved(line, scaled) == "train"
    unread = next(m for m in found if (m.operator, m.before) == ("column dropped", "rows: shop"))
    assert first_moved(line, unread) in (None, "split")


def test_the_clean_run_moves_nothing(line: Project):
    record = line.run(extent=Extent.MAIN).record
    assert compare(line.golden(), record, left_out=record.left_out).outcome is Outcome.MATCH
