"""Questions to a help desk, and what they are about."""

import numpy as np
import pandas as pd

from mlguard import Dataset, settle

WORDS = {
    "billing": ("invoice", "refund", "charged twice", "Rückzahlung", "card", "paid"),
    "delivery": ("parcel", "late", "courier", "address", "damaged box", "tracking"),
    "login": ("password", "locked out", "code", "e-mail", "account", "two factor"),
}
SHARED = ("order", "help", "since monday", "again", "customer number 4711", "the app", "please")
LAST = 8


def make(rng, rows=160):
    """One row is a line of the export, in the order in which tickets were opened.

    Planted: a ticket exported twice, first under another topic; missing
    waits; capitals, markup, amounts and exclamation marks; words that only the last tickets have; a new channel.
    """
    names = sorted(WORDS)
    chosen = rng.choice(len(names), rows, p=(0.5, 0.3, 0.2))
    frame = pd.DataFrame(
        {
            "ticket": 9000 + 3 * np.arange(rows),
            "channel": rng.choice(("mail", "phone", "web"), rows),
            "text": [_text(rng, WORDS[names[i]]) for i in chosen],
            "wait_minutes": rng.randint(1, 600, rows).astype(float),
            "topic": [names[i] for i in chosen],
        }
    )
    frame.loc[4::19, "text"] = frame.loc[4::19, "text"].str.upper()
    frame.loc[5::21, "text"] = frame.loc[5::21, "text"] + " 12,50 <b>now</b>!"
    frame.loc[7::16, "wait_minutes"] = np.nan
    frame.loc[20, "ticket"] = frame.loc[33, "ticket"]
    frame.loc[rows - LAST :, "text"] = "Größe umtauschen " + frame.loc[rows - LAST :, "text"]
    frame.loc[rows - 3 :, "channel"] = "chat"
    return Dataset(frame, target="topic")


def _text(rng, words):
    """A few words of the topic and some that any ticket may have; now and then none of the topic."""
    own = rng.choice(words, 1 + rng.randint(0, 3), replace=False) if settle(rng.uniform()) < 0.9 else ()
    said = [*own, *rng.choice(SHARED, 3, replace=False)]
    return " ".join(said[i] for i in rng.permutation(len(said)))
