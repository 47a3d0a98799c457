"""What each part of a run costs."""

from __future__ import annotations

import pytest

from mlguard.runner import costs
from mlguard.runner.costs import Costs


def test_every_part_gets_the_time_until_the_next_one_begins(monkeypatch: pytest.MonkeyPatch):
    moments = iter([0.0, 2.0, 5.0, 6.0, 10.0])
    monkeypatch.setattr(costs.time, "perf_counter", lambda: next(moments))
    spent = Costs()
    for part in ("probes", "seed 1", "probes"):
        spent.begin(part)
    assert list(spent.taken().items()) == [("main", 2.0), ("probes", 7.0), ("seed 1", 1.0)]
