"""What a boosted ensemble learned, in words that LightGBM, XGBoost and CatBoost share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Part = tuple[str, object]

LINE = 76
"""Characters up to which names stand in one line, as a message shows them; more are compared one by one."""


@dataclass(frozen=True)
class Ensemble:
    """A boosted ensemble after training, without the settings that training only obeyed: threads, seeds, verbosity."""

    features: Sequence[object]
    """Names of the features, in the order in which the model takes them."""
    rounds: int
    """Boosting rounds that were made."""
    objective: str = ""
    """What was minimised."""
    categories: Mapping[str, Sequence[object]] = field(default_factory=dict)
    """By feature, the categories in the order of their codes, where the model keeps them."""
    classes: Sequence[object] = ()
    """The labels of a classifier in the order of its answers; empty for any other."""
    best_iteration: int | None = None
    """The round that early stopping chose; None where nothing stopped early."""
    learning_rate: float | None = None
    """By what each round was scaled."""
    start: Sequence[float] = ()
    """The answer before the first round, one for each output."""
    arrays: Mapping[str, Array] = field(default_factory=dict)
    """Learned arrays by name, all trees one after another: `leaf_value`, `threshold`, `feature`, …"""
    steadied_by: Sequence[str] = ()
    """Settings each of which makes two trainings the same; empty where they are."""
    left_behind: Mapping[str, str] = field(default_factory=dict)
    """What training leaves in the working directory, unseen by Python, and the setting that leaves nothing."""

    def parts(self) -> Iterator[Part]:
        """Each part by name; what explains most comes first, since a report names few."""
        yield "features", in_line(self.features)
        yield from ((f"categories.{name}", in_line(labels)) for name, labels in self.categories.items())
        yield from ((name, value) for name, value in self._numbers() if value is not None)
        yield from (("objective", self.objective),) if self.objective else ()
        yield from (("classes", in_line(self.classes)),) if len(self.classes) else ()
        yield from (("start", np.asarray(self.start)),) if len(self.start) else ()
        yield from ((f"trees.{name}", array) for name, array in self.arrays.items() if array.size)

    def _numbers(self) -> Iterator[Part]:
        yield "rounds", self.rounds
        yield "best_iteration", self.best_iteration
        yield "learning_rate", self.learning_rate
        yield "leaves", len(self.arrays["leaf_value"]) if "leaf_value" in self.arrays else None


def in_line(names: Iterable[object]) -> str | list[str]:
    """Names as one text, so that a message shows all of them before and after; too many stay a list."""
    spelled = [str(name) for name in names]
    line = ", ".join(spelled)
    return line if len(line) <= LINE else spelled


def joined(pieces: Iterable[Array], dtype: type[np.generic]) -> Array:
    """The arrays of all trees as one."""
    found = [np.asarray(piece, dtype=dtype).reshape(-1) for piece in pieces]
    return np.concatenate(found) if found else np.empty(0, dtype=dtype)
