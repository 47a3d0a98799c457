import gokart
import luigi
import pandas as pd

from prices import model
from prices.upload import bucket, upload


class AccuracyTooLow(Exception):
    pass


class LoadFlats(gokart.TaskOnKart):
    path = luigi.Parameter(default="data/flats.csv")

    def run(self):
        self.dump(pd.read_csv(self.path))


class CleanFlats(gokart.TaskOnKart):
    flats = gokart.TaskInstanceParameter()

    def run(self):
        self.dump(model.clean(self.load("flats")))


class SplitFlats(gokart.TaskOnKart):
    flats = gokart.TaskInstanceParameter()
    test_share = luigi.FloatParameter()

    def output(self):
        return {part: self.make_target(f"split/{part}.csv") for part in ("known", "test")}

    def run(self):
        known, test = model.split(self.load("flats"), self.test_share)
        self.dump(known, "known")
        self.dump(test, "test")


class HoldOut(gokart.TaskOnKart):
    split = gokart.TaskInstanceParameter()
    valid_share = luigi.FloatParameter()

    def run(self):
        rows, valid = model.split(self.load("split")["known"], self.valid_share)
        self.dump({"rows": rows, "valid": valid})


class TrainModel(gokart.TaskOnKart):
    parts = gokart.TaskInstanceParameter()
    trees = luigi.IntParameter()
    depths = luigi.ListParameter()

    def run(self):
        parts = self.load("parts")
        self.dump(model.fit(parts["rows"], parts["valid"], self.trees, self.depths))


class PredictPrices(gokart.TaskOnKart):
    model = gokart.TaskInstanceParameter()
    split = gokart.TaskInstanceParameter()
    part = luigi.Parameter(default="test")

    def output(self):
        return self.make_target("prices.csv")

    def run(self):
        self.dump(model.predict(self.load("model"), self.load("split")[self.part]))


class CheckAccuracy(gokart.TaskOnKart):
    prices = gokart.TaskInstanceParameter()
    split = gokart.TaskInstanceParameter()
    require_acc = luigi.FloatParameter()

    def run(self):
        found = model.accuracy(self.load("prices"), self.load("split")["test"])
        if found["accuracy"] <= self.require_acc:
            raise AccuracyTooLow(f"accuracy is {found['accuracy']:.3f}, required is more than {self.require_acc:.3f}")
        self.dump(found)


class Training(gokart.TaskOnKart):
    """All that makes a model of the split rows."""

    split = gokart.TaskInstanceParameter()

    def requires(self):
        return TrainModel(parts=HoldOut(split=self.split))

    def output(self):
        return self.input()


class UploadPrices(gokart.TaskOnKart):
    """The whole pipeline."""

    def requires(self):
        split = SplitFlats(flats=CleanFlats(flats=LoadFlats()))
        prices = PredictPrices(model=Training(split=split), split=split)
        return {"prices": prices, "accuracy": CheckAccuracy(prices=prices, split=split)}

    def run(self):
        self.dump(upload(self.load("prices"), bucket()))
