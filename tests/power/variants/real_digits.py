"""What may happen to examples/real_digits/reader.py: shifts first, then true refactors."""

from __future__ import annotations

from tests.power.variant import Code

CODE = Code("RealDigits", "examples/real_digits/reader.py")

VARIANTS = (
    CODE.shift(
        "whitened",
        "setting-flipped",
        "features",
        "components are scaled to the same variance",
        ("whiten=False", "whiten=True"),
    ),
    CODE.shift(
        "fourth-neighbour",
        "neighbour-offset",
        "predict",
        "the distance is that of the last voter but one",
        ("distances[:, -1]", "distances[:, -2]"),
    ),
    CODE.keep(
        "projection-by-hand",
        "library-to-numpy",
        "images are projected by one product",
        (
            "self.components.transform(darken(rows[self.pixels]))",
            "(darken(rows[self.pixels]) - self.components.mean_) @ self.components.components_.T",
        ),
        moves_bits=True,
    ),
)
