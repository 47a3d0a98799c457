"""Round floats to the same number on every machine, so that noise in the last bits reaches no file and no decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from mlguard.core.dataset import DECIMALS, Dataset
from mlguard.core.error import UsageError

if TYPE_CHECKING:
    import pandas as pd

DIGITS = {"float64": 12, "float32": 6, "float16": 3}
"""Significant digits that a float keeps, by dtype: a margin is left below its precision, where machines differ."""

MOST_DECIMALS = 12
"""Decimals that a float may be rounded to at most."""


def settle(values: Any, decimals: int = DECIMALS) -> Any:
    """Round floats exactly as the written files do: call it before values are compared, sorted or thresholded.

    Takes a number, a list, an array, a Series, an Index or a DataFrame, and returns the same kind of thing with the
    same dtype (of a list, an array); what is no float is returned as it came. Rounding is decimal and correct: to the
    nearest, on the exact binary value, to `decimals` places or 12 significant digits (6 for float32, 3 for float16),
    whichever is coarser. Zero loses its sign. Settling twice changes nothing. Numbers that were computed in float32
    differ between machines by more than it takes away: compute in float64, and narrow what is settled.
    """
    _check(decimals)
    if isinstance(values, float | np.floating):
        kind = values.dtype.name if isinstance(values, np.floating) else "float64"
        return type(values)(_settler(kind, decimals)(float(values)))
    if isinstance(values, list | tuple):
        return settle(np.asarray(values), decimals)
    if isinstance(values, np.ndarray):
        return _settled_array(values, decimals) if values.dtype.kind == "f" else values
    if hasattr(values, "columns") and hasattr(values, "iloc"):
        return _settled_frame(values, lambda column: decimals)
    if hasattr(values, "iloc"):
        return _settled_series(values, decimals)
    if hasattr(values, "to_series"):
        return type(values)(_settled_series(values.to_series(), decimals), name=values.name)
    return values


def settle_dataset(dataset: Dataset) -> Dataset:
    """The Dataset with each float column and array rounded to its `decimals`.

    Where `decimals` is a mapping, arrays go by their table's name. Raises UsageError where it names no column.
    """
    _check_names(dataset)

    def decimals(name: Any) -> int:
        return dataset.decimals.get(name, DECIMALS) if isinstance(dataset.decimals, Mapping) else dataset.decimals

    tables = {
        name: _settled_frame(table, decimals) if hasattr(table, "columns") else settle(table, decimals(name))
        for name, table in dataset.tables.items()
    }
    return Dataset(tables, target=dataset.target, decimals=dataset.decimals)


def _settled_frame(frame: pd.DataFrame, decimals: Callable[[object], int]) -> pd.DataFrame:
    import pandas as pd  # Generators settle before they have any frame.

    columns = [_settled_series(frame.iloc[:, i], decimals(frame.columns[i])) for i in range(frame.shape[1])]
    settled = pd.concat(columns, axis=1) if columns else frame.copy()
    settled.columns = frame.columns
    return settled


def _settled_series(series: pd.Series[Any], decimals: int) -> pd.Series[Any]:
    _check(decimals)
    constructor = type(series)  # Spelled so, no pandas is imported for it.
    dtype: Any = getattr(series.dtype, "numpy_dtype", series.dtype)
    if isinstance(dtype, np.dtype) and dtype.kind == "f":
        floats = series.to_numpy(dtype=dtype, na_value=np.nan)
        return constructor(_settled_array(floats, decimals), index=series.index, name=series.name)
    if isinstance(dtype, np.dtype) and dtype.kind == "O":
        values = [_settled_object(value, decimals) for value in series.tolist()]
        return constructor(values, index=series.index, name=series.name, dtype=object)
    if hasattr(series, "cat") and series.cat.categories.dtype.kind == "f":
        return _settled_categories(series, decimals)
    return series


def _settled_categories(series: pd.Series[Any], decimals: int) -> pd.Series[Any]:
    settled = _settled_array(series.cat.categories.to_numpy(), decimals)
    if len(set(settled.tolist())) < len(settled):
        text = f"column {series.name!r} has categories that are the same number once rounded to {decimals} decimals"
        raise UsageError(f"{text}; give the Dataset more decimals or make them text", slug="decimals")
    return series.cat.rename_categories(settled.tolist())


def _settled_object(value: Any, decimals: int) -> Any:
    if isinstance(value, list | tuple):
        return [_settled_object(item, decimals) for item in value]
    if isinstance(value, np.ndarray):
        return _settled_object(value.tolist(), decimals)
    return settle(value, decimals) if isinstance(value, float | np.floating) else value


def _settled_array(array: np.ndarray[Any, Any], decimals: int) -> np.ndarray[Any, Any]:
    one = _settler(array.dtype.name, decimals)
    settled = [one(value) for value in array.ravel().astype(np.float64).tolist()]
    return np.array(settled, dtype=np.float64).astype(array.dtype).reshape(array.shape)


def _settler(dtype: str, decimals: int) -> Callable[[float], float]:
    digits = DIGITS.get(dtype, DIGITS["float64"])
    coarser = float(f"1e{digits - decimals}")

    # Text formatting rounds the exact binary value correctly everywhere; NumPy's round multiplies and divides.
    def one(value: float) -> float:
        text = f"{value:.{decimals}f}" if abs(value) < coarser else f"{value:.{digits}g}"
        return float(text) + 0.0

    return one


def _check(decimals: object) -> None:
    if isinstance(decimals, bool) or not isinstance(decimals, int) or not 0 <= decimals <= MOST_DECIMALS:
        raise UsageError(
            f"decimals must be a whole number from 0 to {MOST_DECIMALS}, not {decimals!r}", slug="decimals"
        )


def _check_names(dataset: Dataset) -> None:
    known: set[object] = set(dataset.tables)
    known.update(column for table in dataset.tables.values() for column in getattr(table, "columns", ()))
    named = dataset.decimals if isinstance(dataset.decimals, Mapping) else ()
    unknown = [name for name in named if name not in known]
    if unknown:
        text = f"decimals name {', '.join(map(repr, unknown))}, which is no column or array of the dataset"
        raise UsageError(text, slug="decimals")
