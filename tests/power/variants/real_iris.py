"""What may happen to examples/real_iris/neighbours.py: shifts first, then true refactors."""

from __future__ import annotations

from tests.power.variant import Code

CODE = Code("RealIris", "examples/real_iris/neighbours.py")

VARIANTS = (
    CODE.shift(
        "one_neighbour_more",
        "neighbour-count",
        "predict",
        "the reach is that of the next neighbour",
        ("[:, self.neighbours - 1]", "[:, self.neighbours]"),
    ),
    CODE.keep(
        "norm_for_root",
        "library-call",
        "distances by numpy's norm, and shares through one factor per row",
        ("np.sqrt((offsets * offsets).sum(axis=2))", "np.linalg.norm(offsets, axis=2)"),
        (
            "        return shares / shares.sum(axis=1, keepdims=True)",
            "        return shares * (1.0 / shares.sum(axis=1, keepdims=True))",
        ),
        moves_bits=True,
    ),
)
