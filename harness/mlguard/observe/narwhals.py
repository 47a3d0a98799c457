"""Tables of polars, pyarrow and others, through narwhals: as pandas to be looked at, and back to be passed on."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from mlguard.core.error import UsageError
from mlguard.observe.kinds import is_frame
from mlguard.observe.spelling import is_gap

LIBRARIES = ("polars", "pyarrow", "modin", "cudf", "dask", "duckdb", "ibis", "narwhals")
"""The packages whose tables narwhals reads."""


def is_foreign(value: object) -> bool:
    """Whether a value belongs to another table library than pandas; none is imported to find out."""
    return type(value).__module__.partition(".")[0] in LIBRARIES


def as_pandas(value: Any) -> Any:
    """A table or column of another library as pandas has it, with the same types and gaps; anything else as it is."""
    if not is_foreign(value):
        return value
    nw = _narwhals()
    found = nw.from_native(value, pass_through=True, allow_series=True)
    if isinstance(found, nw.LazyFrame):
        found = found.collect()
    if isinstance(found, nw.Series):
        return _column(nw, found)
    return _frame(nw, found) if isinstance(found, nw.DataFrame) else value


def like(frame: Any, table: Any) -> Any:
    """A pandas frame as a table of the same library, with the types that its columns have there.

    Anything but a frame stays as it is, and so does a frame where there is no such table. Raises UsageError where a
    cell does not fit.
    """
    if table is None or not is_frame(frame):
        return frame
    nw = _narwhals()
    native = nw.from_native(table)
    names = [name for name in frame.columns if name in native.columns]
    try:
        schema = nw.Schema({name: native.schema[name] for name in names})
        cells = {name: _cells(frame[name]) for name in names}
        return nw.from_dict(cells, schema, backend=native.implementation).to_native()
    except Exception as error:  # Each library has exceptions of its own for a cell that its column has no room for.
        raise UsageError(
            f"rows that mlguard derived do not fit the types of the test rows, a {type(table).__name__}: {error}",
            slug="rows-not-convertible",
        ) from None


def take(table: Any, positions: list[int]) -> Any:
    """These rows of a table or column, in this order."""
    return _narwhals().from_native(table, allow_series=True)[positions].to_native()


def _narwhals() -> Any:
    try:
        import narwhals
    except ImportError as error:
        raise UsageError(
            "tables of polars, pyarrow and others are read through narwhals, which is not installed",
            advice="pip install narwhals",
            slug="narwhals-missing",
        ) from error
    return narwhals


def _frame(nw: Any, table: Any) -> Any:
    import pandas as pd

    columns = {name: _column(nw, table[name]) for name in table.columns}
    return pd.DataFrame(columns, index=pd.RangeIndex(len(table)))


def _column(nw: Any, column: Any) -> Any:
    """One column in the pandas type that describes as the same logical type."""
    import pandas as pd

    dtype, cells = column.dtype, column.to_list()
    if dtype.is_integer():
        return pd.Series(cells, dtype=str(dtype))
    if dtype == nw.Boolean:
        return pd.Series(cells, dtype="boolean")
    if dtype.is_float():
        return pd.Series(cells, dtype=str(dtype).lower())
    if isinstance(dtype, nw.Enum):
        return pd.Series(pd.Categorical(cells, categories=list(dtype.categories), ordered=True))
    if isinstance(dtype, nw.Datetime):
        return _moments(pd, column, dtype)
    return pd.Series(cells, dtype=object)


def _moments(pd: Any, column: Any, dtype: Any) -> Any:
    """Moments from NumPy, since Python's own have no nanoseconds; polars gives those of a zone in UTC."""
    made = pd.Series(column.to_numpy().astype(f"datetime64[{dtype.time_unit}]"))
    return made if dtype.time_zone is None else made.dt.tz_localize("UTC").dt.tz_convert(dtype.time_zone)


def _cells(column: Any) -> list[Any]:
    name = getattr(getattr(column.dtype, "tz", None), "zone", None)
    if name is not None:  # A zone of pytz, as older versions of pandas have, which not every library reads.
        column = column.dt.tz_convert(ZoneInfo(name))
    return [None if is_gap(cell) else cell for cell in column.tolist()]
