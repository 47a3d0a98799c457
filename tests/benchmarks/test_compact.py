"""What only the full form of another seed noticed is counted and named."""

from __future__ import annotations

from benchmarks.compact import Seen, draw

BOTH = Seen("own-Churn-fill", 1, "features test.reads", "evaluate auc", "main")
FULL = Seen("own-Churn-saved", 1, "contracts saved bundle", None, "main")
LOST = Seen("own-Churn-rare", 2, "predict train.score", None, None)
ALONE = Seen("own-Churn-odd", 2, None, "evaluate auc", "seed 2")
NEITHER = Seen("own-Churn-key", 2, None, None, "config C")


def test_each_pair_is_counted_where_it_was_noticed() -> None:
    assert draw([BOTH, FULL, LOST, ALONE, NEITHER]).splitlines() == [
        "5 pairs of a shift and another seed",
        "3 noticed by the full form of that seed",
        "1 of these noticed by its compact form",
        "1 of the others noticed by the same check elsewhere, 1 nowhere",
        "1 noticed by the compact form alone",
        "    own-Churn-saved, seed 1: full contracts saved bundle; check: main",
        "    own-Churn-rare, seed 2: full predict train.score; check: nothing",
    ]
