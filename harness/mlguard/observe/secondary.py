"""Secondary runs in the same process: other data seeds, changed configuration keys, and a last refit."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path as File
from typing import Any

from mlguard.configuration import flatten
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


def changed_keys(config: Any) -> Iterator[tuple[str, Any]]:
    """Each key that has a neighbouring value, and the configuration with it changed."""
    leaves = [(key, _neighbour(key, value)) for key, value in flatten(config)]
    for key, neighbour in [(k, n) for k, n in leaves if n is not None][:KEYS]:
        yield key, _with(config, key.split("."), neighbour)


def config_probe(main: Run, path: Path, key: str, config: Any) -> tuple[list[Observation], str | None]:
    """How much changing one key changes, stage by stage; only its coming and going decides."""
    run = _beside(main, f"config {key}", main.data)
    run.config = config
    run.config_path = _written(main.config_path, config, run.folder)
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
    try:
        seed_all(0)
        again = walk_path(run, parts=("test",))
    except MlguardError as error:
        return [Observation("train", "as before", text(f"raised: {error.message}"), role=CONTRACT, run=REFIT)]
    found: list[Observation] = []
    rows = {f"{p.name}.rows": texts(p.origin.rows) for p in (path.train, path.test)}
    new_rows = {f"{p.name}.rows": texts(p.origin.rows) for p in (again.train, again.test)}
    keep_values(found, "as before", new_rows, rows, run=REFIT, stage="split", about=("split", ""))
    answers, new_answers = answer_values(path.test), answer_values(again.test)
    keep_values(found, "as before", new_answers, answers, run=REFIT, stage="predict", about=("predict", "test"))
    if path.metrics is not None and again.metrics is not None:
        keep_values(
            found, "as before", again.metrics, path.metrics, run=REFIT, stage="evaluate", about=("evaluate", "")
        )
    return found


def _beside(main: Run, name: str, data: Any) -> Run:
    return replace(
        main,
        name=name,
        data=copied(data),
        folder=scratch(main.folder.parent, name),
        config=copy.deepcopy(main.config),
        watch=False,
        model=None,
        observations=[],
        mutations=[],
        listen=False,
    )


def _neighbour(key: str, value: Any) -> Any:
    """Another plausible value of a setting; None where there is no telling."""
    if isinstance(value, bool):
        return not value
    name = key.rpartition(".")[2].lower()
    if isinstance(value, int):
        return value + 1 if "seed" in name or "random_state" in name else value + max(1, round(abs(value) / 4))
    if isinstance(value, float):
        return value + (1.0 - value) / 4 if SHARE <= value < 1.0 else value * 1.5 if value else 0.5
    return None


def _with(config: Any, keys: list[str], value: Any) -> Any:
    fresh = copy.deepcopy(config)
    inner = fresh
    for key in keys[:-1]:
        inner = inner[_own(inner, key)]
    inner[_own(inner, keys[-1])] = value
    return fresh


def _own(container: Any, key: str) -> Any:
    """The key as its container has it: YAML keys may be numbers, lists have positions."""
    if isinstance(container, list | tuple):
        return int(key)
    return next(own for own in container if str(own) == key)


def _written(source: File | None, config: Any, folder: File) -> File | None:
    """The changed configuration as a file of the same kind, for code that reads the path."""
    if source is None or source.suffix.lower() == ".toml":
        return source
    place = folder / source.name
    if source.suffix.lower() == ".json":
        place.write_text(json.dumps(config), encoding="utf-8")
    else:
        import yaml

        place.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    return place


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
    if moved.structure or moved.max_scaled is None or not one.is_float:
        return 1.0
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
