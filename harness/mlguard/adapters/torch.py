"""What a module of torch holds, by the names of its layers; torch is never imported."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlguard.adapters.ensemble import Part, in_line


def is_module(value: Any) -> bool:
    """Whether a value holds layers, as a module of torch does."""
    return callable(getattr(value, "state_dict", None)) and callable(getattr(value, "parameters", None))


def state(module: Any) -> Iterator[Part]:
    """Parameters and buffers by layer, as `state_dict` names them."""
    yield from ((str(key), tensor) for key, tensor in module.state_dict().items())


def parts(module: Any) -> Iterator[Part]:
    """Its state, where that lies, and the mode in which it was left.

    Dropout and batch norms answer otherwise in training mode.
    """
    tensors = dict(state(module))
    yield from tensors.items()
    if devices := sorted({str(tensor.device) for tensor in tensors.values() if hasattr(tensor, "device")}):
        yield "device", in_line(devices)
    if callable(getattr(module, "named_modules", None)):
        yield "training mode", _in_training(dict(module.named_modules()))


def _in_training(layers: dict[str, Any]) -> str | list[str]:
    """Which layers are in training mode; the module itself, which has no name, is one of them."""
    training = [name for name, layer in layers.items() if layer.training]
    if not training:
        return "no layer"
    return "every layer" if len(training) == len(layers) else in_line(filter(None, training))
