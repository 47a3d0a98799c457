"""Guards of pipelines of gokart: a part of them is run for each method, on tables in the place of what tasks dump."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from mlguard.core.guard import Guard
from mlguard.core.notes import look_inside, note
from mlguard.core.options import wrong_maps
from mlguard.programs.error import ProgramError
from mlguard.programs.overlay import changed_config, for_one_call, lay, protected
from mlguard.programs.parameters import Parameters, apart, settings_of_logs
from mlguard.programs.pipeline import Call, Place, Ran, ran

TRAIN, TEST, MODEL, FEATURES, ANSWERS, METRICS = "train", "test", "model", "features", "answers", "metrics"
KNOWN = (MODEL, FEATURES, ANSWERS, METRICS)

_CUTS = (TRAIN, TEST, MODEL, ANSWERS)
"""What one method is given by another, so that its task runs in that alone."""

_LARGE = "large"
"""The folder of a run in which copies of the project's large files lie."""

_WORKSPACE = ".mlguard-workspace"
"""The folder in a copy of the project into which tasks dump."""


class GokartGuard(Guard):
    """A guard of a pipeline of gokart: its tasks are run one part at a time, each from an empty workspace.

    - `pipeline` is the class of the last task, or a method that returns it;
    - `inputs` maps tables to the tasks in whose place they stand: `train` and `test` are the parts of the split, any
      other one a table of the Dataset;
    - `outputs` maps `model`, `answers` (one per row of `test`) and, where there are such, `metrics` and `features`
      to the tasks that dump them; any other name to a task that is run on the answers and compared, too;
    - `bounds` maps parameters that a task holds a metric against, such as `CheckAccuracy.require_acc`, to the metric:
      the task is run with the bound just below it, at it and just above it;
    - `pin_seeds`: whether a task without a seed of its own gets a fixed one; gokart draws it from the task's name,
      parameters and requirements.

    A task is named by its class. `Split[train]` is a part of what it dumps, `Load(name=shops)` one of several tasks
    of a class. Sections of `config` are parameters of tasks, as in luigi's files.

    A pipeline that is given no `test` splits its rows by itself: then all `outputs` are looked at as a whole.
    """

    abstract = True
    pipeline: ClassVar[Any] = None
    inputs: ClassVar[Mapping[str, str]] = {}
    outputs: ClassVar[Mapping[str, str]] = {}
    bounds: ClassVar[Mapping[str, str]] = {}
    pin_seeds: ClassVar[bool] = True
    single_rows = 2
    _settings_beside = staticmethod(settings_of_logs)

    def __init_subclass__(cls, **rest: Any) -> None:
        super().__init_subclass__(**rest)
        if not isinstance(cls.inputs, Mapping) or not isinstance(cls.outputs, Mapping):
            return
        is_whole = bool(cls.outputs) and not {TRAIN, TEST} & set(cls.inputs)
        own = {
            "observe": is_whole and _observe,
            "split": not is_whole and set(cls.inputs) - {TRAIN, TEST} and _split,
            "features": FEATURES in cls.outputs and _features,
            "evaluate": METRICS in cls.outputs and _evaluate,
        }
        for method, function in own.items():  # mlguard asks which methods a guard has.
            if function and not callable(getattr(cls, method, None)):
                setattr(cls, method, function)

    @classmethod
    def _problems(cls) -> Iterator[str]:
        if not callable(cls.pipeline):
            yield f"`pipeline` must be the class of the last task, or a method that returns it, not {cls.pipeline!r}"
        wrong = list(wrong_maps(cls, "inputs", "outputs", "bounds"))
        yield from wrong
        if wrong:
            return
        places = [*cls.inputs.values(), *(place for name, place in cls.outputs.items() if name in (MODEL, ANSWERS))]
        yield from (f"{text!r} is named twice; each name needs a place of its own" for text in _repeated(places))
        for text in (*cls.inputs.values(), *cls.outputs.values()):
            try:
                Place.read(text)
            except ValueError as error:
                yield str(error)
        if not isinstance(cls.pin_seeds, bool):
            yield f"`pin_seeds` must be True or False, not {cls.pin_seeds!r}"
        yield from cls._missing()

    @classmethod
    def _missing(cls) -> Iterator[str]:
        parts = {TRAIN, TEST} & set(cls.inputs)
        if len(parts) == 1:
            yield "`inputs` must name both `train` and `test`, or neither where the pipeline is looked at as a whole"
        for name in (MODEL, ANSWERS):
            if len(parts) == 2 and name not in cls.outputs:
                yield f'`outputs` must say which task dumps the {name}, such as {{"{name}": "Task"}}'
        if not cls.outputs:
            yield '`outputs` must say what tasks dump, such as {"answers": "Predict"}'
        for parameter in cls.bounds:
            if METRICS not in cls.outputs or not all(apart(parameter)):
                yield f"`bounds`: {parameter!r} must be a `Task.parameter` of a pipeline whose `outputs` name `metrics`"

    def train(self, train: Any) -> Any:
        """What the model's task dumps."""
        return self._one(MODEL, {TRAIN: train})

    def predict(self, model: Any, rows: Any) -> Any:
        """What the task of the answers dumps, given the model."""
        return self._one(ANSWERS, {MODEL: model, TEST: rows})

    def _one(self, wanted: str, given: Mapping[str, Any]) -> Any:
        with self._ran(given, [wanted]) as call:
            return call.found[wanted]

    @contextlib.contextmanager
    def _ran(
        self, given: Mapping[str, Any], wanted: Sequence[str], bound: tuple[str, float] | None = None
    ) -> Iterator[Ran]:
        """Run what these results need in a copy of the project, each task from nothing."""
        parameters = Parameters.of(self.config, self.config_path)
        if bound is not None:
            parameters = parameters.but(*bound)
        places = {**self.outputs, **self.inputs}
        tables = {places[name]: lambda name=name: self.data[name] for name in self.inputs if name not in (TRAIN, TEST)}
        values = {places[name]: lambda value=value: value for name, value in given.items()}
        asked = {places[name] for name in (*given, *wanted)}
        withheld = [places[name] for name in _CUTS if name in places and places[name] not in asked]
        with for_one_call(self.folder) as folder:
            config = changed_config(type(self).config, self._root, self.config_path)
            copy = lay(self._root, folder, changed=config, large=self.folder / _LARGE)
            workspace, filled = folder / _WORKSPACE, {**tables, **values}
            call = Call(self.pipeline, parameters, filled, withheld, workspace, pinned=self.pin_seeds)
            with protected(copy), contextlib.chdir(folder), ran(call, {name: places[name] for name in wanted}) as found:
                look_inside(found.inside() if bound is None else ())
                yield found


