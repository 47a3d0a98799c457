"""A Guard: the declaration of a pipeline under protection, and what can be said about it before it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from mlguard.core.misspelled import misspelled
from mlguard.core.options import OPTIONS, problems_of
from mlguard.core.requirement import Requirement, parse_requirements

if TYPE_CHECKING:
    from mlguard.core.dataset import Dataset

METHODS = ("split", "features", "train", "predict", "evaluate", "probe_rows", "save", "load", "observe")
"""The methods that a Guard may declare; `observe` replaces all others."""

SET_BY_US = ("config_path", "data", "folder")
"""What mlguard sets on the instance of every call, whatever the class says."""


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
    target: ClassVar[str | int | None] = None
    metrics: ClassVar[Sequence[Any]] = ()
    owners: ClassVar[str | Sequence[str]] = ()
    key: ClassVar[str | Sequence[str] | None] = None
    require: ClassVar[Mapping[str, str]] = {}
    threshold: ClassVar[float | Mapping[str, float] | None] = None
    seeds: ClassVar[Sequence[int]] = (0, 1, 2)
    config_probes: ClassVar[bool | Sequence[str]] = True
    single_rows: ClassVar[int] = 8
    internals: ClassVar[str] = "explain"
    floor: ClassVar[str] = "solver"
    require_contracts: ClassVar[bool] = False
    timeout: ClassVar[float | None] = None
    clock: ClassVar[str | None] = None
    allow: ClassVar[Mapping[str, str]] = {}
    waive: ClassVar[Mapping[str, str]] = {}
    loose: ClassVar[Mapping[str, str]] = {}
    equal_up_to: ClassVar[Mapping[str, str]] = {}

    config: Any = None
    config_path: Path | None = None
    data: Dataset
    folder: Path
    _root: Path

    @classmethod
    def _problems(cls) -> Iterator[str]:
        """What a base class finds wrong with a declaration, each with what to do about it."""
        return iter(())

    def _contracts(self) -> Mapping[str, Sequence[str]]:
        """Contracts that a base class adds, by name: what speaks against each."""
        return {}


def requirements(guard: type[Guard]) -> tuple[Requirement, ...]:
    """The absolute gates of a guard, in the order of their declaration; call `problems` first."""
    return parse_requirements(guard.require)


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


def _unknown(guard: type[Guard]) -> Iterator[str]:
    own = "an attribute of your own is written in capitals or begins with an underscore"
    for name, near in misspelled(guard, (*OPTIONS, *METHODS, *SET_BY_US)):
        yield f"`{name}` is no option or method of a guard; {f'did you mean `{near}`?' if near else own}"
    for name in SET_BY_US:
        if getattr(guard, name, None) is not None:
            yield f"`{name}` is set by mlguard for every call; name yours otherwise"


def _unusable_pipeline(guard: type[Guard]) -> Iterator[str]:
    if declares(guard, "observe"):
        return
    if guard.dataset is None:
        yield 'it names no dataset; set `dataset = "name"` to a script in the generators folder'
    if guard.estimator is not None:
        return  # Its target may be the Dataset's, which is known only once the generator ran.
    for method in ("train", "predict"):
        if not declares(guard, method):
            yield f"it has no `{method}`; declare `train` and `predict`, or an `estimator`, or your own `observe`"


def _wrong_methods(guard: type[Guard]) -> Iterator[str]:
    for method in METHODS:
        value = getattr(guard, method, None)
        if value is not None and not callable(value):
            yield f"`{method}` must be a method, not {type(value).__name__}"
    for one, other in (("save", "load"), ("load", "save")):
        if declares(guard, one) and not declares(guard, other):
            yield f"it declares `{one}` without `{other}`; the bundle needs both, or neither for joblib"


def _wrong_for_its_base(guard: type[Guard]) -> Iterator[str]:
    return guard._problems()


_CHECKS = (_unknown, _wrong_methods, _unusable_pipeline, problems_of, _wrong_for_its_base)
