"""What may happen to examples/fraud/detector.py: shifts first, then true refactors."""

from __future__ import annotations

from tests.power.variant import Code

CODE = Code("Fraud", "examples/fraud/detector.py")

VARIANTS = (
    CODE.shift(
        "strict-review",
        "boundary-strictness",
        "predict",
        "the review rule leaves out payments of exactly the review amount",
        ('rows["amount"] >= model["config"]["review_amount"]', 'rows["amount"] > model["config"]["review_amount"]'),
    ),
    CODE.shift(
        "rounded-cut",
        "cut-rounding",
        "split",
        "the cut between earlier and later payments is rounded instead of truncated",
        ('int(len(payments) * (1 - config["test_share"]))', 'round(len(payments) * (1 - config["test_share"]))'),
    ),
    CODE.shift(
        "prior-dropped",
        "smoothing-prior",
        "features",
        "the smoothed rate of a category is drawn towards zero instead of the overall rate",
        ('(stats["sum"] + config["smoothing"] * overall)', 'stats["sum"]'),
    ),
    CODE.shift(
        "limit-of-the-batch",
        "batch-statistics",
        "predict",
        "missing limits are filled with the median of the rows at hand, which only small batches show",
        ('rows["limit"].fillna(reference["limit"])', 'rows["limit"].fillna(rows["limit"].median())'),
        hidden=True,
    ),
    CODE.shift(
        "unseen-channel-raises",
        "unseen-category",
        "predict",
        "channels become a lookup, which raises for a channel that training never saw",
        (
            'features[f"channel_{channel}"] = (rows["channel"] == channel).astype(float)',
            'features[f"channel_{channel}"] = '
            '[float(CHANNELS.index(c) == CHANNELS.index(channel)) for c in rows["channel"]]',
        ),
        hidden=True,
    ),
    CODE.shift(
        "midnight-is-day",
        "condition-dropped",
        "features",
        "the hour before midnight no longer counts as night",
        ('((rows["hour"] < config["night_ends"]) | (rows["hour"] == 23))', '(rows["hour"] < config["night_ends"])'),
    ),
    CODE.shift(
        "night-as-list",
        "range-closed",
        "predict",
        "the hours of the night are listed, so that one before the first, which no payment has, is none of them",
        (
            '((rows["hour"] < config["night_ends"]) | (rows["hour"] == 23))',
            'rows["hour"].isin([*range(config["night_ends"]), 23])',
        ),
        hidden=True,
    ),
    CODE.shift(
        "review-counts-as-caught",
        "condition-widened",
        "evaluate",
        "a fraud that is only reviewed no longer counts as money lost",
        ("[(fraud == 1) & (stopped == 0)]", '[(fraud == 1) & (predictions["action"] == "pass").to_numpy()]'),
        hidden=True,
    ),
    CODE.keep(
        "vector-lookup",
        "loop-to-vector",
        "risks are looked up by a mapping and a fill value instead of a function",
        (
            'rows["category"].map(lambda name: reference["risk"].get(name, overall))',
            'rows["category"].map(reference["risk"]).fillna(overall)',
        ),
    ),
    CODE.keep(
        "log-of-one-more",
        "equivalent-formula",
        "the logarithm is spelled out",
        ("np.log1p(amount.clip(lower=0.0))", "np.log(1.0 + amount.clip(lower=0.0))"),
        moves_bits=True,
    ),
    CODE.keep(
        "votes-averaged",
        "library-by-hand",
        "the forest's probability is the mean of its trees' own, taken over a stack of them",
        (
            'model["forest"].predict_proba(features_from_data(model, rows))[:, fraud_column]',
            'np.mean([tree.predict_proba(seen)[:, fraud_column] for tree in model["forest"].estimators_], axis=0)',
        ),
        (
            "    fraud_column = list(",
            "    seen = features_from_data(model, rows).to_numpy(dtype=np.float32)\n    fraud_column = list(",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "precision-by-hand",
        "metric-by-hand",
        "average precision and Brier score are written out in NumPy",
        (
            '"average_precision": float(average_precision_score(fraud, probability)),\n'
            '        "brier": float(brier_score_loss(fraud, probability)),',
            '"average_precision": average_precision(fraud, probability),\n'
            '        "brier": float(np.square(probability - fraud).cumsum()[-1] / len(fraud)),',
        ),
        (
            "def evaluate_from_data(",
            """def average_precision(fraud: np.ndarray, probability: np.ndarray) -> float:
    \"\"\"Precision at each distinct probability, weighted by the recall that it adds.\"\"\"
    order = np.argsort(-probability, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(probability[order])), len(order) - 1)
    hits = np.cumsum(fraud[order])[ends]
    gained = np.diff(np.append(0, hits)) / max(fraud.sum(), 1)
    return float((gained[::-1] * (hits / (ends + 1.0))[::-1]).sum())


def evaluate_from_data(""",
        ),
        (
            "from sklearn.metrics import average_precision_score, brier_score_loss, precision_score, recall_score",
            "from sklearn.metrics import precision_score, recall_score",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "channel-dummies",
        "pandas-rewrite",
        "channels become dummies of a category with fixed levels, joined to the other features",
        (
            """    for channel in CHANNELS:
        features[f"channel_{channel}"] = (rows["channel"] == channel).astype(float)
    return features
""",
            """    channels = pd.Series(pd.Categorical(rows["channel"], categories=list(CHANNELS)), index=rows.index)
    return features.join(pd.get_dummies(channels, prefix="channel", dtype=float))
""",
        ),
    ),
    CODE.keep(
        "risk-by-difference",
        "algebra",
        "the smoothed rate is the overall rate and a part of the category's distance from it",
        (
            'risk = (stats["sum"] + config["smoothing"] * overall) / (stats["count"] + config["smoothing"])',
            'weight = stats["count"] / (stats["count"] + config["smoothing"])\n'
            '    risk = overall + weight * (stats["sum"] / stats["count"] - overall)',
        ),
        moves_bits=True,
    ),
    CODE.shift(
        "forest-kept-warm",
        "warm-start",
        "train",
        "one forest is kept warm, and later trainings only add to it",
        (
            'ExtraTreesClassifier(**config["forest"], class_weight="balanced", criterion="gini", max_features="sqrt")',
            'FOREST.set_params(**config["forest"])',
        ),
        (
            'CHANNELS = ("chip"',
            'FOREST = ExtraTreesClassifier(class_weight="balanced", max_features="sqrt", warm_start=True)\n'
            'CHANNELS = ("chip"',
        ),
        hidden=True,
    ),
    CODE.shift(
        "one-forest",
        "shared-estimator",
        "contracts",
        "all models share one forest, so that training the next one changes what the last one answers",
        (
            '    forest = ExtraTreesClassifier(**config["forest"], class_weight="balanced", criterion="gini", '
            'max_features="sqrt")\n',
            '    forest = FOREST.set_params(**config["forest"])\n',
        ),
        (
            'CHANNELS = ("chip"',
            'FOREST = ExtraTreesClassifier(class_weight="balanced", max_features="sqrt")\nCHANNELS = ("chip"',
        ),
        hidden=True,
    ),
    CODE.shift(
        "forest-without-seed",
        "seed-dropped",
        "train",
        "the options of the forest are spelled out, and its seed is not among them",
        (
            '**config["forest"], class_weight',
            '**{name: value for name, value in config["forest"].items() if name != "random_state"}, class_weight',
        ),
    ),
)
