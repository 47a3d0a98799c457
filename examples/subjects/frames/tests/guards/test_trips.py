import fares
import polars as pl

from mlguard import Guard


class Trips(Guard):
    dataset = "trips"

    def split(self, data):
        return fares.split(pl.from_pandas(data.rows))

    def features(self, model, rows):
        return fares.see(rows, model["usual"])

    def train(self, train):
        return fares.fit(train)

    def predict(self, model, rows):
        return fares.answer(model, rows)

    def evaluate(self, test, predictions):
        return fares.score(test, predictions)
