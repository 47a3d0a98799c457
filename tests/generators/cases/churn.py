"""Accounts that may cancel."""

from __future__ import annotations

from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mlguard import Dataset
from tests.generators.case import Case, common, late_only, score


def planted(data: Dataset) -> dict[str, bool]:
    frame = data["rows"]
    values = frame.drop(columns="account")
    return {
        **common(frame, "account", "country", ["account"]),
        "thresholds": bool((frame["price"] == 25.0).any() and (frame["months"] == 12).any()),
        "missing": bool(frame["reads_week"].isna().any() and frame["payer"].isna().any()),
        "late plan": late_only(frame, "plan", "student"),
        "ties": bool((values.duplicated() & ~frame["account"].duplicated()).any()),
    }


def plain(data: Dataset) -> tuple[float, float]:
    """Accuracy of logistic regression on the columns as they are, against the more frequent outcome."""
    frame, without = data["rows"], ("account", "country")
    model = make_pipeline(StandardScaler(), LogisticRegression())
    return score(model, frame, "churned", without), score(DummyClassifier(), frame, "churned", without)


CASE = Case(
    "churn",
    "account:i region:t plan:t payer:t months:i price:f reads_week:f calls:i country:t churned:i",
    planted,
    plain,
    margin=0.1,
    target="churned",
)
