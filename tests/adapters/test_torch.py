"""Layers of a module are told by their names; `tests/with_torch` does the same with torch itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from mlguard.observe.exact import exactly
from mlguard.observe.walk import walk


class Tensor(np.ndarray[Any, Any]):
    """An array that lies on a device."""

    device = "cuda:0"


class Layer:
    """A module of torch with two layers inside, each of which knows its mode."""

    def __init__(self, *, training: bool = True, **layers: Layer) -> None:
        self.training, self.layers = training, layers

    def state_dict(self) -> dict[str, Any]:
        return {f"{name}.weight": np.ones(2).view(Tensor) for name in self.layers}

    def parameters(self) -> Iterator[Any]:
        return iter(self.state_dict().values())

    def named_modules(self) -> Iterator[tuple[str, Layer]]:
        yield "", self
        yield from self.layers.items()


def net(*, whole: bool, drop: bool, norm: bool) -> Layer:
    return Layer(training=whole, drop=Layer(training=drop), norm=Layer(training=norm))


@pytest.mark.parametrize(
    ("module", "mode"),
    [
        (net(whole=True, drop=True, norm=True), "every layer"),
        (net(whole=False, drop=False, norm=False), "no layer"),
        (net(whole=True, drop=True, norm=False), "drop"),
        (net(whole=False, drop=True, norm=True), "drop, norm"),
    ],
)
def test_layers_are_named_with_the_mode_in_which_they_were_left(module: Layer, mode: str) -> None:
    found = {name: value.data.tolist() for name, value in walk({"net": module})}
    told = {"net.device": ["cuda:0"], "net.training mode": [mode]}
    assert found == {"net.drop.weight": [1, 1], "net.norm.weight": [1, 1], **told}


def test_a_declared_module_is_its_state_whatever_its_mode() -> None:
    found = dict(exactly(net(whole=True, drop=True, norm=True), "net", where="a note holds"))
    assert list(found) == ["net.drop.weight", "net.norm.weight"]
