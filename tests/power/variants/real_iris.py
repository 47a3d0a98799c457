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
    CODE.shift(
        "coarser-distances",
        "rounding-coarser",
        "predict",
        "distances are rounded to six decimals instead of nine",
        ("axis=2)), 9)", "axis=2)), 6)"),
    ),
    CODE.shift(
        "species-as-they-come",
        "category-order",
        "train",
        "species are numbered as they appear, while everyone else takes them to be sorted",
        (
            "self.classes_, self.codes_ = np.unique(np.asarray(y), return_inverse=True)",
            "self.codes_, self.classes_ = pd.factorize(np.asarray(y))",
        ),
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
    CODE.keep(
        "uncentred",
        "shift-cancels",
        "measurements are scaled and no longer centred, which no distance can tell",
        ("StandardScaler()", "StandardScaler(with_mean=False)"),
    ),
    CODE.keep(
        "votes-by-product",
        "loop-to-product",
        "votes are counted by one product with the indicator of the species",
        (
            """        shares = np.zeros((len(distances), len(self.classes_)))
        for code in range(len(self.classes_)):
            shares[:, code] = votes[:, self.codes_ == code].sum(axis=1)
""",
            """        shares = votes @ (self.codes_[:, None] == np.arange(len(self.classes_))).astype(float)
""",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "flower-by-flower",
        "array-to-loop",
        "distances are found for one row after the other, and the reach by a partition",
        (
            "        offsets = np.asarray(X, dtype=float)[:, None, :] - self.flowers_[None, :, :]\n"
            "        return np.round(np.sqrt((offsets * offsets).sum(axis=2)), 9)\n",
            "        found = np.empty((len(X), len(self.flowers_)))\n"
            "        for row, flower in enumerate(np.asarray(X, dtype=float)):\n"
            "            found[row] = np.sqrt(((flower - self.flowers_) ** 2).sum(axis=1))\n"
            "        return np.round(found, 9)\n",
        ),
        ("np.sort(distances, axis=1)[:,", "np.partition(distances, self.neighbours - 1, axis=1)[:,"),
    ),
)
