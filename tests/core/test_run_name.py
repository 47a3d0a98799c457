"""The names of runs: one text each, read back as what it was, in the order of explanation."""

from __future__ import annotations

import pickle

import pytest

from mlguard.core.run_name import LATER, MAIN, REFIT, Config, RunName, Seed, run_name

ALL = [MAIN, Seed(1), LATER, Config("model.C"), REFIT]


@pytest.mark.parametrize("name", ALL)
def test_a_name_is_its_text_and_comes_back_as_what_it_was(name: RunName) -> None:
    for back in (run_name(str(name)), pickle.loads(pickle.dumps(name))):
        assert (back, type(back)) == (name, type(name))
        assert {back: 1}[name] == 1


def test_the_order_is_that_of_explanation() -> None:
    assert sorted([ALL[3], ALL[4], ALL[2], ALL[1], ALL[0]], key=lambda name: name.rank) == ALL


def test_a_key_keeps_its_blanks() -> None:
    name = run_name("config model.learning rate")
    assert isinstance(name, Config)
    assert name.key == "model.learning rate"


@pytest.mark.parametrize("text", ["", "seed", "seed x", "config", "config ", "Main", "seed 1 2"])
def test_a_text_that_names_no_run_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="names no run"):
        run_name(text)
