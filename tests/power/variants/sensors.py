"""What may happen to examples/sensors/watch.py: shifts first, then true refactors."""

from __future__ import annotations

from tests.power.variant import Code

CODE = Code("Sensors", "examples/sensors/watch.py")

VARIANTS = (
    CODE.shift(
        "mean-habit",
        "median-to-mean",
        "features",
        "a pump's habit is the mean of its readings, which failing ones pull away",
        (
            "(float(part[channel].median()), spread(part[channel]))",
            "(float(part[channel].mean()), spread(part[channel]))",
        ),
    ),
    CODE.shift(
        "strict-heat",
        "boundary-strictness",
        "predict",
        "a reading of exactly the hot temperature raises no alarm",
        ('rows["temperature"] >= watch.config["hot"]', 'rows["temperature"] > watch.config["hot"]'),
    ),
    CODE.shift(
        "limit-on-a-score",
        "quantile-method",
        "train",
        "the reporting limit is the next higher score instead of a point between two",
        ('method="linear"', 'method="higher"'),
    ),
    CODE.shift(
        "clip-above-only",
        "one-sided-clip",
        "features",
        "deviations are clipped above, and no longer below",
        ('.clip(-config["clip"], config["clip"])', '.clip(upper=config["clip"])'),
    ),
    CODE.shift(
        "cached-by-length",
        "stale-cache",
        "predict",
        "features are cached, but the key is the number of rows only",
        (
            "    return deviations(watch.config, watch.habits, rows)",
            "    if len(rows) not in _SEEN:\n"
            "        _SEEN[len(rows)] = deviations(watch.config, watch.habits, rows)\n"
            "    return _SEEN[len(rows)]",
        ),
        ('CHANNELS = ("temperature"', '_SEEN: dict[int, pd.DataFrame] = {}\nCHANNELS = ("temperature"'),
    ),
    CODE.keep(
        "reciprocal-width",
        "division-to-product",
        "deviations are multiplied by the reciprocal width",
        ("((channels[channel] - middle) / width)", "((channels[channel] - middle) * (1.0 / width))"),
        moves_bits=True,
    ),
    CODE.keep(
        "numpy-farthest",
        "pandas-to-numpy",
        "the farthest channel is found in NumPy",
        (
            "features[list(CHANNELS)].abs().max(axis=1)",
            "np.abs(features[list(CHANNELS)].to_numpy()).max(axis=1)",
        ),
    ),
)
