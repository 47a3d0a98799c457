"""How property tests run, in one place.

The profile `ci` draws the same examples on every machine and in every clone, so a failure comes again when its test is
run again. `random` draws many more from a seed that is printed at the start. Neither keeps a database of examples: what
was found once is pinned by an `@example` beside its test.
"""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, settings

RANDOM = "random"

# How long drawing takes depends on the machine, and on who else uses it.
_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


def register() -> None:
    """Register the profiles, and use `ci` unless `--hypothesis-profile` names another."""
    for name, count in (("ci", 100), (RANDOM, 2000)):
        settings.register_profile(
            name,
            max_examples=count,
            derandomize=name != RANDOM,
            database=None,
            deadline=None,
            print_blob=True,
            suppress_health_check=_SLOW,
        )
    settings.load_profile("ci")


def examples(percent: int) -> settings:
    """For a property that is slow to check: this share of the examples that the profile would draw."""
    return settings(max_examples=max(1, settings().max_examples * percent // 100))


def seed(config: pytest.Config) -> str | None:
    """The options that replay a random run, whose seed is drawn here unless one is given; None for other runs."""
    if config.getoption("--hypothesis-profile") != RANDOM:
        return None
    if config.getoption("--hypothesis-seed") is None:
        config.option.hypothesis_seed = str(random.SystemRandom().randrange(2**32))
    return f"--hypothesis-profile={RANDOM} --hypothesis-seed={config.option.hypothesis_seed}"
