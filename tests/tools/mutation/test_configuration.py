"""Mutants of configurations: numbers, flags, choices, and settings that are gone."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from mlguard.configuration import flatten
from mlguard.tools.mutation import Mutant, config_mutants

VALUES = {"C": 0.5, "seed": 7, "rounds": 100, "shrink": 0.0, "scale": True, "norm": "l2", "lags": [1, 14],
          "forest": {"trees": 80, "criterion": "gini", "path": "data/x.csv"}, "cap": None}  # fmt: skip


def effect(mutant: Mutant, values: Any = VALUES) -> Any:
    """The configuration with the mutant, as a worker gets it."""
    change = pickle.loads(pickle.dumps(mutant.change.config))
    return change(copy.deepcopy(values))


def made(operator: str, values: Any = VALUES, **how: Any) -> dict[str, Any]:
    """What the mutants of one operator make of each entry."""
    found = {}
    for mutant in config_mutants(values, **how):
        if mutant.operator == operator:
            key = mutant.before.partition(":")[0]
            found[key] = dict(flatten(effect(mutant, values))).get(key)
    return found


def test_numbers_are_larger_and_integers_stay_integers():
    assert made("setting times 1.1") == {
        "C": 0.55, "seed": 8, "rounds": 110, "shrink": 0.1, "lags.0": 2, "lags.1": 15, "forest.trees": 88,
    }  # fmt: skip


def test_flags_are_flipped():
    assert made("flag flipped") == {"scale": False}


def test_a_choice_is_replaced_by_one_that_could_stand_there_and_other_text_is_left_alone():
    assert made("choice replaced") == {"norm": "elasticnet", "forest.criterion": "entropy"}


@pytest.mark.parametrize(
    "code",
    [
        "if config['norm'] == 'l2': a()\nelif config['norm'] == 'unit': b()",
        "NORMS = {'unit': a, 'l2': b}",
        "click.Choice(['l2', 'unit'])",
    ],
)
def test_what_the_code_knows_beside_a_choice_comes_first(code: str):
    assert made("choice replaced", {"norm": "l2"}, code=[code]) == {"norm": "unit"}


def test_each_setting_is_removed_by_itself():
    removed = [mutant for mutant in config_mutants(VALUES) if mutant.operator == "setting removed"]
    assert len(removed) == len(list(flatten(VALUES)))
    for mutant in removed:
        key = mutant.before.partition(":")[0]
        assert mutant.after == f"no {key}"
        assert len(list(flatten(effect(mutant)))) == len(removed) - 1


def test_each_mutant_changes_one_entry_and_nothing_else():
    before = dict(flatten(VALUES))
    for mutant in config_mutants(VALUES):
        after = dict(flatten(effect(mutant)))
        if mutant.operator != "setting removed":
            assert [key for key in before if before[key] != after[key]] == [mutant.before.partition(":")[0]]


def test_a_recorded_configuration_is_as_good_as_a_nested_one():
    nested = list(config_mutants(VALUES, source="c.yaml"))
    assert list(config_mutants(dict(flatten(VALUES)), source="c.yaml")) == nested
    assert {(m.kind, m.file, m.line, m.stage) for m in nested} == {("configuration", "c.yaml", 0, None)}


def test_keys_with_dots_and_numbers_are_found():
    values = {"a.b": {"c": 1}, 3: {"d": 2.0}}
    assert made("setting times 1.1", values) == {"a.b.c": 2, "3.d": 2.2}


def test_nothing_is_made_of_nothing():
    assert list(config_mutants({})) == []
