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
        ('np.log1p(rows["amount"].clip(lower=0.0))', 'np.log(1.0 + rows["amount"].clip(lower=0.0))'),
        moves_bits=True,
    ),
)
