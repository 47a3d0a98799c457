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
    CODE.shift(
        "history_longer",
        "boundary-strictness",
        "features",
        "a window of exactly the least number of days no longer has a mean",
        ('len(seen) >= config["min_history"]', 'len(seen) > config["min_history"]'),
    ),
    CODE.shift(
        "promo_floor_renamed",
        "renamed-key",
        "features",
        "the promotion floor is read under another name, and its default, today's value, takes over",
        ('rows["promo"] >= config["promo_floor"]', 'rows["promo"] >= config.get("promo_from", 0.3)'),
        hidden=True,
    ),
    CODE.shift(
        "shares_realigned",
        "index-alignment",
        "contracts",
        "shares and usual days become Series that are multiplied by index, the shares under a fresh one",
        (
            '.fillna(model["typical"]).to_numpy(dtype=float)\n    share = model["trees"].predict(',
            '.fillna(model["typical"]).astype(float)\n    share = pd.Series(model["trees"].predict(',
        ),
        (
            "features_from_data(model, rows).to_numpy())\n    expected",
            "features_from_data(model, rows).to_numpy()))\n    expected",
        ),
        ("np.maximum(share * usual, 0.0)", "np.maximum((share * usual).to_numpy(), 0.0)"),
        hidden=True,
    ),
    CODE.shift(
        "volume_of_forecasts",
        "denominator",
        "evaluate",
        "the error is put in proportion to the forecast and no longer to the sold volume",
        ("error.sum() / sold.sum()", 'error.sum() / predictions["expected"].sum()'),
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
    CODE.keep(
        "window_by_search",
        "loop-to-vector",
        "windows are cut by searching their ends in the shop's ordered days, their means from running totals",
        (
            """        seen = sold[(days > start) & (days <= end)]
        values.append(seen.mean() if len(seen) >= config["min_history"] else np.nan)
""",
            """        first, last = np.searchsorted(days, [start, end], side="right")
        total = totals[shop][last] - totals[shop][first] if shop in past else 0.0
        values.append(total / (last - first) if last - first >= config["min_history"] else np.nan)
""",
        ),
        (
            "        days, sold = past.get(shop, (ends[:0], np.zeros(0)))\n",
            "        days = past[shop][0] if shop in past else ends[:0]\n",
        ),
        (
            "    ends = (rows",
            "    totals = {shop: np.append(0, np.cumsum(sold)) for shop, (_, sold) in past.items()}\n    ends = (rows",
        ),
    ),
    CODE.keep(
        "lags_by_merge",
        "pandas-rewrite",
        "lags are joined from the history, shifted by as many days, as a left join",
        (
            """    wanted = pd.MultiIndex.from_arrays([rows["shop"], rows["day"] - pd.Timedelta(days=days)])
    known = history.set_index(["shop", "day"])["sold"]
    return pd.Series(known.reindex(wanted).to_numpy(dtype=float), index=rows.index)""",
            """    later = history.assign(day=history["day"] + pd.Timedelta(days=days))
    joined = rows[["shop", "day"]].merge(later, on=["shop", "day"], how="left")
    return pd.Series(joined["sold"].to_numpy(dtype=float), index=rows.index)""",
        ),
    ),
    CODE.keep(
        "mean_errors_by_shop",
        "metric-by-hand",
        "errors are added up by the code of their shop, the mean error from a running total",
        (
            '    by_shop = pd.Series(error).groupby(predictions["shop"].to_numpy()).mean()\n',
            '    shops = np.unique(predictions["shop"].to_numpy(dtype=str), return_inverse=True)[1]\n'
            "    by_shop = np.bincount(shops, weights=error) * (1.0 / np.bincount(shops))\n",
        ),
        ('"mae": float(error.mean())', '"mae": float(error.cumsum()[-1] / len(error))'),
        moves_bits=True,
    ),
    CODE.keep(
        "shops_in_parallel",
        "parallel",
        "the trees answer block by block in threads, and the blocks are put together again",
        (
            '    share = model["trees"].predict(features_from_data(model, rows).to_numpy())\n',
            "    blocks = np.array_split(features_from_data(model, rows).to_numpy(), max(1, len(rows) // 16))\n"
            '    ask = joblib.delayed(model["trees"].predict)\n'
            '    answers = joblib.Parallel(n_jobs=2, prefer="threads")(ask(block) for block in blocks)\n'
            "    share = np.concatenate(answers)\n",
        ),
    ),
)
