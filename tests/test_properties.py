"""Property tests are the same everywhere, and a random run says how to replay it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import settings

from tests import properties

TESTS = Path(__file__).parent


@pytest.mark.parametrize("name", ["ci", properties.RANDOM])
def test_no_profile_depends_on_the_clock_or_on_earlier_runs(name):
    profile = settings.get_profile(name)
    assert (profile.deadline, profile.database, profile.print_blob) == (None, None, True)
    assert profile.derandomize == (name == "ci")


def test_no_test_file_has_settings_of_its_own():
    own = re.compile(r"\b(settings\(|HealthCheck\b|deadline=|register_profile)")
    named = [file for file in TESTS.rglob("test_*.py") if "hypothesis" in (text := file.read_text(encoding="utf-8"))
             and file != Path(__file__) and own.search(text)]  # fmt: skip
    assert named == []


class Config:
    """What pytest knows of the command line."""

    def __init__(self, profile, seed):
        self.option = type("Option", (), {"hypothesis_seed": seed})()
        self.profile = profile

    def getoption(self, name):
        """The value of an option."""
        return self.profile if name == "--hypothesis-profile" else self.option.hypothesis_seed


def test_a_random_run_draws_a_seed_once_and_names_it():
    config = Config(properties.RANDOM, None)
    said = properties.seed(config)
    assert re.fullmatch(r"--hypothesis-profile=random --hypothesis-seed=\d+", said)
    assert properties.seed(config) == said
    assert properties.seed(Config(properties.RANDOM, None)) != said
    assert properties.seed(Config(properties.RANDOM, "7")).endswith("--hypothesis-seed=7")


def test_other_runs_have_no_seed():
    assert properties.seed(Config(None, None)) is None
