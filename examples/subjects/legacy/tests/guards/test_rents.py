import importlib

from mlguard import Guard

service = importlib.import_module("2019-rents.rent-service")


class Rents(Guard):
    dataset = "flats"
    target = "rent"
    config = "2019-rents/service.json"

    def train(self, train):
        return dict(service.run_training(train))

    def predict(self, model, rows):
        service.SETTINGS, service.MODEL = self.config, model
        return [service.handle(request) for request in rows.to_dict("records")]

    def evaluate(self, test, predictions):
        return service.report(predictions, self.data["truth"].to_dict("records"))
