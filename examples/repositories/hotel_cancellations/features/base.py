import os

import pandas as pd
from paths import feather
from timer import timer

REGISTRY = {}


def register(cls):
    assert cls.__name__ not in REGISTRY, f"two features are called {cls.__name__}"
    REGISTRY[cls.__name__] = cls
    return cls


class Feature:
    """Subclass, implement create(), decorate with @register. Results are cached as feather."""

    def __init__(self):
        self.name = self.__class__.__name__
        self.train = pd.DataFrame()
        self.test = pd.DataFrame()

    def create(self, train, test):
        raise NotImplementedError

    def is_cached(self):
        return os.path.exists(feather(self.name, "train")) and os.path.exists(feather(self.name, "test"))

    def run(self, train, test):
        with timer(self.name):
            self.create(train, test)
        assert len(self.train) == len(train) and len(self.test) == len(test)
        self.train.reset_index(drop=True).to_feather(feather(self.name, "train"))
        self.test.reset_index(drop=True).to_feather(feather(self.name, "test"))


class RowFeature(Feature):
    """A feature which needs nothing but the row itself."""

    def columns(self, df):
        raise NotImplementedError

    def create(self, train, test):
        self.train = self.columns(train)
        self.test = self.columns(test)


def load(names):
    train = pd.concat([pd.read_feather(feather(n, "train")) for n in names], axis=1)
    test = pd.concat([pd.read_feather(feather(n, "test")) for n in names], axis=1)
    return train, test
