"""The shops' two-week forecast under guard: lags and windows over a history that lives in the model."""

from examples.demand.forecast import (
    evaluate_from_data,
    features_from_data,
    predict_from_data,
    split_data,
    train_from_data,
)
from mlguard import Guard


class Demand(Guard):
    dataset = "demand"
    target = "sold"
    config = "examples/demand/config.yaml"
    require = {"wape": "<= 0.35"}

    def split(self, data):
        return split_data(self.config, data.rows)

    def features(self, model, rows):
        return features_from_data(model, rows)

    def train(self, train):
        return train_from_data(self.config, train)

    def predict(self, model, rows):
        return predict_from_data(model, rows)

    def evaluate(self, test, predictions):
        return evaluate_from_data(test["sold"], predictions)
