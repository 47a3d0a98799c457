"""Secondary runs in the same process: other data seeds, changed configuration keys, and a last refit."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from mlguard.configuration import written
from mlguard.core.contract import RAISED
from mlguard.core.difference import difference
from mlguard.core.error import MlguardError
from mlguard.core.record import CONTRACT, EFFECT, GATE, Observation
from mlguard.core.value import Value, number, text, texts
from mlguard.observe.contracts import EXACT, keep_values
from mlguard.observe.describe import answer_values, describe_compactly
from mlguard.observe.run import Run, copied, scratch
from mlguard.observe.stages import Path, walk_path
from mlguard.observe.walk import walk
from mlguard.seeding import seed_all

REFIT = "refit"

SHARE = 0.01
"""From here to 1 a number may be a share, which must stay one; smaller ones are tolerances and rates."""

KEYS = 24
"""Configuration keys that are changed, in order; more would make a check take longer than the main run deserves."""


def other_seed(main: Run, seed: int, data: Any) -> tuple[list[Observation], str | None]:
    """The compact Observations of another data seed, or why there are none."""
    run = _beside(main, f"seed {seed}", data)
    try:
        seed_all(0)
        describe_compactly(run, walk_path(run, parts=("test",)))
    except MlguardError as error:
        return [], f"run seed {seed} gave nothing: {error.message}"
    return run.observations, None


def changed_keys(config: Any, wanted: bool | Sequence[str] = True) -> Iterator[tuple[str, Any]]:
    """Each key that has a neighbouring value, and the configuration with it changed.

    `wanted` narrows them: all, none, or the keys of these names and globs and everything below them.
    """
    leaves = [(path, _neighbour(path[-1], value)) for path, value in _leaves(config) if path]
    able = [(".".join(map(str, path)), path, neighbour) for path, neighbour in leaves if neighbour is not None]
    for key, path, neighbour in [one for one in able if _is_wanted(one[0], wanted)][:KEYS]:
        yield key, _with(config, path, neighbour)


def unchanged_keys(config: Any, wanted: bool | Sequence[str] = True) -> str | None:
    """What is said of keys past the first KEYS, which are not changed; None where there are none."""
    able = [".".join(map(str, p)) for p, value in _leaves(config) if p and _neighbour(p[-1], value) is not None]
    over = [key for key in able if _is_wanted(key, wanted)][KEYS:]
    if not over:
        return None
    return f"{len(over)} configuration keys past the first {KEYS} are not changed in turn; `config_probes` chooses"


def _is_wanted(key: str, wanted: bool | Sequence[str]) -> bool:
    if isinstance(wanted, bool):
        return wanted
    names = [wanted] if isinstance(wanted, str) else wanted
    return any(fnmatchcase(key, name) or key.startswith(f"{name}.") for name in names)


def config_probe(main: Run, path: Path, key: str, config: Any) -> tuple[list[Observation], str | None]:
    """How much changing one key changes, stage by stage; only its coming and going decides."""
    run = _beside(main, f"config {key}", main.data)
    run.config = config
    run.config_path = written(config, main.config_path, run.folder)
    try:
        seed_all(0)
        other = walk_path(run, parts=("test",))
    except MlguardError as error:
        return [], f"run config {key} gave nothing: {error.message}"
    for stage, size in _effects(path, other):
        run.keep(stage, "effect", number(float(f"{size:.3g}")), role=EFFECT)
    return run.observations, None


def refit(main: Run, path: Path) -> list[Observation]:
    """Everything again after everything else, in the same process: what a cache or a global left behind shows."""
    run = _beside(main, REFIT, main.data)
    reached: list[Path] = []
    failed = ""
    try:
        seed_all(0)
        walk_path(run, parts=("test",), seen=lambda stage, so_far: reached.append(so_far))
    except MlguardError as error:
        cause = error.__cause__
        failed = f"{RAISED} {type(cause).__name__ if cause else 'UsageError'}: {cause or error.message}"
    found: list[Observation] = []
    given, given_again = _given(path), _given(reached[0]) if reached else {}
    for stage, (first, part) in given.items():
        if stage in given_again:
            again = given_again[stage][0]
            keep_values(found, "as before", again, first, run=REFIT, stage=stage, about=(stage, part))
        else:
            found.append(Observation(stage, "as before", text(failed), role=CONTRACT, run=REFIT))
    return found


def _given(path: Path) -> dict[str, tuple[dict[str, Value], str]]:
    """What a run gave, by stage and as far as it came, with the part of the split that it is about."""
    rows = {f"{p.name}.rows": texts(p.origin.rows) for p in (path.train, path.test)}
    given = {"split": (rows, ""), "predict": (answer_values(path.test), "test"), "evaluate": (path.metrics or {}, "")}
    return {stage: values for stage, values in given.items() if values[0]}


def _beside(main: Run, name: str, data: Any) -> Run:
    return replace(
        main,
        name=name,
        data=copied(data),
        folder=scratch(main.folder.parent, name),
        config=copy.deepcopy(main.config),
        tell=False,
        watch=False,
        model=None,
        observations=[],
        mutations=[],
        listen=False,
    )


def _leaves(values: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every entry of a configuration with the keys that lead to it, as their containers have them."""
    if isinstance(values, Mapping):
        for key, value in values.items():
            yield from _leaves(value, (*path, key))
    elif isinstance(values, list | tuple):
        for position, value in enumerate(values):
            yield from _leaves(value, (*path, position))
    else:
        yield path, values


