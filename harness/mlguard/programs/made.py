"""Data files that a query made: whether they are what it gives now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlguard.programs.engine import add, ask, floats_last, opened, read
from mlguard.programs.error import ProgramError
from mlguard.programs.sqlglot import Query

if TYPE_CHECKING:
    import pandas as pd

RTOL = 1e-9
"""Relative difference up to which a number of a file is what the query gives: writers spell numbers differently."""


def stale(
    root: Path, file: str, query: Query, tables: Mapping[str, str], config: Mapping[str, Any], *, engine: str
) -> Iterator[str]:
    """What of a file is not as its query gives it from tables that stand in other files; nothing where all is."""
    try:
        held, given = _table(root, file), _given(root, query, tables, config, engine)
    except ProgramError as error:
        yield f"{file}: {error}"
        return
    if list(held) != list(given):
        yield f"{file} has the columns {', '.join(held.columns)}, and {query.file} gives {', '.join(given.columns)}"
    elif len(held) != len(given):
        yield f"{file} has {len(held)} rows, and {query.file} gives {len(given)}"
    else:
        differing = [name for name, same in _compared(held, given) if not same]
        if differing:
            yield f"{file} does not hold what {query.file} gives in {', '.join(differing)}"


def _given(root: Path, query: Query, tables: Mapping[str, str], config: Mapping[str, Any], engine: str) -> pd.DataFrame:
    """The rows of the query, as they come back from a file."""
    with opened(engine) as opening:
        read(opening, query)
        add(opening, query, {name: _table(root, file) for name, file in tables.items()}, ())
        ask(opening, query, config)
        return _as_filed(opening.rows(), query.file)


def _table(root: Path, file: str) -> pd.DataFrame:
    from mlguard.programs.tables import read  # pandas is loaded only where a guard runs.

    if not (root / file).is_file():
        raise ProgramError("there is no such file below the project's root")
    return _as_filed(read(root / file), file)


def _as_filed(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Rows with the types that they have once they come back from a CSV file, whatever kept them before."""
    from mlguard.programs.tables import csv_table  # As above.

    return csv_table(rows.to_csv(index=False, lineterminator="\n"), name)


def _compared(held: pd.DataFrame, given: pd.DataFrame) -> Iterator[tuple[str, bool]]:
    """Each column, and whether it is the same in both once their rows stand in one order."""
    by = floats_last(held)
    one, other = (table.sort_values(by, kind="stable", ignore_index=True) for table in (held, given))
    yield from ((name, _is_same(one[name], other[name])) for name in by)


def _is_same(one: pd.Series[Any], other: pd.Series[Any]) -> bool:
    import numpy as np

    if not (one.isna() == other.isna()).all():
        return False
    cells = one.dropna(), other.dropna()
    if all(column.dtype.kind in "iuf" for column in cells):
        first, second = (column.to_numpy(float) for column in cells)
        return bool(np.isclose(first, second, rtol=RTOL, atol=0).all())
    return bool(cells[0].tolist() == cells[1].tolist())
