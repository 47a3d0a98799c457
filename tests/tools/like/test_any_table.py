"""Any table gives a script that runs, with its columns, their types and ranges, and as many rows as are asked for."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mlguard.core.error import UsageError
from mlguard.tables.generate import make_checked
from mlguard.tables.logical import TICKS as TICKS_PER_SECOND
from mlguard.tables.logical import logical_type, ticks
from mlguard.tables.rounding import DIGITS
from mlguard.tools.like.described import Keys
from mlguard.tools.like.numbers import MEASURED
from mlguard.tools.like.profile import profile
from mlguard.tools.like.script import script_text
from tests.properties import examples
from tests.tables import columns as drawn


def to_the_ends(dtype: str) -> st.SearchStrategy[int]:
    """Whole numbers of a type, often its last ones."""
    low, high = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    return st.one_of(st.integers(low, high), st.integers(low, low + 9), st.integers(high - 9, high))


def floats(dtype: str) -> st.SearchStrategy[float]:
    """Numbers of a type, often its last ones and those that a dataset rounds to 0."""
    held = np.finfo(dtype)
    ends = [float(held.max), float(held.min), float(held.smallest_subnormal), math.inf, -math.inf, -0.0, 1e-7]
    return st.one_of(st.floats(width=held.bits, allow_nan=False), st.sampled_from(ends))


TICKS = st.one_of(st.integers(-(2**63) + 1, 2**63 - 1), st.sampled_from([2**63 - 1, -(2**63) + 1, 2**53 + 1, 0]))
# pandas cannot print instants whose local time lies beyond what it keeps.
ZONED = st.one_of(st.integers(-(2**63) + 10**14, 2**63 - 10**14), st.sampled_from([2**63 - 10**14, 2**53 + 1]))
ELEMENTS = {
    "bool": (st.booleans(), "boolean"),
    **{name.lower(): (to_the_ends(name.lower()), name) for name in ("Int8", "Int16", "Int32", "Int64")},
    **{name.lower(): (to_the_ends(name.lower()), name) for name in ("UInt8", "UInt16", "UInt32", "UInt64")},
    "beyond doubles": (st.integers(2**53, 2**53 + 40), "Int64"),
    "whole objects": (to_the_ends("uint64"), "object"),
    "float64": (floats("float64"), "float64"),
    "nullable float": (floats("float64"), "Float64"),
    "float32": (floats("float32"), "float32"),
    "float16": (floats("float16"), "float16"),
    "text": (drawn.TEXT, "object"),
    "date": (drawn.DATES, "object"),
    "timestamp": (drawn.TIMES, "datetime64[us]"),
    "zoned": (drawn.TIMES, "datetime64[ns, UTC]"),
    "duration": (drawn.SPANS, "timedelta64[us]"),
    **{f"timestamp {unit}": (TICKS, f"datetime64[{unit}]") for unit in ("s", "ms", "us", "ns")},
    **{f"duration {unit}": (TICKS, f"timedelta64[{unit}]") for unit in ("s", "ms", "us", "ns")},
    "zoned near the ends": (ZONED, "datetime64[ns, Asia/Tokyo]"),
    "decimal": (drawn.DECIMALS, "object"),
    "many digits": (st.integers(0, 10**40).map(lambda digits: Decimal(f"{digits}e-20")), "object"),
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
    return column([None if gap else value for gap, value in zip(absent, picked, strict=True)], dtype)


def column(values, dtype):
    """A column of some values, None among them; whole numbers in one of times count its unit."""
    if dtype.startswith(("datetime64", "timedelta64")) and any(isinstance(value, int) for value in values):
        unit = dtype.partition("[")[2][:-1].partition(",")[0]
        counts = np.array([np.iinfo(np.int64).min if value is None else value for value in values], dtype=np.int64)
        ticks = pd.Series(counts.view(f"{'M' if dtype.startswith('d') else 'm'}8[{unit}]"))
        return ticks.dt.tz_localize("UTC").dt.tz_convert(dtype.partition(", ")[2][:-1]) if ", " in dtype else ticks
    series = pd.Series(values, dtype=object)
    return series.astype(dtype) if dtype != "object" else series


@st.composite
def tables(draw):
    rows = draw(st.integers(20, 90))
    names = draw(st.lists(NAMES, min_size=2, max_size=5, unique=True))
    kinds = {name: draw(st.sampled_from(sorted(ELEMENTS))) for name in names}
    return pd.DataFrame({name: draw(series(rows, kind)) for name, kind in kinds.items()}), kinds


def table_of(**columns):
    """A table as `tables` draws it, of one column each: some values, again and again."""
    kinds = {name: kind for name, (kind, _) in columns.items()}
    frame = {name: column((list(values) * 40)[:40], ELEMENTS[kind][1]) for name, (kind, values) in columns.items()}
    return pd.DataFrame(frame), kinds


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("like")


def made_like(frame, rows, seed, folder):
    """What a table's script makes, and what is told of each column; None where a column's size was refused."""
    try:
        learned = profile(frame)
    except UsageError as error:
        if error.slug != "like-size":
            raise
        return None, {}
    script = folder / "like.py"
    script.write_text(script_text(learned, 'a "real" \\ file.csv'), encoding="utf-8")
    return make_checked(script, seed, rows), {one.name: one.drawn for one in learned.columns}


@examples(40)
@given(table=tables(), rows=st.sampled_from([1, 2, 30, None]), seed=st.integers(0, 9))
@example(table_of(a=("uint64", [2**64 - 1, 2**64 - 2]), b=("bool", [True])), 30, 0)
@example(table_of(a=("uint64", [2**64 - 1]), b=("uint64", range(2**64 - 40, 2**64))), 30, 0)
@example(table_of(a=("timestamp ns", [2**63 - 1, -(2**63) + 1, 5]), b=("int8", range(-128, 127, 6))), None, 0)
@example(table_of(a=("zoned near the ends", [2**63 - 10**14, 7]), b=("duration s", [2**63 - 1, 1 - 2**63])), None, 0)
@example(table_of(a=("float64", [1e-7, 2e-7]), b=("float64", [1e300, 1.0, 2.0, 1e-300])), None, 0)
@example(table_of(a=("float64", [5e-324]), b=("bool", [True])), None, 0)
def test_any_table_gives_a_script_that_runs_and_stays_within_its_range(folder, table, rows, seed):
    frame, kinds = table
    data, told = made_like(frame, rows, seed, folder)
    if data is None:
        assert any(no_dataset_holds(frame[name], kind) for name, kind in kinds.items())
        return
    made = data.rows
    assert list(made.columns) == list(frame.columns)
    assert len(made) == (rows or len(frame))
    for name in made.columns:
        found, real = logical_type(made[name]), logical_type(frame[name])
        known = made[name].notna().any() and frame[name].notna().any()
        assert not known or (found.base, found.zone) == (real.base, real.zone), kinds[name]
        if known and real.base in MEASURED and not isinstance(told[name], Keys):
            low, high = ends(frame[name], real)
            margin = kept(data, name, real, max(abs(low), abs(high)))
            at = ends(made[name], found)
            assert low - margin <= at[0] <= at[1] <= high + margin, kinds[name]


def no_dataset_holds(series, kind):
    """Whether all numbers of a column would be rounded to 0, or it has decimals of very many digits."""
    numbers = [value for value in series.dropna().tolist() if isinstance(value, float | Decimal)]
    if "decimal" in kind:
        return len({value.adjusted() for value in numbers if value}) > 0 and any(
            value.adjusted() > 100 or value.as_tuple().exponent < -100 for value in numbers if value.is_finite()
        )
    return 0 < max((abs(value) for value in numbers if math.isfinite(value)), default=0) < 1e-12


def ends(series, kind):
    """The least and the greatest finite element, exactly."""
    if kind.unit is not None:
        unit, counts = ticks(series)
        values = [Fraction(count, TICKS_PER_SECOND[unit]) for count in counts if count is not None]
    elif kind.base == "date":
        values = [Fraction(value.toordinal()) for value in series.dropna()]
    else:
        values = [Fraction(value) for value in series.dropna().tolist() if math.isfinite(value)]
    return min(values), max(values)


def kept(data, name, kind, largest):
    """One unit of the last digit that a dataset keeps of floats of some size; nothing of what is exact."""
    if not kind.is_float or not largest:
        return 0
    decimals = data.decimals.get(name, 6) if isinstance(data.decimals, dict) else data.decimals
    digits = math.floor(math.log10(largest)) + 1 - DIGITS[kind.base]
    return max(Fraction(10) ** -decimals, Fraction(10) ** digits)
