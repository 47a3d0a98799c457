"""Code that moves from pandas to frames of Dask: one golden, whatever the number of partitions."""

from __future__ import annotations

import pytest

from mlguard.core.outcome import Outcome
from tests.project import CODE, FILES, Project

OWN = FILES[CODE][: FILES[CODE].index("def answer")]
"""The training of the tiny project, in pandas."""

SCALED = """\
import dask
import dask.dataframe as dd


def fit(rows, ridge=0.0):
    with dask.config.set(scheduler="synchronous"):
        many = dd.from_pandas(rows, npartitions=PARTS)
        x, y = many["x"], many["y"]
        x_mean, y_mean = dask.compute(x.mean(), y.mean())
        above, below = dask.compute(((x - x_mean) * (y - y_mean)).sum(), ((x - x_mean) ** 2).sum())
    slope = float(above / (below + ridge))
    return {"slope": slope, "shift": float(y_mean - slope * x_mean)}


"""
"""The same training on many partitions."""

BUGS = {
    "the mean of the means of partitions": (
        "dask.compute(x.mean(), y.mean())",
        "(rows[:3].x.mean() + rows[3:].x.mean()) / 2, y.mean().compute()",
    ),
    "the first partition alone": ('many["x"], many["y"]', 'many.partitions[0]["x"], many.partitions[0]["y"]'),
}


@pytest.mark.parametrize("parts", [1, 2, 5])
def test_the_number_of_partitions_changes_nothing(line: Project, parts: int) -> None:
    with line.editing(CODE, OWN, SCALED.replace("PARTS", str(parts))):
        assert line.check().verdict.outcome is Outcome.MATCH


@pytest.mark.parametrize("bug", BUGS)
def test_what_holds_for_one_partition_alone_is_noticed(line: Project, bug: str) -> None:
    scaled = SCALED.replace("PARTS", "2").replace(*BUGS[bug])
    assert scaled.count(BUGS[bug][1]) == 1
    with line.editing(CODE, OWN, scaled):
        verdict = line.check().verdict
    assert (verdict.outcome, verdict.first_moved) == (Outcome.SHIFTED, "train")
