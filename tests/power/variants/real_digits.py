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
    CODE.shift(
        "narrow-pixels",
        "narrowed-dtype",
        "predict",
        "pixels are read as bytes to spare memory, so that one below zero becomes the darkest",
        ("pixels.to_numpy(dtype=float)", 'pixels.to_numpy().astype("uint8")'),
        hidden=True,
    ),
    CODE.shift(
        "two-shades-are-none",
        "constant-changed",
        "features",
        "pixels with only two shades are left out, too",
        ("images[name].nunique() > 1", "images[name].nunique() > 2"),
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
    CODE.keep(
        "components-by-hand",
        "library-to-numpy",
        "components are eigenvectors of the covariance, turned so that the largest weight of each is positive",
        (
            "def train_from_data(",
            '''class Components:
    """Directions of the largest variance, each with its largest weight positive."""

    def fit(self, images: np.ndarray) -> Components:
        """Learn the mean and the directions; images have shape (images, pixels)."""
        self.mean_ = images.mean(axis=0)
        _, vectors = np.linalg.eigh((images - self.mean_).T @ (images - self.mean_))
        directions = vectors[:, ::-1][:, :COMPONENTS].T
        largest = np.abs(directions).argmax(axis=1)
        self.components_ = directions * np.sign(directions[np.arange(COMPONENTS), largest])[:, None]
        return self

    def transform(self, images: np.ndarray) -> np.ndarray:
        """Images in these directions; shape (images, components)."""
        return (images - self.mean_) @ self.components_.T


def train_from_data(''',
        ),
        ('PCA(n_components=COMPONENTS, svd_solver="full", whiten=False)', "Components()"),
        ("    components: PCA\n", "    components: Components\n"),
        ("from sklearn.decomposition import PCA\n", ""),
        moves_bits=True,
    ),
    CODE.keep(
        "one-query",
        "query-reused",
        "neighbours are looked up once, and their votes are summed here",
        (
            "    votes = reader.neighbours.predict_proba(points)\n"
            "    distances, _ = reader.neighbours.kneighbors(points)\n",
            "    distances, voters = reader.neighbours.kneighbors(points)\n"
            "    same = (distances == 0.0).any(axis=1)[:, None]\n"
            "    weights = np.where(same, distances == 0.0, 1.0 / np.where(same, 1.0, distances))\n"
            "    classes, known = reader.neighbours.classes_, reader.neighbours._y\n"
            "    said = known[voters][:, :, None] == np.arange(len(classes))[None, None, :]\n"
            '    votes = np.einsum("nv,nvc->nc", weights / weights.sum(axis=1, keepdims=True), said)\n',
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "another-tree",
        "index-swapped",
        "neighbours are found by a tree of balls instead of one of boxes",
        ('algorithm="kd_tree"', 'algorithm="ball_tree", leaf_size=12'),
    ),
    CODE.keep(
        "moved-out",
        "function-moved",
        "reading pixels moves into a module of its own, and says what it takes and gives",
        (
            """def darken(pixels: pd.DataFrame) -> np.ndarray:
    \"\"\"Pixels from 0 to 1, with the faint ones lifted.\"\"\"
    return np.sqrt(np.clip(pixels.to_numpy(dtype=float), 0.0, 16.0) / 16.0)


""",
            "",
        ),
        (
            "from sklearn.neighbors import KNeighborsClassifier\n",
            "from sklearn.neighbors import KNeighborsClassifier\n\nfrom examples.real_digits.ink import darken\n",
        ),
        (
            "ink.py",
            "",
            """import logging

import numpy as np
import numpy.typing as npt
import pandas as pd

log = logging.getLogger(__name__)
BLACK = 16.0


def darken(pixels: pd.DataFrame) -> npt.NDArray[np.float64]:
    log.debug("%d images of %d pixels", *pixels.shape)
    share: npt.NDArray[np.float64] = np.clip(pixels.to_numpy(dtype=float), 0.0, BLACK) / BLACK
    return np.sqrt(share)
""",
        ),
    ),
)
