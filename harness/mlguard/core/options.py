"""The options of a guard: what may be set on its class beside methods, what each means, and what is wrong with one.

To add an option: a field of `Options` with its default and its docstring, a class attribute of `Guard` of the same
name and default, and a check in `problems_of` where not every value makes sense. `python -m tests.house.options_page`
writes the reference page anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mlguard.core.requirement import requirement_problems

if TYPE_CHECKING:
    from mlguard.core.guard import Guard

SYMMETRIES = ("sign", "relabelling", "permutation")
"""Under which an Observation may be declared equal: a component points either way, clusters and sets have no names."""


@dataclass(frozen=True)
class Pipeline:
    """What is guarded. These are read where the guard's module is imported, and may be any objects."""

    abstract: bool = False
    """`True` in the body of a class that only serves others: it is neither collected nor listed."""
    dataset: str | None = None
    """Name of the dataset: the file name of its generator without `.py`."""
    config: Any = None
    """A configuration file (`.yaml`, `.yml`, `.json`, `.toml`, `.ini`) below the project's root, a mapping, or a list
    of either: one guarded variant each. Methods find what it says in `self.config`, and its path, for code that opens
    it, in `self.config_path`."""
    estimator: Any = None
    """An unfitted estimator with scikit-learn's interface, cloned for each run, instead of `train` and `predict`."""
    metrics: Sequence[Any] = ()
    """With `estimator`: names of scikit-learn scorers, or callables `(estimator, features, target)`, instead of
    `evaluate`."""


@dataclass(frozen=True)
class Options:
    """How it is run and compared. These are plain values."""

    target: str | int | None = None
    """The column to predict, `"0"` or `0` where a number is its name; the dataset's own target where it is not set."""
    owners: str | Sequence[str] = ()
    """Who alone may accept a new golden without `--as-reviewer`: addresses or names as git has them, or handles such as
    `"@ana"`; those that CODEOWNERS gives the guard's file where it is not set."""
    key: str | Sequence[str] | None = None
    """The columns that identify an answer where `predict` gives several per row, such as `("user", "rank")`."""
    seeds: Sequence[int] = (0, 1, 2)
    """Data seeds, each from 0 to 2**32 - 1: the first is observed in full, the others compactly."""
    config_probes: bool | Sequence[str] = True
    """Whether each key of the configuration is changed in turn to see what it acts on; or which keys are, as globs."""
    single_rows: int = 8
    """How many rows are also answered one by one, each in a call of `predict`; their answers may not depend on it."""
    threshold: float | Mapping[str, float] | None = None
    """Where a score turns into a label: one number for every score, or one per column."""
    require: Mapping[str, str] = field(default_factory=dict)
    """Absolute gates on metrics beside the golden, such as `{"accuracy": ">= 0.8"}`."""
    internals: str = "explain"
    """`"explain"`: learned parameters and other internals name the place of a move; `"gate"`: they decide as well."""
    floor: str = "solver"
    """The smallest tolerance. `"solver"` leaves room for the stopping rules of iterative solvers; `"noise"` is for
    pipelines in closed form, and holds them to the measured noise."""
    require_contracts: bool = False
    """Whether a contract that does not hold is red even where it did not hold when the golden was recorded."""
    timeout: float | None = None
    """Seconds after which a run is ended; the project's `timeout` where it is not set."""
    clock: str | None = None
    """ISO date or time at which the clock of each process begins, such as `"2026-01-01"`, in UTC unless it says
    otherwise; the true one where it is not set."""
    allow: Mapping[str, str] = field(default_factory=dict)
    """Observations whose dtype may change, each with the reason. Names may be globs."""
    waive: Mapping[str, str] = field(default_factory=dict)
    """Observations and probe rows that do not decide, each with the reason. Names may be globs."""
    loose: Mapping[str, str] = field(default_factory=dict)
    """Observations whose limit may be above a thousandth of their spread where round-off alone moves them that far,
    each with the reason. Names may be globs."""
    equal_up_to: Mapping[str, str] = field(default_factory=dict)
    """Observations that count as equal up to `"sign"`, `"relabelling"` or `"permutation"`. Names may be globs."""

    @classmethod
    def of(cls, guard: type[Guard]) -> Options:
        """The options that a guard class sets, its bases' included."""
        return cls(**{option.name: _plain(getattr(guard, option.name)) for option in fields(cls)})

    @property
    def thresholds(self) -> dict[str, float]:
        """The threshold of each column; that of every score under the empty name."""
        if isinstance(self.threshold, Mapping):
            return {str(column): float(value) for column, value in self.threshold.items()}
        return {} if self.threshold is None else {"": float(self.threshold)}


