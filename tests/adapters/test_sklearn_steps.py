"""The transformers inside a model, seen step by step and column by column, wherever the model keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer, make_column_transformer
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from mlguard.adapters.sklearn_steps import step_outputs

ROWS = pd.DataFrame({"a": np.arange(20.0), "c": ["x", "y"] * 10})
WANTED = np.arange(20) % 4 < 2
SEEN = ROWS.iloc[:5]


def encoder() -> ColumnTransformer:
    return make_column_transformer((StandardScaler(), ["a"]), (OneHotEncoder(), ["c"]))


ENCODED = ["standardscaler__a", "onehotencoder__c_x", "onehotencoder__c_y"]


def test_the_steps_of_a_pipeline_are_seen_column_by_column() -> None:
    model = make_pipeline(encoder(), "passthrough", PCA(1), LogisticRegression()).fit(ROWS, WANTED)
    outputs = step_outputs(model, lambda m: m.predict(SEEN))
    assert list(outputs) == [*(f"columntransformer.{name}" for name in ENCODED), "pca.pca0"]
    assert {len(output) for output in outputs.values()} == {5}
    assert np.array_equal(outputs["pca.pca0"], model[:-1].transform(SEEN)[:, 0])


@dataclass
class Bundle:
    """What a practitioner keeps a model in."""

    parts: dict[str, Any]


def test_a_transformer_is_found_inside_mappings_objects_and_searches() -> None:
    fitted = encoder().fit(ROWS)
    classifier = LogisticRegression().fit(fitted.transform(ROWS), WANTED)
    bundle = Bundle({"prep": fitted, "classifier": classifier})
    outputs = step_outputs(bundle, lambda m: m.parts["classifier"].predict(m.parts["prep"].transform(SEEN)))
    assert list(outputs) == [f"parts.prep.{name}" for name in ENCODED]
    search = GridSearchCV(make_pipeline(encoder(), LogisticRegression()), {"logisticregression__C": [1.0]}, cv=2)
    outputs = step_outputs(search.fit(ROWS, WANTED), lambda m: m.predict_proba(SEEN))
    assert list(outputs) == [f"best_estimator_.columntransformer.{name}" for name in ENCODED]


def test_a_chain_inside_a_column_transformer_is_seen_step_by_step() -> None:
    chain = Pipeline([("fill", SimpleImputer()), ("scale", StandardScaler())])
    model = ColumnTransformer([("numbers", chain, ["a"])]).fit(ROWS)
    outputs = step_outputs({"prep": model}, lambda m: m["prep"].transform(SEEN))
    assert list(outputs) == ["prep.numbers.fill.a", "prep.numbers.scale.x0", "prep.numbers__a"]


def test_looking_leaves_the_model_as_it_was_and_keeps_the_first_call_only() -> None:
    scaler = StandardScaler().fit(ROWS[["a"]])
    outputs = step_outputs([scaler], lambda m: [m[0].transform(ROWS[["a"]].iloc[i : i + 2]) for i in range(3)])
    assert {name: len(output) for name, output in outputs.items()} == {"0.a": 2}
    assert "transform" not in vars(scaler)


@pytest.mark.parametrize("model", [LogisticRegression(), {"weights": np.ones(3)}, None, "text", [1, 2]])
def test_a_model_without_transformers_is_not_asked_to_predict(model: object) -> None:
    assert step_outputs(model, lambda m: pytest.fail("asked")) == {}


def test_what_predicting_raises_ends_the_look_and_keeps_what_was_seen() -> None:
    model = {"prep": encoder().fit(ROWS)}

    def predict(overheard: Any) -> None:
        overheard["prep"].transform(SEEN)
        raise ValueError("later")

    assert list(step_outputs(model, predict)) == [f"prep.{name}" for name in ENCODED]
