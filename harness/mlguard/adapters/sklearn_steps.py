"""What the scikit-learn transformers inside a model make of its rows, wherever the model keeps them."""

from __future__ import annotations

import copy
import types
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import FeatureUnion, Pipeline

DEPTH = 6
"""Levels of nesting that are followed to find transformers."""

STEPS = 40
"""Transformers of one model that are overheard; more explain nothing that a reader would follow."""


def step_outputs(model: Any, predict: Callable[[Any], object]) -> dict[str, Any]:
    """What each transformer inside a fitted model gives while the model predicts; empty where it holds none.

    The model may be a Pipeline or anything that keeps one: a mapping, an object, a search. `predict` is called once
    with a copy of it, whose transformers are overheard. A step that names its columns gives one entry per column,
    `preprocessor.age`, so that a message can name it.
    """
    outputs: dict[str, Any] = {}
    if not any(True for _ in _transformers(model)):
        return outputs
    try:
        overheard = copy.deepcopy(model)
        for path, step in list(islice(_transformers(overheard), STEPS)):
            _overhear(path, step, outputs)
        predict(overheard)
    except Exception:  # A look inside explains; what it raises fails no guard.
        return outputs
    return outputs


def _overhear(path: str, step: Any, outputs: dict[str, Any]) -> None:
    """From here on, keep what this step makes of the first rows that it is given."""
    transform, heard = step.transform, False

    def overheard(*rows: Any, **how: Any) -> Any:
        nonlocal heard
        output = transform(*rows, **how)
        if not heard:
            heard = True
            outputs.update(_columns(path, step, output))
        return output

    step.transform = overheard


def _columns(name: str, step: Any, output: Any) -> Iterator[tuple[str, Any]]:
    array = np.array(output.toarray() if hasattr(output, "toarray") else output)
    try:
        names = [str(n) for n in step.get_feature_names_out()]
    except Exception:  # Many transformers cannot name their output; the matrix as a whole will do.
        names = []
    if array.ndim == 2 and len(names) == array.shape[1]:
        for position, column in enumerate(names):
            yield f"{name}.{column}", array[:, position]
    else:
        yield name, array


def _transformers(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Every fitted transformer below an object with its path, the steps of a Pipeline by their names."""
    if depth > DEPTH or value is None or isinstance(value, str | type | np.ndarray | types.ModuleType):
        return
    if isinstance(value, ColumnTransformer):
        # Its own output names every column by its transformer; only what happens inside a chain would stay unseen.
        inner = [(name, step) for name, step, *_ in getattr(value, "transformers_", ()) if _is_chain(step)]
        yield from _below(inner, path, depth)
        yield path or "model", value
    elif isinstance(value, Pipeline):
        yield from _below(value.steps, path, depth)
    elif isinstance(value, BaseEstimator) and hasattr(value, "transform"):
        yield path or "model", value
    else:
        yield from _below(_parts(value), path, depth)


def _is_chain(step: Any) -> bool:
    return isinstance(step, Pipeline | FeatureUnion)


def _below(parts: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    for name, part in parts:
        yield from _transformers(part, f"{path}.{name}" if path else str(name), depth + 1)


def _parts(value: Any) -> list[tuple[str, Any]]:
    """What an object of the project's holds, or a search or another estimator that wraps one."""
    if isinstance(value, Mapping):
        return [(str(key), part) for key, part in value.items()]
    if isinstance(value, list | tuple):
        return [(str(position), part) for position, part in enumerate(value[:STEPS])]
    attributes = getattr(value, "__dict__", None)
    if not isinstance(attributes, dict) or (callable(value) and not hasattr(value, "predict")):
        return []
    return list(attributes.items())
