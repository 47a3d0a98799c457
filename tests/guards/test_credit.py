"""The loan desk's scorecard under guard."""

from examples.credit.scorecard import (
    evaluate_from_data,
    features_from_data,
    predict_from_data,
    split_data,
    train_from_data,
)
from mlguard import Guard


class Credit(Guard):
    dataset = "credit"
    target = "default"
    config = "examples/credit/scorecard.yaml"
    require = {"roc_auc": ">= 0.65"}

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
