import numpy as np
import pandas as pd

from features.base import Feature, RowFeature, register


@register
class LeadTime(RowFeature):
    def columns(self, df):
        out = pd.DataFrame()
        out["lead_log"] = np.log1p(df["lead_time"])
        out["lead_band"] = np.digitize(df["lead_time"], [7, 30, 90, 180])
        return out


@register
class Arrival(RowFeature):
    def columns(self, df):
        day = pd.to_datetime(df["arrival"])
        out = pd.DataFrame()
        out["month"] = day.dt.month
        out["weekday"] = day.dt.weekday
        out["weekend"] = (day.dt.weekday >= 4).astype(int)
        out["high_season"] = day.dt.month.isin([7, 8, 12]).astype(int)
        return out


@register
class Party(RowFeature):
    def columns(self, df):
        out = pd.DataFrame()
        out["guests"] = df["adults"] + df["children"].fillna(0)
        out["with_children"] = (df["children"].fillna(0) > 0).astype(int)
        out["requests"] = df["requests"].clip(upper=3)
        return out


@register
class Price(Feature):
    """Daily rate against what that room type usually costs."""

    def create(self, train, test):
        usual = train.groupby("room")["rate"].median()
        overall = train["rate"].median()
        for name, df in [("train", train), ("test", test)]:
            rate = df["rate"].fillna(df["room"].map(usual)).fillna(overall)
            out = pd.DataFrame()
            out["rate"] = rate
            out["rate_ratio"] = (rate / df["room"].map(usual).fillna(overall)).round(6)
            out["total"] = (rate * df["nights"]).round(4)
            out["rate_missing"] = df["rate"].isna().astype(int)
            setattr(self, name, out)
