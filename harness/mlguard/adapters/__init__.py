"""How to observe each kind of subject: one file per kind, and siblings never meet."""

from __future__ import annotations

from mlguard.core.guard import Guard


def adapt(guard: type[Guard]) -> type[Guard]:
    """The guard with every method in place: a bare estimator gets the ones that it did not declare."""
    if guard.estimator is None:
        return guard
    from mlguard.adapters import sklearn  # scikit-learn is loaded only for guards that have an estimator.

    return sklearn.with_estimator(guard)
