"""Small grey images of the ten digits, drawn from glyphs that were shifted, dimmed and speckled."""

from __future__ import annotations

import numpy as np

from mlguard import Dataset, run_script

SIDE = 8
INK = 16
# One digit per line: eight rows of eight pixels as hexadecimal bytes, the leftmost pixel first.
GLYPHS = (
    "3c 42 42 42 42 42 3c 00",
    "08 18 28 08 08 08 3e 00",
    "3c 42 02 0c 30 40 7e 00",
    "3c 42 02 1c 02 42 3c 00",
    "04 0c 14 24 7e 04 04 00",
    "7e 40 7c 02 02 42 3c 00",
    "1c 20 40 7c 42 42 3c 00",
    "7e 02 04 08 10 10 10 00",
    "3c 42 42 3c 42 42 3c 00",
    "3c 42 42 3e 02 04 38 00",
)


def make(rng: np.random.RandomState, rows: int = 300) -> Dataset:
    """One row is one image: the digit, then its 64 pixels line by line, as whole numbers from 0 (paper) to 16 (ink).

    The table `rows` is an array of int64, shape (rows, 65).

    Planted: an image without any ink and one of ink only; images that occur twice, once with another digit, so that
    no model gets both right; pixels of exactly 8, where a threshold at half of the ink parts `>=` from `>`; the last
    pixel, which is 0 in all but the inked-out image; and the digit 9 in about a twentieth of the images only.
    """
    digits = rng.choice(10, rows, p=(0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.15, 0.1, 0.05))
    images = np.stack([_draw(rng, glyph) for glyph in _glyphs()[digits]])
    images[:, -1, -1] = 0
    images[3], images[8] = 0, INK
    table = np.concatenate([digits[:, None], images.reshape(rows, -1)], axis=1).astype(np.int64)
    for row in range(12, rows, 41):
        table[row] = table[row - 6]
    table[-1, 1:] = table[-2, 1:]
    table[-1, 0] = (table[-2, 0] + 1) % 10
    return Dataset(table)


def _glyphs() -> np.ndarray:
    """The ten glyphs as an array of 0 and 1, shape (10, 8, 8)."""
    lines = [[int(byte, 16) for byte in glyph.split()] for glyph in GLYPHS]
    return np.unpackbits(np.array(lines, dtype=np.uint8)[:, :, None], axis=2).astype(np.int64)


def _draw(rng: np.random.RandomState, glyph: np.ndarray) -> np.ndarray:
    """Shift a glyph by at most one pixel, ink it unevenly, and add specks and gaps."""
    across, down = (int(step) for step in rng.randint(-1, 2, 2))
    moved = np.roll(glyph, (down, across), axis=(0, 1))
    ink = rng.randint(8, INK + 1, (SIDE, SIDE))
    specks = rng.randint(0, 7, (SIDE, SIDE)) * (rng.randint(0, 4, (SIDE, SIDE)) == 0)
    gaps = rng.randint(0, 12, (SIDE, SIDE)) > 0
    return np.where(moved == 1, ink * gaps, specks)


if __name__ == "__main__":
    run_script(__file__)
