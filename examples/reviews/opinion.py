"""What a review thinks of the goods: a tokeniser of our own, TF-IDF, and a ridge classifier on top."""

from __future__ import annotations

import argparse
import json
import re
import unicodedata
from itertools import pairwise
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import RidgeClassifier
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score

OPINIONS = ["mixed", "negative", "positive"]
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
ARTICLES = frozenset(("der", "das", "die", "la", "le", "the", "a", "im", "my"))


def load_reviews(path: Path) -> pd.DataFrame:
    """Read reviews, one row each; a text may be missing."""
    return pd.read_csv(path)


def split_data(config: dict[str, Any], reviews: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Keep one review per number, and hold back the latest share of them."""
    unique = reviews.drop_duplicates("review", keep="last").reset_index(drop=True)
    cut = len(unique) - int(config["test_share"] * len(unique))
    return unique.iloc[:cut].reset_index(drop=True), unique.iloc[cut:].reset_index(drop=True)


def tokenise(text: str) -> list[str]:
    """Words without accents and case, and each pair of neighbours, so that `trop cher` counts as one thing."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    words = [word for word in WORD.findall(plain) if word not in ARTICLES]
    return words + [f"{left}_{right}" for left, right in pairwise(words)]


def texts_of(reviews: pd.DataFrame) -> list[str]:
    """The texts, a missing one as an empty one."""
    return [text if isinstance(text, str) else "" for text in reviews["text"]]


def extra_features(config: dict[str, Any], reviews: pd.DataFrame) -> np.ndarray:
    """What the words do not say: shouting, exclamation marks, length and votes; shape (rows, 4)."""
    rows = []
    for text, helpful in zip(texts_of(reviews), reviews["helpful"], strict=True):
        letters = [letter for letter in text if letter.isalpha()]
        shouted = sum(letter.isupper() for letter in letters) / max(len(letters), 1)
        marks = min(text.count("!"), 2)
        rows.append((shouted, marks, float(len(text.split()) >= config["long_words"]), np.log1p(max(helpful, 0))))
    return config["extras_weight"] * np.array(rows, dtype=float).reshape(-1, 4)


def train_from_data(config: dict[str, Any], reviews: pd.DataFrame) -> dict[str, Any]:
    """Learn the vocabulary and the classifier from reviews that have words."""
    worded = reviews[[bool(tokenise(text)) for text in texts_of(reviews)]]
    vectoriser = TfidfVectorizer(
        tokenizer=tokenise,
        token_pattern=None,
        lowercase=False,
        min_df=config["min_df"],
        sublinear_tf=config["sublinear_tf"],
        smooth_idf=True,
        norm="l2",
    )
    words = vectoriser.fit_transform(texts_of(worded)).toarray()
    design = np.hstack([words, extra_features(config, worded)])
    classifier = RidgeClassifier(alpha=config["alpha"], solver="cholesky").fit(design, worded["opinion"])
    usual = worded["opinion"].value_counts().sort_index().idxmax()
    return {"config": dict(config), "vectoriser": vectoriser, "classifier": classifier, "usual": str(usual)}


def features_from_data(model: dict[str, Any], reviews: pd.DataFrame) -> np.ndarray:
    """TF-IDF weights beside the extra features; shape (rows, words + 4)."""
    words = model["vectoriser"].transform(texts_of(reviews)).toarray()
    return np.hstack([words, extra_features(model["config"], reviews)])


def predict_from_data(model: dict[str, Any], reviews: pd.DataFrame) -> pd.DataFrame:
    """Opinion, score of each, and whether a person should look; a review without words gets the usual opinion."""
    scores = model["classifier"].decision_function(features_from_data(model, reviews))
    ordered = np.sort(scores, axis=1)
    doubtful = ordered[:, -1] - ordered[:, -2] < model["config"]["doubt_margin"]
    out = pd.DataFrame(scores, columns=[f"score_{name}" for name in model["classifier"].classes_])
    wordless = np.array([not tokenise(text) for text in texts_of(reviews)], dtype=bool)
    best = model["classifier"].classes_[scores.argmax(axis=1)]
    out.insert(0, "opinion", np.where(wordless, model["usual"], best))
    out["doubtful"] = doubtful | wordless
    return out


def evaluate_from_data(opinion: pd.Series, predictions: pd.DataFrame) -> dict[str, float]:
    """Hits, hits per opinion, the worst mistake there is, and how many reviews a person must read."""
    said = predictions["opinion"]
    table = confusion_matrix(opinion, said, labels=OPINIONS)
    return {
        "accuracy": float(accuracy_score(opinion, said)),
        "macro_f1": float(f1_score(opinion, said, labels=OPINIONS, average="macro", zero_division=0)),
        "opposite_share": float((table[1, 2] + table[2, 1]) / table.sum()),
        "doubtful_share": float(predictions["doubtful"].mean()),
    }


def main() -> None:
    """Train on a file of reviews, or read opinions with a saved model."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("action", choices=["train", "predict", "evaluate"])
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out-dir", type=Path, required=True)
    options = parser.parse_args()
    config = json.loads(options.config.read_text(encoding="utf-8"))
    train, test = split_data(config, load_reviews(options.data))
    options.out_dir.mkdir(parents=True, exist_ok=True)
    if options.action == "train":
        joblib.dump(train_from_data(config, train), options.out_dir / "model.joblib")
        return
    predictions = predict_from_data(joblib.load(options.out_dir / "model.joblib"), test)
    if options.action == "predict":
        predictions.to_csv(options.out_dir / "predictions.csv", index=False)
    else:
        print(json.dumps(evaluate_from_data(test["opinion"], predictions), indent=1))


if __name__ == "__main__":
    main()
