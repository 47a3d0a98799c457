"""Questions to a help desk, and the article that answered each of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlguard import Dataset, run_script, settle

FIRST_TICKET = 2**53 + 11
FIRST_ARTICLE = 410
WORDS = {
    "billing": ("invoice refund", "Rückzahlung bank", "card expired", "double charged"),
    "network": ("router restart", "signal weak", "wlan password", "cable café"),
    "device": ("screen cracked", "battery empty", "charger broken", "Größe case"),
}
"""Two words for each of a queue's articles."""
SHARED = {
    "billing": ("money", "paid", "month"),
    "network": ("internet", "slow", "line"),
    "device": ("phone", "repair", "shop"),
}
FILLER = ("please", "help", "my", "the", "again", "why", "today")


def make(rng: np.random.RandomState, rows: int = 200) -> Dataset:
    """One row is a ticket; rows are in the order in which tickets were opened.

    Columns: `ticket` (number), `opened` (date), `product` (text), `channel` (text), `text` (a few words), `minutes`
    (until it was solved), `article` (number of the article that answered it), `queue` (text; the target).

    Planted: words in capitals, with blanks doubled; a ticket of words that no other ticket has, and one of fillers
    only, so that nothing fits; a ticket without text and missing `minutes`; two tickets of one text that other
    articles answered (ties); tickets filed twice (duplicate keys); a product that is sold in the last rows only;
    ticket numbers above 2**53; the constant `channel`; words with non-ASCII letters.
    """
    names = sorted(WORDS)
    chosen = rng.choice(len(names), rows, p=(0.4, 0.25, 0.35))
    article = rng.choice(4, rows, p=(0.4, 0.3, 0.2, 0.1))
    frame = pd.DataFrame(
        {
            "ticket": FIRST_TICKET + 8 * np.arange(rows, dtype=np.int64),
            "opened": pd.Timestamp("2024-02-01") + pd.to_timedelta(np.sort(rng.randint(0, 60, rows)), unit="D"),
            "product": rng.choice(("Basic", "Family", "Pro"), rows).astype(object),
            "channel": "web",
            "text": [_text(rng, names[queue], place) for queue, place in zip(chosen, article, strict=True)],
            "minutes": settle(rng.gamma(2.0, 14.0, rows), 1),
            "article": FIRST_ARTICLE + 10 * chosen + 3 * article,
            "queue": [names[queue] for queue in chosen],
        }
    )
    frame.loc[rows - max(2, rows // 40) :, "product"] = "Watch"
    frame.loc[7::29, "text"] = frame.loc[7::29, "text"].str.upper().str.replace(" ", "  ", regex=False)
    frame.loc[9::31, "minutes"] = np.nan
    frame.loc[6, ["text", "queue"]] = frame.loc[5, ["text", "queue"]]
    frame.loc[6, "article"] = FIRST_ARTICLE + 10 * chosen[5] + 3 * ((article[5] + 1) % 4)
    for row in range(13, rows, 47):
        frame.loc[row] = frame.loc[row - 1]
    frame.loc[[4, rows - 5], "text"] = None
    frame.loc[rows - 3, "text"] = "Übergabe gestern verschoben"
    frame.loc[rows - 2, "text"] = "please help my"
    return Dataset(frame.astype({"ticket": "int64", "article": "int64"}), target="queue")


def _text(rng: np.random.RandomState, queue: str, place: int) -> str:
    """Some of the article's two words, one or two of the queue, fillers, and now and then a word of another queue."""
    own = WORDS[queue][place].split()
    told = settle(rng.uniform())
    own = own[: 0 if told < 0.15 else 1 if told < 0.45 else 2]
    shared = list(rng.choice(SHARED[queue], 1 + int(rng.randint(0, 2)), replace=False))
    filler = list(rng.choice(FILLER, 2, replace=False))
    stray = []
    if settle(rng.uniform()) < 0.3:
        stray = [str(rng.choice(SHARED[sorted(SHARED)[int(rng.randint(0, 3))]]))]
    words = [str(word) for word in (*filler[:1], *own, *shared, *filler[1:], *stray)]
    return " ".join(words)


if __name__ == "__main__":
    run_script(__file__)
