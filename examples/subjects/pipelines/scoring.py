"""A Pipeline of scikit-learn, as it was written for version 1.1."""

from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def build():
    """Not fitted."""
    number = Pipeline([("fill", SimpleImputer(strategy="median")), ("scale", StandardScaler())])
    columns = ColumnTransformer(
        [("number", number, ["income"]), ("kind", OneHotEncoder(handle_unknown="ignore"), ["purpose"])]
    )
    return Pipeline([("columns", columns), ("classify", LogisticRegression(C=1.0, tol=1e-10, max_iter=1000))])


def fit(loans):
    """Fitted to loans whose end is known."""
    return build().fit(loans[["income", "purpose"]], loans["lost"])


def answer(model, loans):
    """The risk that each loan is lost."""
    return model.predict_proba(loans[["income", "purpose"]])[:, 1]


def measure(loans, risks):
    """The area under the curve."""
    return {"auc": roc_auc_score(loans["lost"], risks)}
