from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlguard.observe.keys import GUESSES, KEYS, ChangedKey, changed_keys, unchanged_keys
from tests.properties import examples

ENTRIES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=2))
CONFIGS = st.recursive(
    st.dictionaries(st.one_of(st.text(max_size=3), st.integers()), ENTRIES, max_size=3),
    lambda inner: st.dictionaries(
        st.text(max_size=3), st.one_of(inner, st.lists(ENTRIES, max_size=2), st.tuples(ENTRIES, ENTRIES)), max_size=3
    ),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("config", "changed"),
    [
        ({"seed": 7}, {"seed": {"seed": 8}}),
        ({"depth": 3}, {"depth": {"depth": 4}}),
        ({"trees": 100}, {"trees": {"trees": 125}}),
        ({"offset": -8}, {"offset": {"offset": -6}}),
        ({"share": 0.5}, {"share": {"share": 0.625}}),
        ({"rate": 0.001}, {"rate": {"rate": 0.0015}}),
        ({"C": 2.0}, {"C": {"C": 3.0}}),
        ({"shift": 0.0}, {"shift": {"shift": 0.5}}),
        ({"fit": True}, {"fit": {"fit": False}}),
        ({"none": None, "raw": b"ab", "empty": ""}, {}),
        ({"ngrams": (1, 2)}, {"ngrams.0": {"ngrams": (2, 2)}, "ngrams.1": {"ngrams": (1, 3)}}),
        ({"a": [{"b": 1}]}, {"a.0.b": {"a": [{"b": 2}]}}),
        ({"model.depth": 3}, {"model.depth": {"model.depth": 4}}),
        ({1: 2}, {"1": {1: 3}}),
        ([4, 8], {"0": [5, 8], "1": [4, 10]}),
        (None, {}),
        (3, {}),
    ],
)
def test_one_key_at_a_time_moves_a_little_in_one_direction(config: Any, changed: dict[str, Any]) -> None:
    assert {one.key: one.config for one in changed_keys(config)} == changed
    assert not any(one.guess for one in changed_keys(config))


@examples(40)
@given(CONFIGS)
def test_any_configuration_can_be_probed_and_is_left_alone(config: Any) -> None:
    before = repr(config)
    for one in changed_keys(config):
        assert type(one.config) is type(config)
        assert repr(one.config) != before
        assert repr(one.old) != repr(one.new)
    assert repr(config) == before


@pytest.mark.parametrize(
    ("config", "changed"),
    [
        ({"ties": "efron"}, {"ties": {"ties": "not efron"}}),
        ({"file": "data/x", "table": "x.csv", "url": "s3:x"}, {}),
        (
            {"columns": ["a", "b"]},
            {"columns": {"columns": ["a"]}, "columns.0": {"columns": ["b", "b"]}, "columns.1": {"columns": ["a", "a"]}},
        ),
        ({"pairs": [("a", "b")]}, ["pairs", "pairs.0", "pairs.0.0", "pairs.0.1"]),
        ({"mixed": ["a", 1]}, ["mixed.1", "mixed.0"]),
    ],
)
def test_texts_and_lists_of_texts_are_guessed_at(config: Any, changed: Any) -> None:
    found = list(changed_keys(config))
    assert ({one.key: one.config for one in found} if isinstance(changed, dict) else names(found)) == changed
    assert all(one.guess == isinstance(one.old, str | list | tuple) for one in found)


def test_numbers_come_before_guesses_and_guesses_are_few() -> None:
    found = list(changed_keys({"word": "x", "number": 1, **{f"w{i}": "x" for i in range(20)}}))
    assert found[0] == ChangedKey("number", {"word": "x", "number": 2, **{f"w{i}": "x" for i in range(20)}}, 1, 2)
    assert len(found) == 1 + GUESSES


def names(found: Any) -> list[str]:
    return [one.key for one in found]


def test_a_long_configuration_is_probed_in_part() -> None:
    assert len(list(changed_keys({f"k{i}": i for i in range(KEYS + 9)}))) == KEYS


def test_a_guard_narrows_the_keys_to_names_globs_and_what_lies_below():
    config = {"model": {"C": 1.0, "seed": 1}, "split": {"share": 0.5}, "rows": 3}
    assert names(changed_keys(config)) == ["model.C", "model.seed", "split.share", "rows"]
    assert names(changed_keys(config, ("model", "ro*"))) == ["model.C", "model.seed", "rows"]
    assert names(changed_keys(config, "split.share")) == ["split.share"]
    assert list(changed_keys(config, False)) == []


def test_keys_past_the_most_that_are_changed_are_counted():
    config = {f"k{i}": i for i in range(KEYS + 9)}
    assert (unchanged_keys(config) or "").startswith(f"9 configuration keys past the first {KEYS} are not changed")
    assert unchanged_keys(config, ("k1*",)) is None
    assert unchanged_keys(None) is None
