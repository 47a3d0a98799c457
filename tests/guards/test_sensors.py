"""The water works' pump watch under guard."""

from examples.sensors.watch import (
    evaluate_from_data,
    features_from_data,
    predict_from_data,
    split_data,
    train_from_data,
)
from mlguard import Guard


class Sensors(Guard):
    dataset = "sensors"
    target = "failing"
    config = "examples/sensors/watch.toml"
    require = {"roc_auc": ">= 0.8", "reported_share": "<= 0.3"}

    def split(self, data):
        return split_data(self.config, data.rows)

    def features(self, model, rows):
        return features_from_data(model, rows)

    def train(self, train):
        return train_from_data(self.config, train)

    def predict(self, model, rows):
        return predict_from_data(model, rows)

    def evaluate(self, test, predictions):
        return evaluate_from_data(test["failing"], predictions)
