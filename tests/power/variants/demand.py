"""What may happen to examples/demand/forecast.py: shifts first, then true refactors."""

from __future__ import annotations

from tests.power.variant import Code

CODE = Code("Demand", "examples/demand/forecast.py")

VARIANTS = (
    CODE.shift(
        "lag_one_more",
        "lag-off-by-one",
        "features",
        "lags look back one day further than they say",
        (
            'rows["day"] - pd.Timedelta(days=days)]',
            'rows["day"] - pd.Timedelta(days=days + 1)]',
        ),
    ),
    CODE.shift(
        "window_closed_left",
        "window-edge",
        "features",
        "the window takes in one day more at its start",
        ("(days > start)", "(days >= start)"),
    ),
    CODE.shift(
        "first_count",
        "stale-record",
        "split",
        "of days that were counted twice the first count is kept and not the correction",
        ('drop_duplicates(["day", "shop"], keep="last")', 'drop_duplicates(["day", "shop"], keep="first")'),
    ),
    CODE.shift(
        "trays_rounded_down",
        "floor-for-ceil",
        "predict",
        "orders are rounded down to whole trays",
        ("np.ceil(np.round(expected / 6.0, 6))", "np.floor(np.round(expected / 6.0, 6))"),
    ),
    CODE.shift(
        "new_shop_mean",
        "fallback-value",
        "train",
        "a shop without history counts as the mean shop and no longer as the median one",
        ('"typical": float(usual.median())', '"typical": float(usual.mean())'),
    ),
    CODE.shift(
        "fold_missing_heat",
        "missing-as-false",
        "features",
        "a day without a temperature counts as not hot",
        ('.astype(float).where(rows["temperature"].notna())', ".astype(float)"),
    ),
    CODE.keep(
        "lookup_by_dictionary",
        "index-for-dictionary",
        "lags are looked up in a dictionary and not through an index",
        (
            """    wanted = pd.MultiIndex.from_arrays([rows["shop"], rows["day"] - pd.Timedelta(days=days)])
    known = history.set_index(["shop", "day"])["sold"]
    return pd.Series(known.reindex(wanted).to_numpy(dtype=float), index=rows.index)""",
            """    known = dict(zip(zip(history["shop"], history["day"], strict=True), history["sold"], strict=True))
    earlier = rows["day"] - pd.Timedelta(days=days)
    found = [known.get(key, np.nan) for key in zip(rows["shop"], earlier, strict=True)]
    return pd.Series(found, index=rows.index, dtype=float)""",
        ),
        moves_bits=False,
    ),
    CODE.keep(
        "scaled_by_reciprocal",
        "reciprocal",
        "the usual day is multiplied in before the negative forecasts are cut, through its reciprocal",
        ("np.maximum(share * usual, 0.0)", "np.maximum(share, 0.0) / (1.0 / usual)"),
        moves_bits=True,
    ),
)