OPTIONS = tuple(option.name for declared in (Pipeline, Options) for option in fields(declared))
"""The names of all options."""


def problems_of(guard: type[Guard]) -> Iterator[str]:
    """What is wrong with the values of a guard's options, each with what to do about it."""
    yield from _wrong_pipeline(guard)
    yield from _wrong_runs(guard)
    yield from _wrong_names(guard)
    yield from requirement_problems(guard.require)
    yield from _wrong_mappings(guard)


def _wrong_pipeline(guard: type[Guard]) -> Iterator[str]:
    if guard.dataset is not None and not isinstance(guard.dataset, str):
        yield f"`dataset` must be the name of a generator, not {type(guard.dataset).__name__}"
    if isinstance(guard.estimator, type):
        name = guard.estimator.__name__
        yield f"`estimator` must be an estimator, not its class; write `estimator = {name}()`"
    if isinstance(guard.metrics, str):
        yield f"`metrics` must be a tuple of names, such as ({guard.metrics!r},), not one text"
    elif not isinstance(guard.metrics, Sequence) or not all(isinstance(m, str) or callable(m) for m in guard.metrics):
        yield f"`metrics` must be a tuple of scorer names or callables, not {guard.metrics!r}"
    elif guard.metrics and guard.estimator is None:
        yield "`metrics` names scorers of an `estimator`, and there is none; let `evaluate` return metrics"


def _wrong_runs(guard: type[Guard]) -> Iterator[str]:
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
    if guard.owners != () and not _are_names(guard.owners):
        yield f'`owners` must be addresses, names or handles, such as "ana@example.com", not {guard.owners!r}'
    if not isinstance(guard.single_rows, int) or isinstance(guard.single_rows, bool) or guard.single_rows < 1:
        yield f"`single_rows` must be a whole number from 1 on, not {guard.single_rows!r}"
    if not isinstance(guard.require_contracts, bool):
        yield f"`require_contracts` must be True or False, not {guard.require_contracts!r}"
    if guard.timeout is not None and not (_is_number(guard.timeout) and guard.timeout > 0):
        yield f"`timeout` must be a positive number of seconds, not {guard.timeout!r}"
    if guard.clock is not None and not _is_iso(guard.clock):
        yield f'`clock` must be an ISO date or time, such as "2026-01-01", not {guard.clock!r}'


def _wrong_names(guard: type[Guard]) -> Iterator[str]:
    if isinstance(guard.target, bool) or not isinstance(guard.target, str | int | None):
        yield f"`target` must be the name of a column, not {guard.target!r}"
    if guard.key is not None and not _are_names(guard.key):
        yield f'`key` must be a column or several, such as ("user", "rank"), not {guard.key!r}'
    limits = guard.threshold.values() if isinstance(guard.threshold, Mapping) else (guard.threshold,)
    if guard.threshold is not None and not all(map(_is_number, limits)):
        yield f"`threshold` must be a number, or a mapping of columns to numbers, not {guard.threshold!r}"


def _wrong_mappings(guard: type[Guard]) -> Iterator[str]:
    for name in ("allow", "waive", "loose"):
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


def wrong_maps(guard: type[Guard], *names: str, to: str = "names") -> Iterator[str]:
    """What is wrong with attributes that map names to texts, none of them empty; `to` says what these name."""
    for name in names:
        mapped = getattr(guard, name)
        if not isinstance(mapped, Mapping) or not all(isinstance(x, str) and x for x in (*mapped, *mapped.values())):
            yield f"`{name}` must map names to {to}, not {mapped!r}"


def _plain(value: Any) -> Any:
    """A value of our own: what the user's class holds may be edited, and may not cross a process boundary."""
    if isinstance(value, Mapping):
        return dict(value)
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


def _are_names(value: object) -> bool:
    names = [value] if isinstance(value, str) else value
    return isinstance(names, Sequence) and bool(names) and all(isinstance(name, str) and name for name in names)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def _is_iso(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def _is_seed(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**32
