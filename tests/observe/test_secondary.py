from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlguard.observe.secondary import KEYS, changed_keys, unchanged_keys

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
        ({"name": "x", "none": None, "raw": b"ab"}, {}),
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
    assert dict(changed_keys(config)) == changed


@settings(deadline=None, max_examples=40)
@given(CONFIGS)
def test_any_configuration_can_be_probed_and_is_left_alone(config: Any) -> None:
    before = repr(config)
    for _, other in changed_keys(config):
        assert type(other) is type(config)
        assert repr(other) != before
    assert repr(config) == before


def test_a_long_configuration_is_probed_in_part() -> None:
    assert len(list(changed_keys({f"k{i}": i for i in range(KEYS + 9)}))) == KEYS


def test_a_guard_narrows_the_keys_to_names_globs_and_what_lies_below():
    config = {"model": {"C": 1.0, "seed": 1}, "split": {"share": 0.5}, "rows": 3}
    assert [key for key, _ in changed_keys(config)] == ["model.C", "model.seed", "split.share", "rows"]
    assert [key for key, _ in changed_keys(config, ("model", "ro*"))] == ["model.C", "model.seed", "rows"]
    assert [key for key, _ in changed_keys(config, "split.share")] == ["split.share"]
    assert list(changed_keys(config, False)) == []


def test_keys_past_the_most_that_are_changed_are_counted():
    config = {f"k{i}": i for i in range(KEYS + 9)}
    assert (unchanged_keys(config) or "").startswith(f"9 configuration keys past the first {KEYS} are not changed")
    assert unchanged_keys(config, ("k1*",)) is None
    assert unchanged_keys(None) is None
