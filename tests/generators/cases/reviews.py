"""Short texts about goods."""

from __future__ import annotations

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from mlguard import Dataset
from tests.generators.case import Case, common, halves, late_only


def planted(data: Dataset) -> dict[str, bool]:
    frame = data["rows"]
    text = frame["text"].dropna()
    return {
        **common(frame, "review", "shop", ["review"]),
        "missing text": bool(frame["text"].isna().any()),
        "empty text": bool((text == "").any()),
        "tab, break and quotes": any("\t" in t and "\n" in t and '"' in t for t in text),
        "equal texts": bool(text[text != ""].duplicated().any()),
        "late source": late_only(frame, "source", "kiosk"),
        "unseen words": any("fabuleux" in t for t in text.tail(3)) and not any("fabuleux" in t for t in text.iloc[:-3]),
        "shouting": any(t.isupper() for t in text),
    }


def plain(data: Dataset) -> tuple[float, float]:
    """Accuracy of logistic regression on words, against the most frequent opinion."""
    frame = data["rows"]
    train, test = halves(frame.assign(text=frame["text"].fillna("")))
    model = make_pipeline(TfidfVectorizer(), LogisticRegression(C=10.0, max_iter=500))
    hits = model.fit(train["text"], train["opinion"]).score(test["text"], test["opinion"])
    return float(hits), float((test["opinion"] == train["opinion"].mode()[0]).mean())


CASE = Case(
    "reviews",
    "review:i shop:t source:t text:t helpful:i opinion:t",
    planted,
    plain,
    margin=0.15,
    target="opinion",
)
