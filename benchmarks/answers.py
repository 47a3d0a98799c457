"""What a user's own test would see of a guard: predictions and metrics of its first seed, as its methods give them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import mlguard.generators
import numpy as np
import pandas as pd

from benchmarks.emulating import Emulating
from benchmarks.trial import ROOT
from mlguard.core.error import MlguardError
from mlguard.discovery import Declared
from mlguard.observe.run import Run
from mlguard.observe.stages import walk_path
from mlguard.runner.datasets import datasets
from mlguard.runner.order import Extent, Order
from mlguard.runner.subject import find_subject
from mlguard.seeding import STATE, seed_all
from mlguard.worker.job import Job


@dataclass(frozen=True)
class Answer:
    """Predictions and metrics of one run."""

    predictions: pd.DataFrame = field(default_factory=pd.DataFrame)
    """One row per answer for the test rows."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    """What `evaluate` returned."""
    raised: str | None = None
    """What the guarded code raised, which fails a test of any library."""


def ask(runner: Emulating, guard: Declared) -> Answer:
    """Call the guard's methods in a worker process, in the environment that guards run in."""
    settings = runner.settings
    builtin = [Path(place) for place in mlguard.generators.__path__]
    with tempfile.TemporaryDirectory() as folder:
        order = Order(
            guard.ref, settings.base, settings.import_path, (settings.generators, *builtin), Path(folder),
            extent=Extent.MAIN,
        )  # fmt: skip
        job = Job(
            "benchmarks.answers:answer",
            order,
            root=settings.base,
            # Last, so that the project's own modules win; the worker looks for this file there.
            import_path=(*settings.import_path, str(ROOT)),
            timeout=settings.timeout,
        )
        result = runner.workers.run(job)
    if result.failure is not None:
        return Answer(raised=result.failure.text)
    assert isinstance(result.value, Answer)
    return result.value


def answer(order: Order, progress: Callable[[str], None]) -> Answer:
    """What happens in the worker: dataset, split, train, predict, evaluate, once."""
    subject = find_subject(order.ref, order.root, order.import_path)
    data, _ = datasets(order, subject.guard, subject.name)
    configuration = subject.configuration
    run = Run(
        subject, "main", data, order.folder, config=configuration.values, config_path=configuration.path,
        progress=progress,
    )  # fmt: skip
    seed_all(STATE)
    try:
        path = walk_path(run, parts=("test",))
    except MlguardError as error:
        return Answer(raised=error.message)
    raw = path.test.answers.raw if path.test.answers is not None else {}
    metrics = {name: float(value.data[0]) for name, value in (path.metrics or {}).items()}
    return Answer(pd.DataFrame(dict(columns(raw))), metrics)


def columns(raw: Any, name: str = "prediction") -> Iterator[tuple[str, Any]]:
    """The columns of whatever `predict` returned, as a test would put them into a frame."""
    if isinstance(raw, pd.DataFrame):
        yield from ((str(column), raw[column].to_numpy()) for column in raw.columns)
    elif isinstance(raw, Mapping):
        for key, part in raw.items():
            yield from columns(part, str(key))
    elif np.ndim(raw) > 1:
        wide = np.asarray(raw)
        yield from ((f"{name}_{i}", part) for i, part in enumerate(wide.reshape(len(wide), -1).T))
    else:
        yield name, np.asarray(raw)


def same(one: Answer, other: Answer) -> bool:
    """Whether two runs agree in all that a test sees, but for the last digits."""
    if one.raised or other.raised or list(one.metrics) != list(other.metrics):
        return False
    if one.predictions.shape != other.predictions.shape or list(one.predictions) != list(other.predictions):
        return False
    pairs = [(one.predictions[c].to_numpy(), other.predictions[c].to_numpy()) for c in one.predictions]
    return all(_close(*pair) for pair in [*pairs, *((one.metrics[m], other.metrics[m]) for m in one.metrics)])


def _close(one: Any, other: Any) -> bool:
    one, other = np.asarray(one), np.asarray(other)
    if one.dtype.kind not in "fc" or other.dtype.kind not in "fc":
        return bool(np.array_equal(one.astype(object), other.astype(object)))
    return bool(np.allclose(one, other, rtol=1e-9, atol=1e-12, equal_nan=True))
