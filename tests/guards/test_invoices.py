"""The valuation of receivables under guard: its settings, a day among them, lie in a file beside the code."""

from examples.invoices import receivables
from mlguard import Guard


class Invoices(Guard):
    dataset = "invoices"
    target = "lost"
    require = {"brier": "<= 0.22"}

    def split(self, data):
        return receivables.split_data(receivables.read_settings(), data.rows)

    def features(self, model, rows):
        return receivables.features_from_data(receivables.read_settings(), model, rows)

    def train(self, train):
        return receivables.train_from_data(receivables.read_settings(), train)

    def predict(self, model, rows):
        return receivables.predict_from_data(receivables.read_settings(), model, rows)

    def evaluate(self, test, predictions):
        return receivables.evaluate_from_data(test, predictions)
