"""Columns of dates and times, written as text or not: other seasons, the ends of months and years, clock changes."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mlguard.observe.changes.column import Cells, Change, Column, constant, replaced
from mlguard.observe.kinds import is_pandas

HALF_A_YEAR = 182
"""Days to the other half of the year: whole weeks, so that the day of the week stays."""

Moment = Any
"""A pandas Timestamp, with a zone or without."""

Move = Callable[[Moment, int], Moment]
"""Another moment, from a moment and the position of its row among the changed ones."""

_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:(?P<between>[ T])\d\d:\d\d(?P<seconds>:\d\d)?)?")


@dataclass(frozen=True)
class Writing:
    """How a column keeps its moments."""

    read: Callable[[Any], Moment]
    """A cell as a Timestamp."""
    write: Callable[[Moment], Any]
    """A Timestamp as a cell."""


def changes(column: Column) -> Iterator[Change]:
    """One day beyond either end, the other seasons, and the days on which calendars and clocks do something unusual."""
    present = column.cells.dropna()
    writing = _writing(list(present)) if column.value.dtype in ("timestamp", "date", "text") else None
    moments = _read(list(dict.fromkeys(present)), writing) if writing is not None else []
    if writing is None or not moments:
        return
    if is_pandas(present.iloc[0], "Timestamp"):
        one = datetime.timedelta(days=1)
        yield Change("below", lambda cells, at: constant(min(moments) - one)(cells, at))
        yield Change("above", lambda cells, at: constant(max(moments) + one)(cells, at))
    for label, move in _DAYS:
        yield Change(label, _moved(move, writing), joined=True)
    if any(moment != moment.normalize() for moment in moments):
        for label, hours in _CLOCKS:
            yield Change(label, _moved(_clock(max(moments).year, hours), writing), joined=True)


def _writing(cells: Sequence[Any]) -> Writing | None:
    """How these cells are written; None where not all are moments written in one way."""
    import pandas as pd

    if not cells:
        return None
    if all(is_pandas(cell, "Timestamp") for cell in cells):
        return Writing(lambda cell: cell, lambda moment: moment)
    if all(isinstance(cell, datetime.datetime) for cell in cells):
        return Writing(pd.Timestamp, lambda moment: moment.to_pydatetime())
    if all(isinstance(cell, datetime.date) for cell in cells):
        return Writing(pd.Timestamp, lambda moment: moment.date())
    found = [_ISO.fullmatch(cell) if isinstance(cell, str) else None for cell in cells]
    forms = {None if match is None else (match["between"], match["seconds"] is not None) for match in found}
    if len(forms) != 1 or None in forms:
        return None
    return _text(*next(form for form in forms if form is not None))


def _read(cells: Sequence[Any], writing: Writing) -> list[Moment]:
    """The moments; none where a cell is no day of any calendar, or some have a zone and others none."""
    try:
        moments = [writing.read(cell) for cell in cells]
    except (ValueError, OverflowError):
        return []
    return moments if len({moment.tzinfo is None for moment in moments}) == 1 else []


def _text(between: str | None, seconds: bool) -> Writing:
    import pandas as pd

    form = "%Y-%m-%d" + (f"{between}%H:%M" if between else "") + (":%S" if seconds else "")
    return Writing(lambda cell: pd.to_datetime(cell, format=form), lambda moment: moment.strftime(form))


def _moved(move: Move, writing: Writing) -> Callable[[Cells, Sequence[int]], Cells]:
    def apply(cells: Cells, at: Sequence[int]) -> Cells:
        known = list(cells.dropna())
        own = [cells.iloc[i] if cells.notna().iloc[i] else known[0] for i in at] if known else []
        moments = [writing.write(move(writing.read(cell), i)) for i, cell in enumerate(own)]
        return replaced(cells, at[: len(moments)], moments)

    return apply


def _leap_day(moment: Moment, row: int) -> Moment:
    return moment.replace(year=moment.year + -moment.year % 4, month=2, day=29)


_DAYS: tuple[tuple[str, Move], ...] = (
    ("half a year earlier", lambda moment, row: moment - datetime.timedelta(days=HALF_A_YEAR)),
    ("half a year later", lambda moment, row: moment + datetime.timedelta(days=HALF_A_YEAR)),
    ("month's end", lambda moment, row: moment.replace(day=moment.days_in_month)),
    ("year's end", lambda moment, row: moment.replace(month=12, day=31)),
    ("new year", lambda moment, row: moment.replace(year=moment.year + 1, month=1, day=1)),
    ("leap day", _leap_day),
)
"""Days, each at the cell's own time of day: a column of days stays one."""

_SUNDAYS = ((3, -1), (10, -1), (3, 2), (11, 1))
"""When clocks change: in Europe on the last Sundays of March and October, in North America on the second of March and
the first of November; the month, and which of its Sundays."""

_CLOCKS = (
    ("before a clock change", ("00:30", "00:30", "00:30", "00:30")),
    ("in a clock change", ("02:30", "02:30", "02:30", "01:30")),
    ("after a clock change", ("03:30", "03:30", "12:30", "12:30")),
)
"""Times of those Sundays that lie on the same side whether a column holds UTC or local time. Europe changes at 01:00
UTC, 02:00 or 03:00 there; North America at 02:00 local time, which is 06:00 UTC (Eastern) to 10:00 UTC (Pacific). The
middle ones do not exist, or exist twice, in local time."""


def _clock(year: int, times: Sequence[str]) -> Move:
    def move(moment: Moment, row: int) -> Moment:
        which = row % len(_SUNDAYS)
        month, number = _SUNDAYS[which]
        hour, minute = map(int, times[which].split(":"))
        day = _sunday(year, month, number)
        naive = type(moment)(year=year, month=month, day=day, hour=hour, minute=minute)
        return naive if moment.tzinfo is None else naive.tz_localize("UTC").tz_convert(moment.tzinfo)

    return move


def _sunday(year: int, month: int, number: int) -> int:
    """The day of a month's Sunday of this number; of its last one for -1."""
    first = 1 + (6 - datetime.date(year, month, 1).weekday()) % 7
    sundays = range(first, 32 if month != 11 else 31, 7)
    return sundays[number if number < 0 else number - 1]
