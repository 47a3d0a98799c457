"""Check what a generator returned: what came, what was expected, every problem at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mlguard.core.dataset import Dataset, column_of
from mlguard.core.error import UsageError, several
from mlguard.files.tree import DEVICES
from mlguard.tables.logical import type_name, with_article

_EXPECTED = "expected a DataFrame, an array, a mapping of table names to these, or a mlguard.Dataset"


def as_dataset(returned: Any) -> Dataset:
    """What a generator returned as a Dataset. Raises UsageError with every problem at once."""
    if not isinstance(returned, Dataset | Mapping | pd.DataFrame | np.ndarray):
        came = "nothing (None)" if returned is None else with_article(type_name(returned))
        raise UsageError(f"make returned {came}; {_EXPECTED}", slug="generator-returned")
    dataset = returned if isinstance(returned, Dataset) else Dataset(returned)
    problems = [*_name_problems(dataset), *_table_problems(dataset), *_target_problems(dataset)]
    if problems:
        raise several([f"make returned {problem}" for problem in problems], slug="generator-returned")
    return dataset


def _name_problems(dataset: Dataset) -> list[str]:
    if not dataset.tables:
        return [f"no tables; {_EXPECTED}"]
    bad = [n for n in dataset if not (isinstance(n, str) and n.isidentifier() and n.isascii()) or n.lower() in DEVICES]
    found = [f"a table named {name!r}; names are ASCII Python identifiers, and files of that name" for name in bad]
    folded = [str(name).lower() for name in dataset]
    twice = [name for name in dataset if folded.count(str(name).lower()) > 1]
    return found + ([f"tables whose names differ only in case: {', '.join(twice)}"] if twice else [])


def _table_problems(dataset: Dataset) -> list[str]:
    found = []
    for name, table in dataset.items():
        if not isinstance(table, pd.DataFrame | np.ndarray):
            hint = "; use .to_frame()" if isinstance(table, pd.Series) else ""
            found.append(f"{with_article(type_name(table))} as table {name!r}; expected a DataFrame or an array{hint}")
        elif not table.size:
            found.append(f"an empty table {name!r} of shape {table.shape}; expected at least one row and one column")
    return found


def _target_problems(dataset: Dataset) -> list[str]:
    target = dataset.target
    if target is None:
        return []
    if not isinstance(target, str | int):
        return [f"the target {target!r}, {with_article(type_name(target))}; expected the name of a column"]
    if target in dataset.tables:
        return []
    frames = [table for table in dataset.tables.values() if isinstance(table, pd.DataFrame)]
    columns = sorted({str(column) for frame in frames for column in frame.columns})
    if any(column_of(frame.columns, target) is not None for frame in frames):
        return []
    return [f"the target {target!r}, which is no column; there are: {', '.join(columns) or 'none'}"]
