"""What probably made a guard jump, by what jumped with it and where."""

from __future__ import annotations

import numpy as np
import pytest

from mlguard.checker.machines import MACHINES
from mlguard.checker.noise import Jump
from mlguard.checker.suspect import suspicion, unstable
from mlguard.core.record import CONTRACT_VALUE, INTERNAL, Observation
from mlguard.core.unstable import Suspect
from mlguard.observe.leaf import to_value
from mlguard.report.unstable import CURES, unstable_in_words

OLD, NEW, HASHED = MACHINES
SCORE = Observation("predict", "test.score", to_value(np.array([0.1, 0.7])))
LABEL = Observation("predict", "test.label", to_value(np.array([0, 1])))
SPLIT = Observation("train", "forest.estimators_[0].tree_.threshold", to_value(np.array([0.5])), role=INTERNAL)
COEF = Observation("train", "coef_", to_value(np.array([0.5])), role=INTERNAL)
BIAS = Observation("evaluate", "bias", to_value(1e-9))


@pytest.mark.parametrize(
    ("jumps", "likely"),
    [
        ([Jump(SCORE, HASHED)], Suspect.SET_ORDER),
        ([Jump(SCORE, HASHED), Jump(SCORE, OLD)], Suspect.BEHIND),
        ([Jump(LABEL, OLD)], Suspect.TIE),
        ([Jump(SCORE, OLD, undefined=True)], Suspect.UNDEFINED),
        ([Jump(SCORE, OLD), Jump(SPLIT, OLD)], Suspect.TREE),
        ([Jump(SCORE, OLD), Jump(SPLIT, NEW)], Suspect.BEHIND),
        ([Jump(SCORE, OLD), Jump(COEF, OLD)], Suspect.BEHIND),
        ([Jump(BIAS, OLD)], Suspect.CANCELLED),
    ],
)
def test_the_likely_cause(jumps: list[Jump], likely: object):
    own = [jump for jump in jumps if jump.observation is jumps[0].observation]
    assert suspicion(own, jumps, MACHINES) == likely


def test_one_line_for_each_observation_that_decides_with_its_row_and_its_machines():
    contract = Observation("contracts", "row by row.score", to_value(np.array([0.1])), role=CONTRACT_VALUE)
    jumps = [Jump(SCORE, OLD, row="17"), Jump(SPLIT, OLD), Jump(contract, OLD), Jump(SCORE, NEW, row="3")]
    (found,) = unstable(jumps, MACHINES)
    tree = CURES[Suspect.TREE]
    told = f"predict test.score jumps, row 17 on {OLD} and on {NEW}\n  likely {tree.cause}; {tree.cure}"
    assert unstable_in_words([found]) == told
    (found,) = unstable(jumps, MACHINES, ("nthread=1",))
    assert (
        unstable_in_words([found])
        == f"{told}\n  a setting of the model's library may make it the same twice: nthread=1"
    )


def test_every_suspect_has_a_cure():
    assert set(CURES) == set(Suspect)
