"""Any table gives a script that runs, with its columns, their types and as many rows as are asked for."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlguard.tables.generate import make_checked
from mlguard.tables.logical import logical_type
from mlguard.tools.like.profile import profile
from mlguard.tools.like.script import script_text
from tests.tables import columns as drawn

ELEMENTS = {
    "bool": (st.booleans(), "boolean"),
    "int64": (drawn.INT64, "Int64"),
    "int8": (st.integers(-128, 127), "Int8"),
    "uint64": (st.integers(0, 2**64 - 1), "UInt64"),
    "float64": (drawn.FLOATS, "float64"),
    "float32": (st.floats(width=32, allow_nan=False), "float32"),
    "float16": (st.floats(width=16, allow_nan=False), "float16"),
    "text": (drawn.TEXT, "object"),
    "date": (drawn.DATES, "object"),
    "timestamp": (drawn.TIMES, "datetime64[us]"),
    "zoned": (drawn.TIMES, "datetime64[ns, UTC]"),
    "duration": (drawn.SPANS, "timedelta64[us]"),
    "decimal": (drawn.DECIMALS.filter(lambda value: abs(value) < 10**12 and value.is_finite()), "object"),
    "list": (drawn.LISTS, "object"),
    "category": (drawn.TEXT, "category"),
}
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)


@st.composite
def series(draw, rows, kind):
    """A column whose elements come from a few that hypothesis draws, so that some are frequent and some are not."""
    elements, dtype = ELEMENTS[kind]
    pool = draw(st.lists(elements, min_size=1, max_size=6))
    rng = np.random.RandomState(draw(st.integers(0, 99)))
    picked = [pool[at] for at in rng.randint(len(pool), size=rows)]
    absent = rng.uniform(size=rows) < draw(st.sampled_from([0.0, 0.3, 1.0]))
    values = pd.Series([None if gap else value for gap, value in zip(absent, picked, strict=True)], dtype=object)
    return values.astype(dtype) if dtype != "object" else values


@st.composite
def tables(draw):
    rows = draw(st.integers(20, 90))
    names = draw(st.lists(NAMES, min_size=2, max_size=5, unique=True))
    kinds = {name: draw(st.sampled_from(sorted(ELEMENTS))) for name in names}
    return pd.DataFrame({name: draw(series(rows, kind)) for name, kind in kinds.items()}), kinds


def like(frame, target, folder):
    """The script for a table, in a folder that is there for a whole test."""
    script = folder / "like.py"
    script.write_text(script_text(profile(frame, target), 'a "real" \\ file.csv'), encoding="utf-8")
    return script


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(table=tables(), rows=st.sampled_from([1, 2, 30, None]), seed=st.integers(0, 9))
def test_any_table_gives_a_script_that_runs(tmp_path, table, rows, seed):
    frame, kinds = table
    made = make_checked(like(frame, None, tmp_path), seed, rows).rows
    assert list(made.columns) == list(frame.columns)
    assert len(made) == (rows or len(frame))
    for name in made.columns:
        told, real = logical_type(made[name]), logical_type(frame[name])
        known = made[name].notna().any() and frame[name].notna().any()
        assert not known or (told.base, told.zone) == (real.base, real.zone), kinds[name]
