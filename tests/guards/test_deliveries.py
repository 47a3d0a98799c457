"""The couriers' arrivals under guard: seconds since 1970 and cents beside shares, in features and in answers."""

from examples.deliveries import arrival
from mlguard import Guard


class Deliveries(Guard):
    dataset, target = "deliveries", "arrived_at"
    config = "examples/deliveries/config.yaml"
    require = {"mae_seconds": "<= 420"}
    features = staticmethod(arrival.features_from_data)
    predict = staticmethod(arrival.predict_from_data)
    evaluate = staticmethod(arrival.evaluate_from_data)
    save = staticmethod(arrival.save_model)
    load = staticmethod(arrival.load_model)

    def split(self, data):
        return arrival.split_data(self.config, data.rows)

    def train(self, train):
        return arrival.train_from_data(self.config, train)
