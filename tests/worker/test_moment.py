"""Another zone and another day in a worker: all that asks for the time moves, goes on ticking, and comes back."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from mlguard.worker.job import Job
from mlguard.worker.moment import ANOTHER_DAY, ELSEWHERE, OVERSEAS, USUAL, ZONE, Moment, another_zone, at, zone_effect
from mlguard.worker.pool import Workers

ASKED = """
import sys, time
from datetime import UTC, date, datetime
import pandas as pd


def ask(payload, progress):
    days = [date.today().isoformat(), pd.Timestamp.now(), pd.Timestamp("today"), datetime.now(UTC), time.strftime("%F")]
    first = time.time_ns()
    while time.time_ns() == first:
        pass
    return {str(day)[:10] for day in days}, time.localtime(1767225600).tm_gmtoff, "pytest" in sys.modules
"""


@pytest.mark.parametrize("use_zygote", [True, False])
def test_all_clocks_of_a_worker_show_the_day_that_a_guard_fixes(project, use_zygote):
    (project / "asked.py").write_text(ASKED)
    job = Job("asked:ask", None, project, (str(project),), 60, moment=Moment(zone=ZONE.zone, clock="2026-01-01T22:00"))
    with Workers(preload=["mlguard.worker.travel", "pandas"], use_zygote=use_zygote) as workers:
        moved, usual = workers.run(job), workers.run(replace(job, moment=USUAL))
    assert moved.failure is usual.failure is None, moved.output
    assert moved.forked is use_zygote
    # 22:00 in UTC is the next day in Kathmandu; what is asked for in UTC stays there.
    assert moved.value == ({"2026-01-02", "2026-01-01"}, 20700, False)
    assert usual.value == ({datetime.now(UTC).date().isoformat()}, 0, False)


def test_the_clock_goes_on_from_its_moment_and_monotonic_time_is_true():
    before, still = time.time(), time.monotonic()
    with at(ANOTHER_DAY):
        first = time.time()
        assert 0 <= first - before - ANOTHER_DAY.ahead < 60
        assert time.monotonic() - still < 60
        while time.time() == first:
            pass
        assert date.today() != datetime.fromtimestamp(before).date()
    assert time.time() - before < 60


@pytest.mark.parametrize("moment", [ZONE, ELSEWHERE, OVERSEAS])
def test_a_zone_is_in_force_in_the_block_and_gone_afterwards(moment, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    with at(moment):
        assert zone_effect(moment.zone) is None
        assert zone_effect("UTC") is not None
        assert datetime.fromtimestamp(0).astimezone().utcoffset()
    assert os.environ["TZ"] == "UTC"
    assert zone_effect("UTC") is None
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("hour", [0.0, 5.0, 5.75, 12.0, 18.2, 18.25, 18.3, 23.999])
def test_the_other_zone_is_tried_where_no_date_is_another_one(hour):
    now = 1767225600 + hour * 3600
    moment = another_zone(now)
    utc = datetime.fromtimestamp(now + moment.ahead, UTC)
    assert moment.zone == ZONE.zone
    assert utc.date() == (utc + timedelta(seconds=20700)).date() == date(2026, 1, 1)


def test_nothing_but_the_zone_needs_the_library(monkeypatch):
    monkeypatch.setitem(sys.modules, "mlguard.worker.travel", None)
    with at(USUAL), at(ZONE):
        pass
    with pytest.raises(ImportError), at(ANOTHER_DAY):
        pass


def test_what_an_owner_fixed_is_not_moved():
    assert ELSEWHERE.fixed_at(None, zone_is_chosen=False) == ELSEWHERE
    assert ELSEWHERE.fixed_at("2026-01-01", zone_is_chosen=False) == Moment(zone=ELSEWHERE.zone, clock="2026-01-01")
    assert OVERSEAS.fixed_at("2026-01-01", zone_is_chosen=True) == Moment(clock="2026-01-01")
    assert pd.Timestamp(ELSEWHERE.ahead + 1767225600, unit="s").month == 2
