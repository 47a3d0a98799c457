"""How to observe each kind of subject: one file per kind, and siblings never meet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlguard.core.guard import Guard


def adapt(guard: type[Guard]) -> type[Guard]:
    """The guard with every method in place: a bare estimator gets the ones that it did not declare."""
    if guard.estimator is None:
        return guard
    from mlguard.adapters import sklearn  # scikit-learn is loaded only for guards that have an estimator.

    return sklearn.with_estimator(guard)


def places_of(guard: type[Guard], root: Path) -> Mapping[str, str]:
    """Where the results of a guard's subject come from, by stage or by their own name; empty for functions."""
    places = getattr(guard, "_places", None)
    return {} if places is None else dict(places(root))


def settings_beside(guard: type[Guard], config: Any, root: Path) -> Mapping[str, Any]:
    """What other files say that a guard's configuration names and that move no result, by their path from the root."""
    beside = getattr(guard, "_settings_beside", None)
    return {} if beside is None else dict(beside(config, root))
