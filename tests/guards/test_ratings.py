"""The recommender under guard: several answers per user, told apart by user and rank."""

from examples.ratings.recommend import (
    evaluate_from_data,
    features_from_data,
    load_model,
    predict_from_data,
    save_model,
    split_data,
    train_from_data,
)
from mlguard import Guard


class Ratings(Guard):
    dataset = "ratings"
    target = "item"
    key = ("user", "rank")
    config = "examples/ratings/config.yaml"
    require = {"hit_rate": ">= 0.3"}

    def split(self, data):
        return split_data(data["interactions"])

    def features(self, model, rows):
        return features_from_data(model, rows)

    def train(self, train):
        return train_from_data(self.config, train, self.data["items"])

    def predict(self, model, rows):
        return predict_from_data(model, rows)

    def evaluate(self, test, predictions):
        return evaluate_from_data(test, predictions)

    def save(self, model, folder):
        save_model(model, folder)

    def load(self, folder):
        return load_model(folder)
