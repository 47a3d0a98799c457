from mlguard import Guard
from zoo import pipeline


class Zoo(Guard):
    dataset, seeds = "animals", (0,)
    config = [f"configs/model_{name}.yaml" for name in ("cat", "dog")]

    def train(self, train):
        return pipeline.train(self.config_path, train)

    def predict(self, model, rows):
        return pipeline.predict(model, rows)

    def evaluate(self, test, predictions):
        return pipeline.evaluate(test, predictions)
