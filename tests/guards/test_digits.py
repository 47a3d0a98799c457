"""The small digit network under guard: arrays in, an array of probabilities out."""

from examples.digits.network import (
    evaluate_from_data,
    features_from_data,
    load_model,
    predict_from_data,
    save_model,
    split_data,
    train_from_data,
)
from mlguard import Guard


class Digits(Guard):
    dataset = "digits"
    config = "examples/digits/network.json"
    require = {"accuracy": ">= 0.7"}

    def split(self, data):
        return split_data(self.config, data.rows)

    def features(self, model, rows):
        return features_from_data(model["config"], rows)

    def train(self, train):
        return train_from_data(self.config, train)

    def predict(self, model, rows):
        return predict_from_data(model, rows)

    def evaluate(self, test, predictions):
        return evaluate_from_data(self.config, test, predictions)

    def save(self, model, folder):
        save_model(model, folder)

    def load(self, folder):
        return load_model(folder)