def _neighbour(key: Any, value: Any) -> Any:
    """Another plausible value of a setting; None where there is no telling."""
    if isinstance(value, bool):
        return not value
    name = str(key).lower()
    if isinstance(value, int):
        return value + 1 if "seed" in name or "random_state" in name else value + max(1, round(abs(value) / 4))
    if isinstance(value, float) and math.isfinite(value * 1.5):
        return value + (1.0 - value) / 4 if SHARE <= value < 1.0 else value * 1.5 if value else 0.5
    return None


def _with(config: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy of the configuration with one entry changed; tuples, which cannot be changed, are built anew."""
    if not path:
        return value
    if isinstance(config, tuple):
        inner = _with(config[path[0]], path[1:], value)
        return (*copy.deepcopy(config[: path[0]]), inner, *copy.deepcopy(config[path[0] + 1 :]))
    fresh = copy.deepcopy(config)
    fresh[path[0]] = _with(config[path[0]], path[1:], value)
    return fresh


def _effects(main: Path, other: Path) -> Iterator[tuple[str, float]]:
    """The largest relative difference by stage; 1.0 where anything that is no number differs."""
    yield "split", 0.0 if _rows(main) == _rows(other) else 1.0
    if main.test.features is not None:
        yield "features", _distance(dict(walk(main.test.features, "f")), dict(walk(other.test.features, "f")))
    yield "train", _distance(dict(walk(main.model)), dict(walk(other.model)))
    yield "predict", _distance(answer_values(main.test), answer_values(other.test))
    if main.metrics is not None and other.metrics is not None:
        yield "evaluate", _distance(main.metrics, other.metrics)


def _rows(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return path.train.origin.rows, path.test.origin.rows


def _distance(one: dict[str, Value], other: dict[str, Value]) -> float:
    if one.keys() != other.keys():
        return 1.0
    return max((_size(value, other[name]) for name, value in one.items()), default=0.0)


def _size(one: Value, other: Value) -> float:
    moved = difference(one, other, EXACT)
    if moved.exact or (not moved.moved and not moved.structure):
        return 0.0
    if moved.structure or not moved.max_scaled or not one.is_float:
        return 1.0  # What moved without a size became NaN or went missing.
    return min(moved.max_scaled, 1.0)


def observe_again(main: Run, name: str, data: Any) -> tuple[list[Observation], str | None]:
    """What a guard that observes by itself notes on another data seed."""
    run = _beside(main, name, data)
    run.listen = True
    try:
        seed_all(0)
        run.call("observe", data=run.data, notes=run)
    except MlguardError as error:
        return [], f"run {name} gave nothing: {error.message}"
    return [replace(o, file="runs" if o.value.shape else None) for o in run.observations], None


def observe_as_before(main: Run, data: Any) -> list[Observation]:
    """The same guard again after everything else, stage by stage next to what it noted first."""
    noted = [o for o in main.observations if o.run == main.name and o.role == GATE and o.stage != "dataset"]
    again, failed = observe_again(main, REFIT, data)
    if failed is not None:
        return [Observation("contracts", "as before", text(f"raised: {failed}"), role=CONTRACT, run=REFIT)]
    found: list[Observation] = []
    for stage in dict.fromkeys(o.stage for o in noted):
        first = {o.name: o.value for o in noted if o.stage == stage}
        new = {o.name: o.value for o in again if o.stage == stage}
        keep_values(found, "as before", new, first, run=REFIT, stage=stage, about=(stage, ""))
    return found
