"""What each part of a run costs."""

from __future__ import annotations

import time


class Costs:
    """Seconds by part of one run; one part is under way at any time, from the start on the main run."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._part, self._since = "main", time.perf_counter()

    def begin(self, part: str) -> None:
        """Whatever was under way is over, and this part has begun."""
        now = time.perf_counter()
        self._seconds[self._part] = self._seconds.get(self._part, 0.0) + now - self._since
        self._part, self._since = part, now

    def taken(self) -> dict[str, float]:
        """Seconds by part, in the order in which they first began, the part under way included."""
        self.begin(self._part)
        return dict(self._seconds)
