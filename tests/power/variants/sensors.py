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
        hidden=True,
    ),
    CODE.shift(
        "heat-in-the-code",
        "setting-hard-coded",
        "predict",
        "the hot temperature is today's setting, written into the code",
        ('>= watch.config["hot"]', ">= 90.0"),
        hidden=True,
    ),
    CODE.shift(
        "features-by-time",
        "answers-reordered",
        "predict",
        "readings are put in the order of time before they are described, and their scores stay in that order",
        (
            "    return deviations(watch.config, watch.habits, rows)",
            '    rows = rows.sort_values("taken_at", kind="stable").reset_index(drop=True)\n'
            "    return deviations(watch.config, watch.habits, rows)",
        ),
        hidden=True,
    ),
    CODE.shift(
        "stranger-as-first-pump",
        "unseen-default",
        "features",
        "an unknown pump is held against the first known one",
        ('habits.get(name, habits[""])', "habits.get(name, next(iter(habits.values())))"),
    ),
    CODE.shift(
        "forest-without-seed",
        "seed-lost",
        "train",
        "the forest's settings are spelled out, and the seed is forgotten",
        (
            'IsolationForest(**config["forest"], contamination="auto", bootstrap=False)',
            "IsolationForest(\n"
            '        n_estimators=config["forest"]["n_estimators"],\n'
            '        max_samples=config["forest"]["max_samples"],\n'
            '        contamination="auto",\n'
            "        bootstrap=False,\n"
            "    )",
        ),
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
    CODE.keep(
        "deviations-at-once",
        "vectorise",
        "all channels are described by one matrix instead of one after the other",
        (
            """    features = pd.DataFrame(index=rows.index)
    for channel in CHANNELS:
        middle = np.array([habit[channel][0] for habit in known])
        width = np.array([habit[channel][1] for habit in known])
        score = ((channels[channel] - middle) / width).clip(-config["clip"], config["clip"])
        features[channel] = score.fillna(0.0)
""",
            """    table = np.array([[habit[channel] for channel in CHANNELS] for habit in known])
    scores = (channels[list(CHANNELS)].to_numpy(dtype=float) - table[:, :, 0]) / table[:, :, 1]
    scores = np.nan_to_num(np.clip(scores, -config["clip"], config["clip"]), nan=0.0)
    features = pd.DataFrame(scores, columns=list(CHANNELS), index=rows.index)
""",
        ),
    ),
    CODE.keep(
        "habit-as-line",
        "reordered-product",
        "a deviation is a line in the reading: its slope is one over the width, its offset the habit in widths",
        ("((channels[channel] - middle) / width)", "(channels[channel] / width - middle / width)"),
        moves_bits=True,
    ),
    CODE.keep(
        "scored-from-the-decision",
        "api-by-hand",
        "strangeness is read from the forest's decision function, whose offset is taken off again",
        (
            "    limit = np.quantile(-forest.score_samples(features), 1",
            "    limit = np.quantile(strangeness(forest, features), 1",
        ),
        (
            "    score = -watch.forest.score_samples(features_from_data(watch, rows).to_numpy())\n",
            "    score = strangeness(watch.forest, features_from_data(watch, rows).to_numpy())\n",
        ),
        (
            "def train_from_data(",
            "def strangeness(forest: IsolationForest, features: np.ndarray) -> np.ndarray:\n"
            '    """How strange each reading is; higher is stranger."""\n'
            "    return -(forest.decision_function(features) + forest.offset_)\n\n\n"
            "def train_from_data(",
        ),
    ),
    CODE.keep(
        "trees-in-parallel",
        "parallel-jobs",
        "trees are grown by two threads at a time",
        ('contamination="auto", bootstrap=False)', 'contamination="auto", bootstrap=False, n_jobs=2)'),
    ),
)
