"""A Guard: the declaration of a pipeline under protection, and what can be said about it before it runs."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from mlguard.core.dataset import Dataset

SYMMETRIES = ("sign", "relabelling", "permutation")
"""Under which an Observation may be declared equal: a component points either way, clusters and sets have no names."""

METHODS = ("split", "features", "train", "predict", "evaluate", "probe_rows", "save", "load", "observe")
"""The methods that a Guard may declare; `observe` replaces all others."""


class Guard:
    """A pipeline under protection: declare it as a class in a test module, name its Dataset, delegate to your code.

    Methods, all optional but `train` and `predict` (or an `estimator`, or your own `observe`):

    - `split(self, data)` returns the train and the test rows, any two objects;
    - `train(self, train)` returns the model, any object;
    - `predict(self, model, rows)` returns one answer per row (or several, identified by `key`);
    - `evaluate(self, test, predictions)` returns metrics: a mapping of names to numbers;
    - `features(self, model, rows)` returns what the model sees;
    - `probe_rows(self, rows)` returns rows that must be answered as the golden says, whatever happens;
    - `save(self, model, folder)` and `load(self, folder)` write and read the bundle that prediction needs;
    - `observe(self, data, notes)` replaces all of them: note values by stage with `notes.note(name, value, stage=...)`.

    Every call gets a fresh instance. On it mlguard sets `data` (the whole Dataset), `folder` (an empty folder of this
    run), `config` (a fresh copy of the parsed mapping, or None) and `config_path` (its file, or None).
    """

    abstract: ClassVar[bool] = False
    dataset: ClassVar[str | None] = None
    estimator: ClassVar[Any] = None
    target: ClassVar[str | None] = None
    metrics: ClassVar[Sequence[Any]] = ()
    key: ClassVar[str | Sequence[str] | None] = None
    require: ClassVar[Mapping[str, str]] = {}
    threshold: ClassVar[float | Mapping[str, float] | None] = None
    seeds: ClassVar[Sequence[int]] = (0, 1, 2)
    config_probes: ClassVar[bool | Sequence[str]] = True
    internals: ClassVar[str] = "explain"
    floor: ClassVar[str] = "solver"
    require_contracts: ClassVar[bool] = False
    timeout: ClassVar[float | None] = None
    allow: ClassVar[Mapping[str, str]] = {}
    waive: ClassVar[Mapping[str, str]] = {}
    equal_up_to: ClassVar[Mapping[str, str]] = {}

    config: Any = None
    config_path: Path | None = None
    data: Dataset
    folder: Path


OPTIONS = tuple(name for name in vars(Guard) if not name.startswith("_") and name != "config_path")
"""The class attributes that a Guard may set."""


@dataclass(frozen=True)
class Requirement:
    """An absolute gate on one metric, such as `accuracy >= 0.8`."""

    metric: str
    """Name of the metric, as `evaluate` returns it."""
    comparison: str
    """One of `>=`, `>`, `<=`, `<`."""
    bound: float
    """The number that the metric is held against."""

    def holds(self, value: float) -> bool:
        """Whether the metric's value passes; NaN never does."""
        return _COMPARISONS[self.comparison](value, self.bound)

    def __str__(self) -> str:
        return f"{self.metric} {self.comparison} {self.bound!r}"


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}
_REQUIREMENT = re.compile(r"\s*(>=|<=|>|<)\s*([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)\s*")


def requirements(guard: type[Guard]) -> tuple[Requirement, ...]:
    """The absolute gates of a guard, in the order of their declaration; call `problems` first."""
    return parse_requirements(guard.require)


def parse_requirements(require: Mapping[str, str]) -> tuple[Requirement, ...]:
    """The absolute gates that a `require` mapping declares."""
    parsed = ((metric, _REQUIREMENT.fullmatch(text)) for metric, text in require.items())
    return tuple(Requirement(metric, match[1], float(match[2])) for metric, match in parsed if match)


def declares(guard: type[Guard] | Guard, method: str) -> bool:
    """Whether a guard has this method of its own."""
    return callable(getattr(guard, method, None))


def is_base(guard: type[Guard]) -> bool:
    """Whether a class only serves others: neither collected nor listed."""
    if vars(guard).get("abstract", False):
        return True
    return guard.dataset is None and guard.estimator is None and not declares(guard, "observe")


def problems(guard: type[Guard]) -> list[str]:
    """Everything that is wrong with a declaration, each with what to do about it; empty when it can run."""
    found = [f"guard {guard.__name__}: {text}" for check in _CHECKS for text in check(guard)]
    return list(dict.fromkeys(found))


def _misspelled(guard: type[Guard]) -> Iterable[str]:
    known = (*OPTIONS, *METHODS)
    own = [klass for klass in guard.__mro__ if issubclass(klass, Guard) and klass is not Guard]
    for name in dict.fromkeys(name for klass in own for name in vars(klass)):
        if name.startswith("_") or name in known or name == "config_path":
            continue
        near = get_close_matches(name, known, n=1, cutoff=0.85)
        if near:
            yield f"`{name}` is no option or method of a guard; did you mean `{near[0]}`?"