def _repeated(texts: Sequence[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if texts.count(text) > 1]


def _split(self: GokartGuard, data: Any) -> Any:
    """What the tasks dump in whose place `train` and `test` stand afterwards."""
    with self._ran({}, [TRAIN, TEST]) as call:
        return call.found[TRAIN], call.found[TEST]


def _features(self: GokartGuard, model: Any, rows: Any) -> Any:
    """What the task of the features dumps."""
    return self._one(FEATURES, {MODEL: model, TEST: rows})


def _evaluate(self: GokartGuard, test: Any, predictions: Any) -> Any:
    """What the task of the metrics dumps, given the answers; bounds and other outputs are noted."""
    given = {TEST: test, ANSWERS: predictions}
    others = [name for name in self.outputs if name not in KNOWN]
    with self._ran(given, [METRICS, *others]) as call:
        metrics = call.found[METRICS]
        for name in others:
            note(name, call.found[name])
    for parameter, metric in self.bounds.items():
        note(parameter, _verdicts(self, given, parameter, metric, metrics))
    return metrics


def _verdicts(self: GokartGuard, given: Mapping[str, Any], parameter: str, metric: str, metrics: Any) -> dict[str, str]:
    """What the task of the metrics says where its bound lies beside a metric."""
    known = metrics if isinstance(metrics, Mapping) else {metric: metrics}
    if metric not in known:
        raise ProgramError(f"`bounds` names the metric `{metric}`; the task gives {', '.join(map(str, known))}")
    value = float(known[metric])
    if not math.isfinite(value):
        return {f"beside {metric}": "it is no finite number"}
    below, above = math.nextafter(value, -math.inf), math.nextafter(value, math.inf)
    bounds = {f"just below {metric}": below, f"at {metric}": value, f"just above {metric}": above}
    return {name: _verdict(self, given, parameter, bound) for name, bound in bounds.items()}


def _verdict(self: GokartGuard, given: Mapping[str, Any], parameter: str, bound: float) -> str:
    try:
        with self._ran(given, [METRICS], (parameter, bound)) as call:
            held = call.parameter(parameter)
    except ProgramError:
        raise
    except Exception as error:  # A task says what it thinks of its input as it likes.
        return f"raises {type(error).__name__}"
    if held != bound:
        raise ProgramError(f"`bounds`: {parameter} does not come from the configuration, so that it cannot be moved")
    return "passes"


def _observe(self: GokartGuard, data: Any, notes: Any) -> None:
    """Run the pipeline once, and look at all that it gives."""
    with self._ran({}, list(self.outputs)) as call:
        for name, value in call.found.items():
            notes.note(name, value, stage="evaluate" if name == METRICS else "predict")
