"""When and where a worker believes to be: the time zone and the clock of its process."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

DAY: Final = 86400.0
"""Seconds."""


@dataclass(frozen=True)
class Moment:
    """A time zone and a clock that goes on ticking; by default those of the process as it was started."""

    zone: str | None = None
    """The local time zone, as `TZ` names it."""
    ahead: float = 0.0
    """Seconds by which the clock is ahead of the true one, or of `clock`."""
    clock: str | None = None
    """ISO date or time, in UTC unless it says otherwise, at which the process begins; None: now."""

    def fixed_at(self, clock: str | None, *, zone_is_chosen: bool) -> Moment:
        """The moment for a guard with this `clock`, whose day is not moved, and for settings that choose the zone."""
        still = self if clock is None else replace(self, ahead=0.0, clock=clock)
        return replace(still, zone=None) if zone_is_chosen else still


USUAL: Final = Moment()
"""The true time, in the zone that the process was started with."""


def kathmandu() -> str:
    """A zone a quarter of an hour beside those of most code, by name where the platform knows names."""
    return "Asia/Kathmandu" if Path("/usr/share/zoneinfo/Asia/Kathmandu").is_file() else "<+0545>-5:45"


def newfoundland() -> str:
    """A zone west of UTC with a summer time, by name where the platform knows names."""
    known = Path("/usr/share/zoneinfo/America/St_Johns").is_file()
    return "America/St_Johns" if known else "NST3:30NDT,M3.2.0,M11.1.0"


ZONE: Final = Moment(zone=kathmandu())
"""Another time zone, at the true time."""

_OFFSET: Final = 20700.0
"""Seconds by which clocks in that zone are ahead of UTC."""

ANOTHER_DAY: Final = Moment(ahead=36 * DAY + 7 * 3600)
"""The true time zone on another day: of another week and month, at another hour."""

ELSEWHERE: Final = replace(ANOTHER_DAY, zone=ZONE.zone)
"""Both at once."""

OVERSEAS: Final = Moment(zone=newfoundland(), ahead=401 * DAY + 13 * 3600)
"""A second one, in another year."""


def another_zone(now: float | None = None) -> Moment:
    """The other time zone at an hour of its day at which it has the date of UTC, and both have the date of `now`.

    `now` is in seconds since the epoch, by default the true time. Code that takes today's date depends on the day, and
    would late in the day seem to depend on the zone as well.
    """
    time_of_day = (time.time() if now is None else now) % DAY
    return ZONE if time_of_day + _OFFSET < DAY else replace(ZONE, ahead=-_OFFSET)


@contextmanager
def at(moment: Moment) -> Iterator[None]:
    """Let this process believe in a moment while the block runs. Monotonic clocks and file times stay true.

    What numpy (`np.datetime64("now")`), other C libraries and programs that are started ask for by themselves stays
    true as well, but for the zone.
    """
    before = os.environ.get("TZ")
    if moment.zone is not None:
        _set_zone(moment.zone)
    try:
        if moment.clock is None and not moment.ahead:
            yield
            return
        # The library is needed by those runs alone that move the clock.
        from mlguard.worker.travel import ticking_from

        with ticking_from(_begin(moment.clock) + moment.ahead):
            yield
    finally:
        if moment.zone is not None:
            _set_zone(before)


def parse_clock(text: str) -> datetime:
    """The time that an ISO date or time means, in UTC unless it says otherwise. Raises ValueError."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def zone_effect(zone: str | None) -> str | None:
    """Say that a zone did not take effect in this process, where that is so; None where it did."""
    expected = {"UTC": 0, ZONE.zone: _OFFSET, OVERSEAS.zone: -12600}.get(zone)
    here = time.localtime(1767225600).tm_gmtoff  # 2026-01-01
    if expected is None or here == expected:
        return None
    return f"TZ={zone} has no effect: the local time is {here / 3600:+g} h from UTC"


def _begin(clock: str | None) -> float:
    return time.time() if clock is None else parse_clock(clock).timestamp()


def _set_zone(zone: str | None) -> None:
    if zone is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = zone
    if hasattr(time, "tzset"):  # not on Windows
        time.tzset()
