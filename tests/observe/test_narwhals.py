from __future__ import annotations

import datetime as dt
import decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from mlguard.core.error import UsageError
from mlguard.observe.leaf import to_value
from mlguard.observe.narwhals import as_pandas, is_foreign, like, take

MOMENT = dt.datetime(2024, 3, 31, 1, 30, tzinfo=dt.UTC)
TABLE = pl.DataFrame({
    "whole": [1, None, 2**60],
    "narrow": pl.Series([1, 2, 3], dtype=pl.UInt8),
    "float": [0.5, None, 1e300],
    "single": pl.Series([0.5, 0.25, None], dtype=pl.Float32),
    "flag": [True, None, False],
    "text": ["a", None, ""],
    "list": [[0.5], [], [0.25, 0.125]],
    "entry": [{"score": 0.5}, {"score": 0.25}, {"score": 1.0}],
    "day": [dt.date(2024, 2, 29)] * 3,
    "moment": [MOMENT, None, MOMENT],
    "local": pl.Series([MOMENT] * 3).dt.convert_time_zone("Europe/Berlin"),
    "span": [dt.timedelta(seconds=1)] * 3,
    "price": pl.Series([decimal.Decimal("1.10")] * 3, dtype=pl.Decimal(38, 2)),
    "level": pl.Series(["low", "high", "low"], dtype=pl.Enum(["low", "high"])),
})  # fmt: skip

CELLS: dict[str, tuple[str, list[Any]]] = {
    "whole": ("int64", [1, None, 2**60]),
    "narrow": ("uint8", [1, 2, 3]),
    "float": ("float64", [0.5, np.nan, 1e300]),
    "single": ("float32", [0.5, 0.25, np.nan]),
    "flag": ("bool", [True, None, False]),
    "text": ("text", ["a", None, ""]),
    "list": ("list", ["[0.5]", "[]", "[0.25, 0.125]"]),
    "entry": ("list", ["{'score': 0.5}", "{'score': 0.25}", "{'score': 1.0}"]),
    "day": ("date", ["2024-02-29"] * 3),
    "moment": ("timestamp", ["2024-03-31T01:30:00+00:00", None, "2024-03-31T01:30:00+00:00"]),
    "local": ("timestamp", ["2024-03-31T03:30:00+02:00"] * 3),
    "span": ("duration", ["1000000000ns"] * 3),
    "price": ("decimal", ["1.10"] * 3),
    "level": ("text", ["low", "high", "low"]),
}


@pytest.mark.parametrize("table", [TABLE, TABLE.to_arrow(), TABLE.lazy()], ids=["polars", "pyarrow", "lazy"])
def test_every_column_keeps_its_logical_type_its_gaps_and_its_cells(table: Any) -> None:
    frame = as_pandas(table)
    assert list(frame.columns) == list(CELLS)
    for name, (dtype, cells) in CELLS.items():
        value = to_value(frame[name])
        assert value.dtype == dtype, name
        assert repr([value.element(i) for i in range(value.size)]) == repr(cells), name


@pytest.mark.parametrize("table", [TABLE, TABLE.drop("level").to_arrow()], ids=["polars", "pyarrow"])
def test_a_frame_becomes_a_table_of_the_same_library_and_types(table: Any) -> None:
    again = like(as_pandas(table), table)
    assert type(again) is type(table)
    assert pl.DataFrame(again).equals(pl.DataFrame(table))
    assert pl.DataFrame(again).schema == pl.DataFrame(table).schema
    turned = like(as_pandas(table)[["text", "whole"]].iloc[::-1], table)
    assert pl.DataFrame(turned).rows() == [("", 2**60), (None, None), ("a", 1)]


def test_a_cell_that_does_not_fit_is_said_so() -> None:
    frame = as_pandas(TABLE)[["text"]].assign(text=[object()] * 3)
    with pytest.raises(UsageError) as caught:
        like(frame.assign(text=[[1], "a", 2.5]), TABLE)
    assert caught.value.slug == "rows-not-convertible"


def test_what_belongs_to_no_other_library_stays_what_it_is() -> None:
    frame = pd.DataFrame({"a": [1]})
    assert as_pandas(frame) is frame
    assert like(frame, None) is frame
    assert as_pandas(3) == 3
    assert not is_foreign([1])
    assert take(TABLE.to_arrow(), [2, 0]).column("narrow").to_pylist() == [3, 1]
    assert as_pandas(pl.Series("p", [0.5, None])).tolist()[0] == 0.5
    assert pa.table({"a": [1]}).equals(like(pd.DataFrame({"a": [1]}), pa.table({"a": [5]})))
