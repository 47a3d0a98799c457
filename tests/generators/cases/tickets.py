"""Questions to a help desk."""

from __future__ import annotations

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

from mlguard import Dataset
from tests.generators.case import Case, common, halves, late_only


def planted(data: Dataset) -> dict[str, bool]:
    frame = data["rows"]
    text = frame["text"].dropna()
    pairs = frame.dropna(subset="text").drop_duplicates("ticket")[["text", "article"]].drop_duplicates()
    return {
        **common(frame, "ticket", "channel", ["ticket"]),
        "capitals": bool(text.str.isupper().any()),
        "double blanks": bool(text.str.contains("  ", regex=False).any()),
        "nothing fits": bool((text == "please help my").any()),
        "unknown words": bool(text.str.startswith("Übergabe").sum() == 1),
        "missing": bool(frame["text"].isna().any() and frame["minutes"].isna().any()),
        "other articles": bool(pairs["text"].duplicated().any()),
        "late product": late_only(frame, "product", "Watch"),
        "in order": bool(frame["opened"].is_monotonic_increasing),
    }


def plain(data: Dataset) -> tuple[float, float]:
    """Accuracy of naive Bayes on the words, and of the queue that is most frequent."""
    train, test = halves(data["rows"].fillna({"text": ""}))
    model = make_pipeline(TfidfVectorizer(), MultinomialNB()).fit(train["text"], train["queue"])
    usual = train["queue"].mode()[0]
    return float(model.score(test["text"], test["queue"])), float(np.mean(test["queue"] == usual))


CASE = Case(
    "tickets",
    "ticket:i opened:d product:t channel:t text:t minutes:f article:i queue:t",
    planted,
    plain,
    margin=0.2,
    target="queue",
)
