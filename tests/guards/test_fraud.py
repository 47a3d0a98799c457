"""The payment desk's fraud detector under guard."""

from examples.fraud.detector import (
    evaluate_from_data,
    features_from_data,
    predict_from_data,
    split_data,
    train_from_data,
)
from mlguard import Guard


class Fraud(Guard):
    dataset = "fraud"
    target = "fraud"
    config = "examples/fraud/settings.json"
    require = {"average_precision": ">= 0.2"}

    def split(self, data):
        return split_data(self.config, data.rows)

    def features(self, model, rows):
        return features_from_data(model, rows)

    def train(self, train):
        return train_from_data(self.config, train)

    def predict(self, model, rows):
        return predict_from_data(model, rows)

    def evaluate(self, test, predictions):
        return evaluate_from_data(test, predictions)
