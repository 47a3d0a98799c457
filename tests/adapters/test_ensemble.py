from __future__ import annotations

import numpy as np

from mlguard.adapters.ensemble import LINE, Ensemble, in_line, joined


def test_what_explains_most_comes_first_and_what_is_not_there_is_left_out() -> None:
    found = dict(Ensemble(["x"], 3, arrays={"leaf_value": np.array([1.0, 2.0]), "leaf_coeff": np.empty(0)}).parts())
    assert list(found) == ["features", "rounds", "leaves", "trees.leaf_value"]
    assert (found["rounds"], found["leaves"]) == (3, 2)
    whole = Ensemble(["x"], 3, "l2", {"x": ["a"]}, ["no", "yes"], 2, 0.1, [0.5])
    names = ["features", "categories.x", "rounds", "best_iteration", "learning_rate", "objective", "classes", "start"]
    assert [name for name, _ in whole.parts()] == names


def test_names_stand_in_one_line_as_long_as_a_message_shows_it() -> None:
    assert in_line(["a", 1, None]) == "a, 1, None"
    assert in_line(["x" * LINE]) == "x" * LINE
    assert in_line(["x" * LINE, "y"]) == ["x" * LINE, "y"]


def test_arrays_of_trees_are_one() -> None:
    assert joined([np.array([[1, 2]]), np.array([3])], np.float64).tolist() == [1.0, 2.0, 3.0]
    assert joined([], np.int64).dtype == np.int64
