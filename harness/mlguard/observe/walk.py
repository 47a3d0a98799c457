"""Walk any object, such as a trained model or a mapping of metrics, to its named leaves."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from itertools import islice
from typing import Any

import numpy as np

from mlguard.adapters import libraries, torch
from mlguard.adapters.ensemble import Ensemble
from mlguard.core.internals import KEYS, VALUES
from mlguard.core.value import Value
from mlguard.observe.kinds import is_frame, is_sparse, unwrapped
from mlguard.observe.leaf import is_leaf, to_value
from mlguard.observe.spelling import Speller

DEPTH = 12
"""Levels of nesting that are followed."""

LEAVES = 2000
"""Leaves after which a walk stops: past this, an object is no tiny model."""

VISITS = 50_000
"""Objects that are looked at: references in circles have more paths than anybody waits for."""

SIBLINGS = 12
"""Members of a sequence of objects that are looked into: the first trees of a forest stand for the others."""

NOT_BEHAVIOUR = frozenset(
    {
        # Wall-clock, thread counts, verbosity and what a solver says about itself: no change of behaviour.
        "refit_time_", "fit_time_", "mean_fit_time", "std_fit_time", "mean_score_time", "std_score_time",
        "_time_fit_was_called",
        "n_jobs", "verbose", "thread_count", "nthread", "num_threads", "dual_gap_", "n_iter_", "n_iter", "t_",
        "n_features_in_", "feature_names_in_", "_sklearn_version", "_repr_html_link", "_parent_callback_ctx",
        # The unfitted template of an ensemble's members.
        "estimator_params", "estimator_",
        # The identity of an object in memory.
        "_stop_words_id",
    }
)  # fmt: skip

Leaf = tuple[str, Value]


def walk(value: object, name: str = "", *, whole: bool = False, met: list[Ensemble] | None = None) -> Iterator[Leaf]:
    """Every leaf of an object with its path, in a stable order: `clf.coef_`, `trees_[3].threshold`.

    Follows mappings, sequences, dataclasses, objects' attributes, tree structures and `state_dict`s; what models of
    `adapters.libraries` learned is read there. Leaves out what is no behaviour (`NOT_BEHAVIOUR`), and what cannot be
    brought to a Value. With `whole`, for what somebody declared and not only keeps, no entry and no member of a long
    sequence is left out. `met` takes what the models of these libraries learned.
    """
    leaves = _Walker(whole=whole, met=met).visit(value, name, 0)
    yield from leaves if whole else islice(leaves, LEAVES)


def ensembles(value: object) -> list[Ensemble]:
    """What the models of `adapters.libraries` inside an object learned, such as the last step of a Pipeline."""
    met: list[Ensemble] = []
    for _ in walk(value, met=met):
        pass
    return met


class _Walker:
    """One walk: what it is inside of, what it met, and how much it has looked at."""

    def __init__(self, *, whole: bool, met: list[Ensemble] | None = None) -> None:
        self.whole = whole
        self.ensembles = [] if met is None else met
        self.visiting: set[int] = set()
        self.visits = 0

    def visit(self, value: object, name: str, depth: int) -> Iterator[Leaf]:
        self.visits += 1
        if depth > DEPTH or self.visits > VISITS or id(value) in self.visiting:
            return
        looked = self._look(value)
        if isinstance(looked, Value):
            yield name, looked
            return
        self.visiting.add(id(value))
        for part, child in looked:
            yield from self.visit(child, join_names(name, part), depth + 1)
        self.visiting.discard(id(value))

    def _look(self, value: Any) -> Value | list[tuple[str, object]]:
        """A leaf's Value, else what to follow."""
        try:
            if is_leaf(value) and not holds_objects(value):
                return to_value(value)
            if libraries.is_model(value):
                own = _attributes(value) if libraries.is_derived(value) else ()
                self.ensembles.append(learned := libraries.learned(value))
                return [*learned.parts(), *own]
            return [] if _is_opaque(value) else [part for part in _children(value) if self._counts(value, part[0])]
        except Exception:  # Whatever an object does when it is looked at, a look must not end a run.
            return []

    def _counts(self, value: object, part: str) -> bool:
        if self.whole:
            return True
        if isinstance(value, Mapping):
            return part not in NOT_BEHAVIOUR
        return not part.startswith("[") or int(part[1:-1]) < SIBLINGS


def _children(value: Any) -> Iterator[tuple[str, object]]:
    for test, children in _KINDS:
        if test(value):
            yield from children(value)
            return
    yield from _attributes(value)


def _items(value: Mapping[Any, Any]) -> Iterator[tuple[str, object]]:
    children = [readable(child) for child in value.values()]
    if len(value) > 8 and all(is_plain(v) and not isinstance(v, np.ndarray) for v in children):
        # A table of many scalars, such as an id map, is two columns and not hundreds of leaves.
        yield KEYS, boxed(list(value))
        yield VALUES, boxed(children)
        return
    yield from zip(map(str, value), children, strict=True)


def _elements(value: Any) -> Iterator[tuple[str, object]]:
    items = [readable(item) for item in value]
    if items and all(is_plain(item) and not isinstance(item, np.ndarray) and not is_table(item) for item in items):
        yield "", boxed(items)
        return
    if is_rectangle(items):
        yield "", np.asarray(items)
        return
    if items and all(is_entry(item) for item in items):
        for key in dict.fromkeys(key for item in items for key in item):
            yield str(key), boxed([item.get(key) for item in items])
        return
    for position, child in enumerate(items):
        yield f"[{position}]", child