def _unusable_pipeline(guard: type[Guard]) -> Iterable[str]:
    if declares(guard, "observe"):
        return
    if guard.dataset is None:
        yield 'it names no dataset; set `dataset = "name"` to a script in the generators folder'
    if guard.estimator is not None:
        return  # Its target may be the Dataset's, which is known only once the generator ran.
    for method in ("train", "predict"):
        if not declares(guard, method):
            yield f"it has no `{method}`; declare `train` and `predict`, or an `estimator`, or your own `observe`"


def _wrong_methods(guard: type[Guard]) -> Iterable[str]:
    for method in METHODS:
        value = getattr(guard, method, None)
        if value is not None and not callable(value):
            yield f"`{method}` must be a method, not {type(value).__name__}"
    for one, other in (("save", "load"), ("load", "save")):
        if declares(guard, one) and not declares(guard, other):
            yield f"it declares `{one}` without `{other}`; the bundle needs both, or neither for joblib"


def _wrong_options(guard: type[Guard]) -> Iterable[str]:
    if guard.dataset is not None and not isinstance(guard.dataset, str):
        yield f"`dataset` must be the name of a generator, not {type(guard.dataset).__name__}"
    seeds = guard.seeds
    if isinstance(seeds, str) or not isinstance(seeds, Sequence) or not seeds or not all(_is_seed(s) for s in seeds):
        yield f"`seeds` must be a tuple of whole numbers from 0 to 2**32 - 1, such as (0, 1, 2), not {seeds!r}"
    elif len(set(seeds)) != len(seeds):
        yield f"`seeds` names a seed twice: {seeds!r}"
    if not isinstance(guard.config_probes, bool) and not _are_names(guard.config_probes):
        yield (
            "`config_probes` must be True, False or the keys to change in turn, such as "
            f'("model.C", "split.*"), not {guard.config_probes!r}'
        )
    for name, allowed in (("internals", ("explain", "gate")), ("floor", ("solver", "noise"))):
        if getattr(guard, name) not in allowed:
            yield f"`{name}` must be one of {', '.join(map(repr, allowed))}, not {getattr(guard, name)!r}"
    if not isinstance(guard.require_contracts, bool):
        yield f"`require_contracts` must be True or False, not {guard.require_contracts!r}"
    if guard.timeout is not None and not (_is_number(guard.timeout) and guard.timeout > 0):
        yield f"`timeout` must be a positive number of seconds, not {guard.timeout!r}"


def _wrong_names(guard: type[Guard]) -> Iterable[str]:
    if isinstance(guard.estimator, type):
        name = guard.estimator.__name__
        yield f"`estimator` must be an estimator, not its class; write `estimator = {name}()`"
    if guard.target is not None and not isinstance(guard.target, str):
        yield f"`target` must be the name of a column, not {guard.target!r}"
    if guard.key is not None and not _are_names(guard.key):
        yield f'`key` must be a column or several, such as ("user", "rank"), not {guard.key!r}'
    if isinstance(guard.metrics, str):
        yield f"`metrics` must be a tuple of names, such as ({guard.metrics!r},), not one text"
    elif not isinstance(guard.metrics, Sequence) or not all(isinstance(m, str) or callable(m) for m in guard.metrics):
        yield f"`metrics` must be a tuple of scorer names or callables, not {guard.metrics!r}"
    limits = guard.threshold.values() if isinstance(guard.threshold, Mapping) else (guard.threshold,)
    if guard.threshold is not None and not all(map(_is_number, limits)):
        yield f"`threshold` must be a number, or a mapping of columns to numbers, not {guard.threshold!r}"


def _wrong_mappings(guard: type[Guard]) -> Iterable[str]:
    if not isinstance(guard.require, Mapping):
        yield '`require` must be a mapping, such as {"accuracy": ">= 0.8"}'
    else:
        for metric, text in guard.require.items():
            if not isinstance(text, str) or not _REQUIREMENT.fullmatch(text):
                yield f'`require` for {metric!r} must read like ">= 0.8", not {text!r}'
    for name in ("allow", "waive"):
        entries = getattr(guard, name)
        if not isinstance(entries, Mapping):
            yield f"`{name}` must map a name to the reason, not {type(entries).__name__}"
            continue
        for entry, reason in entries.items():
            if not isinstance(reason, str) or not reason.strip():
                yield f"`{name}` for {entry!r} has no reason; write one down"
    symmetries = guard.equal_up_to
    if not isinstance(symmetries, Mapping) or not all(kind in SYMMETRIES for kind in symmetries.values()):
        yield f"`equal_up_to` must map an observation to one of {', '.join(SYMMETRIES)}, not {symmetries!r}"


_CHECKS = (_misspelled, _wrong_methods, _unusable_pipeline, _wrong_options, _wrong_names, _wrong_mappings)


def _are_names(value: object) -> bool:
    names = [value] if isinstance(value, str) else value
    return isinstance(names, Sequence) and bool(names) and all(isinstance(name, str) and name for name in names)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def _is_seed(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**32
