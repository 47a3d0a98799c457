"""Seeding reaches every global generator, and `seeded` leaves no trace."""

from __future__ import annotations

import random
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from mlguard import seeding
from mlguard.core.error import UsageError


class FakeTorch(ModuleType):
    """A torch whose generator is one number, drawn by adding one; its devices are in use or not."""

    def __init__(self, *, devices: bool) -> None:
        super().__init__("torch")
        self.state = 1000
        self.device_states = [5, 6]
        self.cuda = SimpleNamespace(
            is_initialized=lambda: devices,
            get_rng_state_all=lambda: list(self.device_states),
            set_rng_state_all=lambda states: setattr(self, "device_states", states),
        )

    def manual_seed(self, seed: int) -> None:
        self.state, self.device_states = seed, [seed, seed]

    def get_rng_state(self) -> int:
        return self.state

    def set_rng_state(self, state: int) -> None:
        self.state = state


def draw() -> tuple[float, float]:
    return random.random(), float(np.random.uniform())


@pytest.fixture(autouse=True)
def _restored():
    states = random.getstate(), np.random.get_state()
    yield
    random.setstate(states[0])
    np.random.set_state(states[1])


def test_the_same_seed_gives_the_same_draws_and_another_does_not():
    drawn = []
    for seed in (3, 3, 4):
        seeding.seed_all(seed)
        drawn.append(draw())
    assert drawn[0] == drawn[1]
    assert drawn[0][0] != drawn[2][0]
    assert drawn[0][1] != drawn[2][1]


def test_numpys_draws_are_those_of_its_own_seed():
    seeding.seed_all(5)
    assert np.random.uniform() == np.random.RandomState(5).uniform()


@pytest.mark.parametrize("devices", [False, True])
def test_seeded_restores_all_states_after_an_exception_too(monkeypatch, devices):
    torch = FakeTorch(devices=devices)
    monkeypatch.setitem(sys.modules, "torch", torch)

    def fail() -> None:
        draw()
        raise LookupError(torch.state)

    before = random.getstate(), repr(np.random.get_state())
    with pytest.raises(LookupError, match="7"), seeding.seeded(7):
        fail()
    assert (random.getstate(), repr(np.random.get_state())) == before
    assert torch.state == 1000
    assert torch.device_states == ([5, 6] if devices else [7, 7])


def test_torch_is_not_imported_for_it(monkeypatch):
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    with seeding.seeded(0):
        pass
    assert "torch" not in sys.modules


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_that_numpy_cannot_take_is_refused_and_nothing_is_seeded(seed):
    before = random.getstate()
    with pytest.raises(UsageError, match="seed-invalid"), seeding.seeded(seed):
        pass
    assert random.getstate() == before


def test_unseed_makes_numpy_draw_anew():
    drawn = set()
    for _ in range(2):
        seeding.seed_all(0)
        seeding.unseed()
        drawn.add(float(np.random.uniform()))
    assert len(drawn) == 2
