"""The heating network under guard: trained, kept and asked in single precision."""

from examples.heating import network
from mlguard import Guard


class Heating(Guard):
    dataset, target = "heating", "kwh"
    config = "examples/heating/network.json"
    require = {"share_off": "<= 0.25"}
    features = staticmethod(network.features_from_data)
    predict = staticmethod(network.predict_from_data)
    evaluate = staticmethod(network.evaluate_from_data)
    save = staticmethod(network.save_model)
    load = staticmethod(network.load_model)

    def split(self, data):
        return network.split_data(self.config, data.rows)

    def train(self, train):
        return network.train_from_data(self.config, train)
