"""Kernel ridge regression on real patients under guard."""

from examples.real_diabetes.progression import evaluate_from_data, predict_from_data, split_data, train_from_data
from mlguard import Guard


class RealDiabetes(Guard):
    dataset = "real_diabetes"
    target = "progression"
    config = "examples/real_diabetes/progression.yaml"
    require = {"r2": ">= 0.2"}

    def split(self, data):
        return split_data(self.config, data.rows)

    def train(self, train):
        return train_from_data(self.config, train)

    def predict(self, model, rows):
        return predict_from_data(model, rows)

    def evaluate(self, test, predictions):
        return evaluate_from_data(test["progression"], predictions)