def _unordered(value: Any) -> Iterator[tuple[str, object]]:
    # Not by `repr`, which holds addresses of objects and the order of inner sets.
    yield "", boxed(sorted(value, key=lambda item: (type(item).__name__, Speller(strict=False).spell(item))))


def _columns(frame: Any) -> Iterator[tuple[str, object]]:
    for position, column in enumerate(frame.columns):
        yield str(column), frame.iloc[:, position]


def _fields(value: Any) -> Iterator[tuple[str, object]]:
    for entry in fields(value):
        if entry.name not in NOT_BEHAVIOUR:
            yield entry.name, getattr(value, entry.name, None)


def _tree(value: Any) -> Iterator[tuple[str, object]]:
    """scikit-learn's compiled tree: its nodes' structure and its values."""
    for name in ("children_left", "children_right", "feature", "threshold", "n_node_samples", "value"):
        yield name, getattr(value, name)


def _estimator(value: Any) -> Iterator[tuple[str, object]]:
    """What an estimator learned, and the estimators inside it; its settings are not learned."""
    settings = set(type(value)._get_param_names()) if hasattr(type(value), "_get_param_names") else set()
    for name, child in _attributes(value):
        if name not in settings or not is_leaf(child):
            yield name, child


def _attributes(value: object) -> Iterator[tuple[str, object]]:
    names = list(getattr(value, "__dict__", {}))
    for klass in type(value).__mro__:
        slots = getattr(klass, "__slots__", ())
        names += [slots] if isinstance(slots, str) else list(slots)
    for name in dict.fromkeys(names):
        if name in NOT_BEHAVIOUR or name.startswith("__"):
            continue
        child = _attribute(value, name)
        if not isinstance(child, _CODE):
            yield name, child


def _attribute(value: object, name: str) -> object:
    try:
        return getattr(value, name, None)
    except Exception:  # It may be a property of a class that raises what it likes.
        return type  # A class is code, which is left out.


_CODE = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType, type, np.ufunc)

Kind = tuple[Callable[[Any], bool], Callable[[Any], Iterator[tuple[str, object]]]]

LIBRARIES: tuple[Kind, ...] = (
    (lambda v: type(v).__name__ == "Tree" and hasattr(v, "children_left"), _tree),
    (torch.is_module, torch.state),
)
"""Objects of libraries whose content lies in C, and how it is read."""

_KINDS: tuple[Kind, ...] = (
    (lambda v: isinstance(v, Mapping), _items),
    (lambda v: isinstance(v, set | frozenset), _unordered),
    (lambda v: isinstance(v, list | tuple | np.ndarray), lambda v: _elements(np.ravel(v) if _is_array(v) else v)),
    (is_frame, _columns),
    (lambda v: is_dataclass(v) and not isinstance(v, type), _fields),
    (lambda v: hasattr(v, "tree_") and hasattr(v, "get_params"), lambda v: iter([("tree_", v.tree_)])),
    (lambda v: hasattr(v, "get_params") and hasattr(v, "fit"), _estimator),
    (torch.is_module, torch.parts),
    *LIBRARIES,
)


def _is_opaque(value: object) -> bool:
    if isinstance(value, (*_CODE, np.random.RandomState, np.random.Generator, np.random.BitGenerator)):
        return True
    return type(value).__module__.split(".")[0] in ("threading", "_thread", "logging", "io", "_io", "weakref")


def readable(value: object) -> Any:
    """A tensor as an array, unless it cannot be read, which must not hide what stands beside it."""
    try:
        return unwrapped(value)
    except Exception:  # What a library raises for a tensor without content is its own affair.
        return value


def is_plain(value: object) -> bool:
    """Whether a value is a leaf; one that raises when it is looked at is none."""
    try:
        return is_leaf(value)
    except Exception:  # Even to ask for its class may raise, and must not hide what stands beside it.
        return False


def _is_array(value: object) -> bool:
    return isinstance(value, np.ndarray)


def holds_objects(value: object) -> bool:
    """Whether an array holds objects to look into, such as the trees of a boosted model."""
    if not isinstance(value, np.ndarray) or value.dtype != object:
        return False
    plain = (list, tuple, dict, set, frozenset)
    return not all(is_plain(item) or isinstance(item, plain) for item in value.reshape(-1).tolist())


def is_entry(value: object) -> bool:
    """Whether a mapping is one entry of a table that somebody wrote as a list."""
    if not isinstance(value, Mapping) or not value:
        return False
    return all(is_plain(cell) and not isinstance(cell, np.ndarray) and not is_table(cell) for cell in value.values())


def is_table(value: object) -> bool:
    """Whether a value is a sparse matrix, or a table or column of pandas."""
    return is_sparse(value) or hasattr(value, "iloc")


def is_rectangle(items: list[Any]) -> bool:
    """Whether a list of lists of numbers is an array that somebody wrote as lists."""
    if not items or not all(isinstance(item, list | tuple) for item in items):
        return False
    if len({len(item) for item in items}) != 1:
        return False
    return all(isinstance(x, bool | int | float | np.number) for item in items for x in item)


def boxed(items: list[Any]) -> Any:
    """An array of these items, which NumPy must not take apart."""
    box = np.empty(len(items), dtype=object)
    box[:] = items
    kinds = {type(item) for item in items}
    if kinds <= {int, float, np.float64, np.int64, bool, np.bool_} and len(kinds) == 1:
        try:
            return np.asarray(items)
        except OverflowError:
            return box
    return box


def join_names(name: str, part: str) -> str:
    """The name of a part: `trees_[3]`, `clf.coef_`."""
    if not part:
        return name
    return f"{name}{part}" if part.startswith("[") or not name else f"{name}.{part}"
