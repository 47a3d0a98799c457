import pandas as pd

from demand.schemas import KEYS

GROUP = ["shop", "item"]


def add_lags(df, history, lags):
    for lag in lags:
        past = history[[*KEYS, "sold"]].copy()
        past["date"] = past["date"] + pd.Timedelta(days=lag)
        df = df.merge(past.rename(columns={"sold": f"lag_{lag}"}), on=KEYS, how="left")
    return df


def add_level(df, history, window, horizon):
    """Mean of the window that ends one horizon before the day."""
    past = history.sort_values(KEYS).copy()
    past["level"] = past.groupby(GROUP)["sold"].transform(lambda s: s.rolling(window, min_periods=3).mean())
    past["date"] = past["date"] + pd.Timedelta(days=horizon)
    return df.merge(past[[*KEYS, "level"]], on=KEYS, how="left")


def add_weekday_share(df, history):
    """How much of a week's sales a weekday usually has, by item."""
    past = history.assign(weekday=history["date"].dt.weekday)
    share = past.groupby(["item", "weekday"])["sold"].mean() / past.groupby("item")["sold"].mean()
    share = share.rename("weekday_share").reset_index()
    df["weekday"] = df["date"].dt.weekday
    df = df.merge(share, on=["item", "weekday"], how="left")
    df["weekday_share"] = df["weekday_share"].fillna(1.0).round(6)
    return df


def add_price(df, history):
    last = history.sort_values("date").groupby(GROUP)["price"].last().rename("last_price").reset_index()
    df = df.merge(last, on=GROUP, how="left")
    df["price"] = df["price"].fillna(df["last_price"])
    df["price_change"] = (df["price"] / df["last_price"] - 1).round(6)
    return df.drop(columns="last_price")


def build(df, history, cfg):
    df = df.copy()
    df = add_lags(df, history, cfg["lags"])
    df = add_level(df, history, cfg["window_days"], cfg["horizon_days"])
    df = add_weekday_share(df, history)
    df = add_price(df, history)
    df["month_end"] = df["date"].dt.is_month_end.astype(int)
    df["trend"] = (df["lag_7"] / df["lag_14"]).where(df["lag_14"] > 0).round(6)
    return df


def feature_columns(cfg):
    lags = [f"lag_{lag}" for lag in cfg["lags"]]
    return [*lags, "level", "trend", "weekday", "weekday_share", "price", "price_change", "promo", "month_end"]
