"""A Pipeline of scikit-learn, which `tox -e lowest` runs with the oldest libraries that we allow."""

from tests.examples.edit import CONTRACTS, PROBES
from tests.examples.subjects.edit import Edit, Subject

SCORING = "scoring.py"

PIPELINES = Subject(
    6,
    "Old environments",
    "pipelines",
    "Loans",
    (
        Edit(
            "steps have other names",
            SCORING,
            'number = Pipeline([("fill", SimpleImputer(strategy="median")), ("scale", StandardScaler())])',
            'number = Pipeline(steps=[("gaps", SimpleImputer(strategy="median")), ("size", StandardScaler())])',
        ),
        Edit(
            "the risk is found by its class",
            SCORING,
            'model.predict_proba(loans[["income", "purpose"]])[:, 1]',
            'model.predict_proba(loans[["income", "purpose"]])[:, list(model.classes_).index(True)]',
        ),
        Edit(
            "gaps are filled by the mean",
            SCORING,
            'strategy="median"',
            'strategy="mean"',
            stage="train",
            names="inside: train",
        ),
        Edit(
            "the other class is the risk",
            SCORING,
            '[["income", "purpose"]])[:, 1]',
            '[["income", "purpose"]])[:, 0]',
            stage="predict",
            names="predict test.prediction",
            edited="scoring.answer",
        ),
        Edit(
            "a purpose that nobody had is an error",
            SCORING,
            'OneHotEncoder(handle_unknown="ignore")',
            "OneHotEncoder()",
            stage="predict",
            names="unseen purpose",
            only=PROBES,
        ),
        Edit(
            "what was asked for is marked in the table",
            SCORING,
            "    return model.predict_proba(",
            '    loans["asked"] = True\n    return model.predict_proba(',
            stage="contracts",
            names="inputs unchanged",
            only=CONTRACTS,
        ),
    ),
)
