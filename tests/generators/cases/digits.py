"""Images of digits, as an array."""

from __future__ import annotations

import pandas as pd
from sklearn.neighbors import KNeighborsClassifier

from mlguard import Dataset
from tests.generators.case import Case, halves


def planted(data: Dataset) -> dict[str, bool]:
    table = data["rows"]
    pixels, digits = table[:, 1:], table[:, 0]
    images = pd.DataFrame(pixels)
    return {
        "range": bool((pixels >= 0).all() and (pixels <= 16).all()),
        "all ten": set(digits.tolist()) == set(range(10)),
        "empty": bool((pixels.sum(axis=1) == 0).any()),
        "inked out": bool((pixels == 16).all(axis=1).any()),
        "half ink": bool((pixels == 8).any()),
        "nearly constant pixel": int((pixels[:, -1] > 0).sum()) == 1,
        "repeated": bool(pd.DataFrame(table).duplicated().any()),
        "contradicted": bool((images.duplicated() & ~pd.DataFrame(table).duplicated()).any()),
    }


def plain(data: Dataset) -> tuple[float, float]:
    """Accuracy of the nearest training images; the most frequent digit is one image in seven."""
    train, test = halves(data["rows"])
    model = KNeighborsClassifier(3).fit(train[:, 1:], train[:, 0])
    return float(model.score(test[:, 1:], test[:, 0])), 0.2


CASE = Case("digits", "int64 65", planted, plain, margin=0.4, target=None)
