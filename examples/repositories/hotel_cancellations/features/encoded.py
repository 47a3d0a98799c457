import pandas as pd
from folds import split
from paths import TARGET

from features.base import Feature, register

CATEGORICAL = ["hotel", "room", "deposit", "segment"]
SMOOTHING = 5


@register
class Labels(Feature):
    def create(self, train, test):
        for c in CATEGORICAL:
            codes = {v: i for i, v in enumerate(sorted(train[c].dropna().unique()))}
            self.train[c] = train[c].map(codes).fillna(-1).astype(int)
            self.test[c] = test[c].map(codes).fillna(-1).astype(int)


@register
class AgencyCount(Feature):
    def create(self, train, test):
        counts = train["agency"].value_counts()
        self.train["agency_count"] = train["agency"].map(counts).fillna(0)
        self.test["agency_count"] = test["agency"].map(counts).fillna(0)


def smoothed(df, column, prior):
    g = df.groupby(column)[TARGET].agg(["sum", "count"])
    return (g["sum"] + SMOOTHING * prior) / (g["count"] + SMOOTHING)


@register
class CountryTarget(Feature):
    """Target encoding: out of fold for train, everything for test."""

    def create(self, train, test):
        prior = train[TARGET].mean()
        encoded = pd.Series(prior, index=train.index)
        for trn, val in split(train[TARGET]):
            means = smoothed(train.iloc[trn], "country", prior)
            encoded.iloc[val] = train["country"].iloc[val].map(means).fillna(prior)
        self.train["country_te"] = encoded.round(6)
        self.test["country_te"] = test["country"].map(smoothed(train, "country", prior)).fillna(prior).round(6)
