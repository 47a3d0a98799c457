"""Wine, real data: components whose signs may turn, and probabilities that may not."""

from examples.real_wine.growers import evaluate_from_data, predict_from_data, train_from_data
from mlguard import Guard


class RealWine(Guard):
    dataset = "real_wine"
    target = "grower"

    def train(self, train):
        return train_from_data(train)

    def predict(self, model, rows):
        return predict_from_data(model, rows)

    def evaluate(self, test, predictions):
        return evaluate_from_data(test["grower"], predictions)
