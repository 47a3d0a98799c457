"""The help desk's advice under guard: the answers are objects with lists of pairs, lists of lists and an enum."""

from examples.tickets import advise
from mlguard import Guard


class Tickets(Guard):
    dataset, target = "tickets", "queue"
    config = "examples/tickets/desk.toml"
    require = {"hit_rate": ">= 0.6"}
    features = staticmethod(advise.features_from_data)
    predict = staticmethod(advise.predict_from_data)
    save = staticmethod(advise.save_model)
    load = staticmethod(advise.load_model)

    def split(self, data):
        return advise.split_data(self.config, data.rows)

    def train(self, train):
        return advise.train_from_data(self.config, train)

    def evaluate(self, test, predictions):
        return advise.evaluate_from_data(self.config, test, predictions)
