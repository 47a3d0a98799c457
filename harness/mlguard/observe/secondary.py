"""Secondary runs in the same process: other data seeds, changed configuration keys, and a last refit."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mlguard.configuration import written
from mlguard.core.difference import difference
from mlguard.core.error import MlguardError
from mlguard.core.question import LEARNED
from mlguard.core.record import CONTRACT, EFFECT, GATE, GUESS, Observation
from mlguard.core.run_name import LATER, REFIT, Config, RunName, Seed
from mlguard.core.tolerance import EXACT
from mlguard.core.value import Value, number, text, texts
from mlguard.observe.contracts import answers_of, keep_values, raised_status
from mlguard.observe.describe import answer_values, contents, describe_compactly
from mlguard.observe.keys import ChangedKey
from mlguard.observe.rows import duplicate
from mlguard.observe.run import Run, copied, scratch
from mlguard.observe.stages import Path, predict, walk_path
from mlguard.observe.walk import ensembles, walk
from mlguard.seeding import seed_all

ECHO = 64
"""Elements from which on a learned array is no repetition of a setting."""


def other_seed(main: Run, seed: int, data: Any) -> tuple[list[Observation], str | None]:
    """The compact Observations of another data seed, or why there are none."""
    run = beside(main, Seed(seed), data)
    try:
        seed_all(run.state)
        given = contents(run)
        describe_compactly(run, walk_path(run, parts=("test",)), given)
    except MlguardError as error:
        return [], f"run seed {seed} gave nothing: {error.message}"
    return run.observations, None


def config_probe(main: Run, path: Path, changed: ChangedKey) -> list[Observation]:
    """How much changing one key changes, stage by stage as far as the run came; only its coming and going decides.

    A guessed value that the code refuses says nothing: whether it is refused, and where, is no behaviour.
    """
    run = beside(main, Config(changed.key), main.data)
    run.config = changed.config
    run.config_path = written(changed.config, main.config_path, run.folder)
    reached: list[Path] = []
    try:
        seed_all(run.state)
        walk_path(run, parts=("test",), seen=lambda stage, so_far: reached.append(so_far))
    except MlguardError:
        if changed.guess:
            return []
    detail = {GUESS: True} if changed.guess else {}
    for stage, size in _effects(path, reached[0], changed) if reached else ():
        question = LEARNED if stage == "train" and ensembles(path.model) else ""
        run.keep(stage, "effect", number(float(f"{size:.3g}")), role=EFFECT, detail=detail, question=question)
    return run.observations


def first_model(main: Run, path: Path) -> list[Observation]:
    """What the first model answers once others were trained: they must share nothing with it.

    The object itself is asked, since a copy would break what they share; before the refit, which would restore it.
    """
    found: list[Observation] = []
    try:
        answered = answers_of(path.test, predict(main, path.model, duplicate(path.test.rows), like=path.test.answers))
    except MlguardError as error:
        return [Observation("contracts", "first model", text(raised_status(error)), role=CONTRACT, run=LATER)]
    keep_values(found, "first model", answered, answer_values(path.test), run=LATER)
    return found


def refit(main: Run, path: Path) -> list[Observation]:
    """Everything again after everything else, in the same process: what a cache or a global left behind shows."""
    run = beside(main, REFIT, main.data)
    reached: list[Path] = []
    failed = ""
    try:
        seed_all(run.state)
        walk_path(run, parts=("test",), seen=lambda stage, so_far: reached.append(so_far))
    except MlguardError as error:
        failed = raised_status(error)
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


def beside(main: Run, name: RunName, data: Any) -> Run:
    """A run of its own beside the main one, on copies of the data and the configuration."""
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
        remarks=[],
        listen=False,
    )


def _effects(main: Path, other: Path, changed: ChangedKey) -> Iterator[tuple[str, float]]:
    """The largest relative difference by stage, as far as the other run came; 1.0 where what is no number differs."""
    yield "split", 0.0 if _rows(main) == _rows(other) else 1.0
    if main.test.features is not None and other.test.features is not None:
        yield "features", _distance(dict(walk(main.test.features, "f")), dict(walk(other.test.features, "f")))
    if other.model is not None:
        yield "train", _distance(*_learned(main.model, other.model, changed))
    if other.test.answers is not None:
        yield "predict", _distance(answer_values(main.test), answer_values(other.test))
    if main.metrics is not None and other.metrics is not None:
        yield "evaluate", _distance(main.metrics, other.metrics)


def _learned(model: Any, other: Any, changed: ChangedKey) -> tuple[dict[str, Value], dict[str, Value]]:
    """What two models learned, without what merely repeats the changed setting: a model may keep its configuration."""
    one, two = dict(walk(model)), dict(walk(other))
    old, new = (set(map(_spelled, _parts(value))) for value in (changed.old, changed.new))
    echoes = {name for name in one.keys() & two.keys() if _echo(one[name], two[name], old, new)}
    # A list that lost an entry has fewer leaves, where it is kept entry by entry.
    echoes |= {name for name in one.keys() - two.keys() if _within(_elements(one[name]), old)}
    return _without(one, echoes), _without(two, echoes)


def _without(leaves: dict[str, Value], names: set[str]) -> dict[str, Value]:
    return {name: value for name, value in leaves.items() if name not in names}


def _parts(value: Any) -> Iterator[Any]:
    """A setting's own values, the innermost ones of a list."""
    if isinstance(value, list | tuple):
        for part in value:
            yield from _parts(part)
    else:
        yield value


def _echo(value: Value, other: Value, old: set[str], new: set[str]) -> bool:
    """Whether two leaves differ as the setting does, and in nothing else."""
    before, after = _elements(value), _elements(other)
    if len(before) != len(after):
        return _within(before, old) and _within(after, new)
    moved = [(one, two) for one, two in zip(before, after, strict=True) if one != two]
    return bool(moved) and all(one in old and two in new for one, two in moved)


def _within(elements: list[str], setting: set[str]) -> bool:
    return bool(elements) and setting.issuperset(elements)


def _elements(value: Value) -> list[str]:
    """The elements of a small leaf, spelled; none of a large one, which is no setting."""
    return [_spelled(value.element(i)) for i in range(value.size)] if value.size < ECHO else []


def _spelled(value: Any) -> str:
    """A number's own spelling whatever its type, since numbers that are kept together share one."""
    return repr(float(value)) if isinstance(value, int | float) else repr(value)


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


def observe_again(main: Run, name: RunName, data: Any) -> tuple[list[Observation], str | None]:
    """What a guard that observes by itself notes on another data seed."""
    run = beside(main, name, data)
    run.listen = True
    try:
        seed_all(run.state)
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
