from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from mlguard.observe.changes.column import Column, Known
from mlguard.observe.changes.dates import changes

DAYS = pd.Series(pd.date_range("2023-05-31", periods=3))
HOURS = pd.Series(pd.date_range("2024-01-08 05:00", periods=8, freq="h"))


def moved(cells: Any) -> dict[str, list[Any]]:
    """What all cells become, by the label of the change."""
    column = Column.of("at", cells, Known(frozenset(), {}))
    return {one.label: list(one.apply(column.cells, range(len(cells)))) for one in changes(column)}


@pytest.mark.parametrize(
    ("label", "first"),
    [
        ("below", "2023-05-30"),
        ("above", "2023-06-03"),
        ("half a year earlier", "2022-11-30"),
        ("half a year later", "2023-11-29"),
        ("month's end", "2023-05-31"),
        ("year's end", "2023-12-31"),
        ("new year", "2024-01-01"),
        ("leap day", "2024-02-29"),
    ],
)
def test_a_day_is_moved_to_another(label: str, first: str) -> None:
    assert moved(DAYS)[label][0] == pd.Timestamp(first)


def test_half_a_year_keeps_the_day_of_the_week_and_the_time_of_day() -> None:
    made = moved(HOURS)
    for label in ("half a year earlier", "half a year later"):
        assert [(at.day_of_week, at.time()) for at in made[label]] == [(at.day_of_week, at.time()) for at in HOURS]


def test_a_column_of_days_stays_one() -> None:
    assert not [label for label in moved(DAYS) if "clock" in label]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Europe/London", "America/New_York", "America/Los_Angeles"])
@pytest.mark.parametrize("reading", ["UTC", "local"])
def test_clocks_change_between_two_rows_whether_moments_are_utc_or_local(zone: str, reading: str) -> None:
    made = moved(HOURS)
    offsets = [[offset(at, zone, reading) for at in made[f"{side} a clock change"]] for side in ("before", "after")]
    changed = [before != after for before, after in zip(*offsets, strict=True)]
    assert changed == ([True, True, False, False] * 2 if zone.startswith("Europe") else [False, False, True, True] * 2)


def offset(at: pd.Timestamp, zone: str, reading: str) -> datetime.timedelta | None:
    own = ZoneInfo(zone)
    return (
        at.tz_localize("UTC").astimezone(own) if reading == "UTC" else at.to_pydatetime().replace(tzinfo=own)
    ).utcoffset()


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
def test_some_moments_exist_never_or_twice_in_local_time(zone: str) -> None:
    for at in moved(HOURS)["in a clock change"]:
        if pd.Series([at]).dt.tz_localize(zone, nonexistent="NaT", ambiguous="NaT").isna().any():
            return
    pytest.fail("every moment exists once")


def test_moments_keep_the_zone_of_their_column() -> None:
    zoned = HOURS.dt.tz_localize("Europe/Berlin")
    made = moved(zoned)
    assert {str(at.tz) for cells in made.values() for at in cells} == {"Europe/Berlin"}
    assert {at.utcoffset() for at in made["half a year later"]} == {datetime.timedelta(hours=2)}


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"])
def test_dates_that_are_written_as_text_stay_written_so(form: str) -> None:
    made = moved(HOURS.dt.strftime(form))
    assert made["half a year later"][0] == (HOURS[0] + pd.Timedelta(days=182)).strftime(form)
    assert ("in a clock change" in made) is ("%H" in form)


@pytest.mark.parametrize(
    "cells",
    [
        ["2024-01-01", "soon"],
        ["2024-01-01", "2024-01-01 05:00"],
        ["a", "b"],
        [1, 2],
        ["2024-02-30"],
        [pd.Timestamp(0), pd.Timestamp(0, tz="UTC")],
    ],
)
def test_what_is_not_all_dates_is_none(cells: list[Any]) -> None:
    assert moved(pd.Series(cells)) == {}


def test_days_beyond_the_calendar_of_the_column_are_left_out() -> None:
    first = pd.Series([pd.Timestamp.min.ceil("D")]).astype("datetime64[ns]")
    column = Column.of("at", first, Known(frozenset(), {}))
    with pytest.raises((ValueError, OverflowError)):
        next(one for one in changes(column) if one.label == "half a year earlier").apply(first, [0])


def test_plain_dates_and_gaps() -> None:
    made = moved(pd.Series([datetime.date(2024, 1, 8), None]))
    assert made["year's end"] == [datetime.date(2024, 12, 31)] * 2
