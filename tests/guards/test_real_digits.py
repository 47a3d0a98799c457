"""A reader of real handwritten digits under guard; the split is mlguard's own."""

from examples.real_digits.reader import evaluate_from_data, predict_from_data, train_from_data
from mlguard import Guard


class RealDigits(Guard):
    dataset = "real_digits"
    target = "digit"
    require = {"accuracy": ">= 0.8"}
    # A principal component has no sign of its own: scikit-learn 1.5 chose others than 1.4.
    equal_up_to = {"*.values": "sign"}

    def features(self, model, rows):
        return model.project(rows)

    def train(self, train):
        return train_from_data(train)

    def predict(self, model, rows):
        return predict_from_data(model, rows)

    def evaluate(self, test, predictions):
        return evaluate_from_data(test["digit"], predictions)
