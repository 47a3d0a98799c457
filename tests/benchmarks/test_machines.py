"""Every guard meets every value of every knob, on machines that have names of their own."""

from __future__ import annotations

from benchmarks.machines import machines
from benchmarks.trial import MACHINE

GUARDS = [("own", "Churn"), ("own", "Ratings"), ("outside", "Churn")]
KNOBS: dict[str, list[object]] = {
    "blas_kernel": ["Prescott", "Haswell", None],
    "simd": ["all", "none"],
    "libm": ["all", "no-fma"],
    "threads": [1, 4],
    "hash_seed": [0, 1],
}


def test_each_guard_meets_each_value_of_each_knob() -> None:
    trials = machines(GUARDS, KNOBS, every=False)
    for knob, values in KNOBS.items():
        met = {(t.project, t.guard, getattr(t.machine, knob)) for t in trials}
        assert met == {(project, guard, value) for project, guard in GUARDS for value in values}
    assert {t.kind for t in trials} == {MACHINE}


def test_every_combination_is_every_combination() -> None:
    trials = machines(GUARDS, KNOBS, every=True)
    assert len({t.key for t in trials}) == len(trials) == 3 * 3 * 2 * 2 * 2 * 2
