"""Short reviews of a travel shop's goods in three languages, and the opinion that a reader took from them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlguard import Dataset, run_script, settle

FIRST_REVIEW = 2**53 + 3
GOOD = {
    "de": ("großartig", "schön", "prima", "empfehlenswert", "nützlich"),
    "fr": ("génial", "très bon", "élégant", "parfait", "utile"),
    "en": ("great", "lovely", "sturdy", "perfect", "useful"),
}
BAD = {
    "de": ("schäbig", "kaputt", "enttäuschend", "überteuert", "nutzlos"),
    "fr": ("mauvais", "cassé", "décevant", "trop cher", "inutile"),
    "en": ("shabby", "broken", "disappointing", "overpriced", "useless"),
}
PLAIN = {
    "de": ("der Koffer", "das Rad", "die Größe", "nach zwei Wochen", "im Zug", "bei Regen"),
    "fr": ("la valise", "le café", "à Genève", "après deux jours", "sous la pluie", "pour l'été"),
    "en": ("the bag", "the zip", "after a week", "on the train", "in the rain", "for my sister's trip"),
}
ENDINGS = ("", ".", "!", "!!", " 😀", " …", " (2x)")
OPINIONS = ("negative", "mixed", "positive")


def make(rng: np.random.RandomState, rows: int = 300) -> Dataset:
    """One row is a review; rows are in the order of arrival.

    Columns: `review` (number), `shop` (text), `source` (where it was written), `text`, `helpful` (votes), `opinion`
    (`negative`, `mixed` or `positive`; the target).

    Planted: reviews whose text is missing and others whose text is empty, which are not the same; texts with a tab,
    a line break and quotes; texts that occur twice (ties of every score); review numbers above 2**53; numbers used
    twice; the source `kiosk` only in the last rows; words that the first reviews never use; the constant `shop`;
    umlauts, accents and emoji throughout; upper case where customers shout.
    """
    language = rng.choice(("de", "fr", "en"), rows, p=(0.4, 0.3, 0.3))
    tone = rng.choice(3, rows, p=(0.35, 0.25, 0.4))
    frame = pd.DataFrame(
        {
            "review": FIRST_REVIEW + 5 * np.arange(rows, dtype=np.int64),
            "shop": "Reiseladen",
            "source": rng.choice(("web", "app", "mail"), rows, p=(0.5, 0.3, 0.2)),
            "text": [_text(rng, tongue, mood) for tongue, mood in zip(language, tone, strict=True)],
            "helpful": rng.poisson(2.0 + tone),
            "opinion": [OPINIONS[mood] for mood in _heard(rng, tone)],
        }
    )
    frame.loc[rows - max(2, rows // 30) :, "source"] = "kiosk"
    for row in range(12, rows - 6, 35):
        frame.loc[row, ["text", "opinion"]] = frame.loc[row - 4, ["text", "opinion"]]
    for row in range(14, rows, 43):
        frame.loc[row, "review"] = frame.loc[row - 1, "review"]
    frame.loc[[3, rows - 3], "text"] = None
    frame.loc[[7, rows - 5], "text"] = ""
    frame.loc[9, "text"] = 'the "bag":\n\tlovely'
    frame.loc[rows - 2, "text"] = "Naïveté hors catalogue, fabuleux"
    return Dataset(frame.astype({"review": "int64", "helpful": "int64"}), target="opinion")


def _text(rng: np.random.RandomState, language: str, tone: int) -> str:
    """Three to eight phrases in a language, most of the loaded ones in the given tone."""
    loaded = {0: BAD, 2: GOOD}
    phrases = [str(rng.choice(PLAIN[language])) for _ in range(rng.randint(1, 5))]
    # At least two, since a mixed review has to praise and to blame.
    for number in range(rng.randint(2, 5)):
        words = loaded.get(tone, (BAD, GOOD)[number % 2])[language]
        phrases.insert(rng.randint(0, len(phrases) + 1), str(rng.choice(words)))
    text = " ".join(phrases) + str(rng.choice(ENDINGS))
    return text.upper() if settle(rng.uniform()) < 0.08 else text


def _heard(rng: np.random.RandomState, tone: np.ndarray) -> np.ndarray:
    """The tone as a reader noted it: now and then another one."""
    slip = settle(rng.uniform(size=len(tone))) < 0.05
    return np.where(slip, rng.randint(0, 3, len(tone)), tone)


if __name__ == "__main__":
    run_script(__file__)
