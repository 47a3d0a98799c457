"""Declarations of pipelines: what is wrong with one is told before anything runs, and needs no gokart."""

from __future__ import annotations

from typing import Any

import pytest

from mlguard import GokartGuard
from mlguard.core.guard import is_base, problems


def declared(**entries: Any) -> type[GokartGuard]:
    sound = {
        "dataset": "tiny",
        "pipeline": object,
        "inputs": {"rows": "Load", "train": "Split[train]", "test": "Split[test]"},
        "outputs": {"model": "Train", "answers": "Predict"},
        "__module__": "shop",
    }
    return type("Shop", (GokartGuard,), {**sound, **entries})


NEITHER = "`inputs` must name both `train` and `test`, or neither where the pipeline is looked at as a whole"
WRONG: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    (
        {"pipeline": "shop.Upload"},
        ["`pipeline` must be the class of the last task, or a method that returns it, not 'shop.Upload'"],
    ),
    ({"inputs": ["Load"]}, ["`inputs` must map names to names, not ['Load']"]),
    (
        {"inputs": {"rows": ""}, "bounds": ["T.a"]},
        [
            "`inputs` must map names to names, not {'rows': ''}",
            "`bounds` must map names to names, not ['T.a']",
        ],
    ),
    ({"outputs": {"model": 1}}, ["`outputs` must map names to names, not {'model': 1}"]),
    (
        {"inputs": {"rows": "a task", "train": "Split[0]", "test": "Split[1]"}},
        ["'a task' names no task; write `Task`, `Task[part]` or `Task(parameter=value)`"],
    ),
    (
        {"inputs": {"train": "Split", "test": "Split"}, "outputs": {"model": "T", "answers": "T", "metrics": "T"}},
        [f"'{text}' is named twice; each name needs a place of its own" for text in ("Split", "T")],
    ),
    ({"pin_seeds": 1}, ["`pin_seeds` must be True or False, not 1"]),
    ({"inputs": {"train": "Split"}}, [NEITHER]),
    (
        {"outputs": {"answers": "Predict"}},
        ['`outputs` must say which task dumps the model, such as {"model": "Task"}'],
    ),
    (
        {"outputs": {"model": "Train"}},
        ['`outputs` must say which task dumps the answers, such as {"answers": "Task"}'],
    ),
    (
        {"inputs": {"rows": "Load"}, "outputs": {}, "observe": print},
        ['`outputs` must say what tasks dump, such as {"answers": "Predict"}'],
    ),
    (
        {"bounds": {"Check.require": "accuracy"}},
        ["`bounds`: 'Check.require' must be a `Task.parameter` of a pipeline whose `outputs` name `metrics`"],
    ),
    (
        {"bounds": {"require": "acc"}, "outputs": {"model": "T", "answers": "P", "metrics": "C"}},
        ["`bounds`: 'require' must be a `Task.parameter` of a pipeline whose `outputs` name `metrics`"],
    ),
    (
        {"pipelines": object()},
        ["`pipelines` is no option or method of a guard; did you mean `pipeline`?"],
    ),
]


@pytest.mark.parametrize(("entries", "told"), WRONG)
def test_a_wrong_declaration_is_told_before_anything_runs(entries: dict[str, Any], told: list[str]) -> None:
    assert problems(declared(**entries)) == [f"guard Shop: {line}" for line in told]


def test_a_guard_has_the_methods_for_which_it_names_tasks() -> None:
    methods = ("split", "features", "evaluate", "observe")

    def has(**entries: Any) -> list[str]:
        return [method for method in methods if callable(getattr(declared(**entries), method, None))]

    assert has() == ["split"]
    assert has(inputs={"train": "A", "test": "B"}) == []
    everything = {"model": "T", "answers": "P", "metrics": "C", "features": "F"}
    assert has(outputs=everything) == ["split", "features", "evaluate"]
    assert has(inputs={"rows": "Load"}, outputs={"table": "Clean"}) == ["observe"]
    assert has(split=print, outputs=everything) == ["split", "features", "evaluate"]
    assert declared(split=print).split is print


def test_the_base_is_no_guard() -> None:
    assert is_base(GokartGuard)
    assert not is_base(declared())
