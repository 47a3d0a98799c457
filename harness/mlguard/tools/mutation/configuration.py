"""Mutants of a configuration: one setting at a time is changed or gone."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlguard.configuration import flatten
from mlguard.runner.order import Change
from mlguard.tools.mutation.mutant import Mutant

FAMILIES: tuple[frozenset[str], ...] = tuple(
    frozenset(family.split())
    for family in (
        "l1 l2 elasticnet",
        "lbfgs liblinear newton-cg newton-cholesky sag saga",
        "gini entropy log_loss",
        "squared_error absolute_error huber poisson",
        "sqrt log2",
        "linear poly rbf sigmoid",
        "relu tanh logistic identity",
        "adam sgd",
        "constant adaptive invscaling",
        "uniform distance",
        "uniform quantile kmeans",
        "euclidean manhattan cosine",
        "ward complete average single",
        "k-means++ random",
        "mean median most_frequent",
        "standard minmax robust",
        "word char char_wb",
        "micro macro weighted",
        "isotonic sigmoid",
        "breslow efron",
        "left right inner outer",
        "first last",
    )
)
"""Settings that stand for one another in scikit-learn, pandas and their field."""


@dataclass(frozen=True)
class Setting:
    """What becomes of a configuration: one entry has another value."""

    key: str
    """The entry's dotted key, as `flatten` names it."""
    value: Any
    """Its value."""

    def __call__(self, config: Any) -> Any:
        """Change the entry in place."""
        container, key = _found(config, self.key)
        container[key] = self.value
        return config


@dataclass(frozen=True)
class Removed:
    """What becomes of a configuration: one entry is gone."""

    key: str
    """The entry's dotted key."""

    def __call__(self, config: Any) -> Any:
        """Take the entry out."""
        container, key = _found(config, self.key)
        del container[key]
        return config


Operator = Callable[[str, Any, frozenset[str]], Iterable[Setting | Removed]]
"""What a kind of change makes of an entry: its key, its value, and other choices that the code knows."""


def larger(key: str, value: Any, choices: frozenset[str]) -> Iterator[Setting]:
    """A number times 1.1; an integer at least one more."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value * 1.1):
        return
    if isinstance(value, int):
        yield Setting(key, max(value + 1, round(value * 1.1)))
    else:
        yield Setting(key, float(f"{value * 1.1:.12g}") if value else 0.1)


def flipped(key: str, value: Any, choices: frozenset[str]) -> Iterator[Setting]:
    """A flag the other way."""
    if isinstance(value, bool):
        yield Setting(key, not value)


def replaced(key: str, value: Any, choices: frozenset[str]) -> Iterator[Setting]:
    """Another choice that the code, or its libraries, know; none where nobody can tell one."""
    if isinstance(value, str):
        known = choices or next((family - {value} for family in FAMILIES if value in family), frozenset())
        yield from (Setting(key, choice) for choice in sorted(known)[:1])


def removed(key: str, value: Any, choices: frozenset[str]) -> Iterator[Removed]:
    """An entry that is not there: the code's default takes over."""
    yield Removed(key)


OPERATORS: dict[str, Operator] = {
    "setting times 1.1": larger,
    "flag flipped": flipped,
    "choice replaced": replaced,
    "setting removed": removed,
}
"""Operators by name."""


def config_mutants(
    values: Mapping[str, Any], *, source: str | None = None, code: Iterable[str] = ()
) -> Iterator[Mutant]:
    """Every mutant of a configuration, entry by entry.

    `values` is the configuration, nested or flat with dotted keys; `source` what to call it in messages. `code` are the
    texts of the modules that read it: what they hold beside a choice says what else could be chosen.
    """
    siblings = _siblings(code)
    for key, value in flatten(values):
        if not key:
            continue  # The configuration is empty.
        for name, operator in OPERATORS.items():
            for change in operator(key, value, siblings(value) if isinstance(value, str) else frozenset()):
                after = f"{key}: {change.value!r}" if isinstance(change, Setting) else f"no {key}"
                shown = source or "configuration"
                before = f"{key}: {value!r}"
                yield Mutant(name, "configuration", shown, 0, None, before, after, Change(config=change))


def _found(config: Any, key: str) -> tuple[Any, Any]:
    """The container of an entry and its key there. Raises KeyError where there is no such entry."""
    entries = config.items() if isinstance(config, Mapping) else enumerate(config) if isinstance(config, list) else ()
    for own, inner in entries:
        if str(own) == key:
            return config, own
        if key.startswith(f"{own}.") and isinstance(inner, Mapping | list):
            return _found(inner, key.removeprefix(f"{own}."))
    raise KeyError(key)


def _siblings(code: Iterable[str]) -> Callable[[str], frozenset[str]]:
    """What stands beside a text in the code: in a display, as a key, or where the same thing is compared."""
    groups = [group for text in code for group in _groups(text)]
    return lambda value: frozenset().union(*(group for group in groups if value in group)) - {value}


def _groups(text: str) -> Iterator[frozenset[str]]:
    compared: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Dict):
            yield _texts(node.keys)
        elif isinstance(node, ast.Tuple | ast.List | ast.Set):
            yield _texts(node.elts)
        elif isinstance(node, ast.Compare):
            compared.setdefault(ast.dump(node.left), set()).update(_texts(node.comparators))
    yield from (frozenset(texts) for texts in compared.values())


def _texts(nodes: Iterable[ast.AST | None]) -> frozenset[str]:
    constants = (node.value for node in nodes if isinstance(node, ast.Constant))
    return frozenset(value for value in constants if isinstance(value, str))
