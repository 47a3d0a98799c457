"""What may happen to examples/segments/model.py: shifts first, then true refactors."""

from __future__ import annotations

from tests.power.variant import Code

CODE = Code("Segments", "examples/segments/model.py")

VARIANTS = (
    CODE.shift(
        "sample-deviation",
        "ddof",
        "features",
        "columns are scaled by the deviation of a sample, as pandas does unless told otherwise",
        ("habits.std(axis=0, ddof=0)", "habits.std(axis=0)"),
    ),
    CODE.shift(
        "smallest-first",
        "sort-direction",
        "train",
        "segments are numbered from the smallest to the largest",
        ("centres[:, 0].round(6), -sizes", "centres[:, 0].round(6), sizes"),
    ),
    CODE.shift(
        "squared-distance",
        "root-dropped",
        "predict",
        "distances are left squared, which changes no nearest centre",
        (
            "np.sqrt(((points[:, None, :] - model.centres[None, :, :]) ** 2).sum(axis=2))",
            "((points[:, None, :] - model.centres[None, :, :]) ** 2).sum(axis=2)",
        ),
    ),
    CODE.shift(
        "scale-not-saved",
        "bundle-forgets",
        "contracts",
        "the bundle forgets the scale, and loading assumes one",
        ("mean=model.mean, scale=model.scale, centres=model.centres)", "mean=model.mean, centres=model.centres)"),
        ('scale=arrays["scale"]', 'scale=np.ones_like(arrays["mean"])'),
        hidden=True,
    ),
    CODE.shift(
        "first-listing-counts",
        "duplicate-choice",
        "split",
        "of a customer who is listed twice the first row counts",
        ('keep="last"', 'keep="first"'),
    ),
    CODE.shift(
        "seed-in-the-code",
        "setting-hard-coded",
        "split",
        "the seed of the split is today's setting, written into the code",
        ('np.random.RandomState(config["seed"])', "np.random.RandomState(3)"),
        hidden=True,
    ),
    CODE.shift(
        "squeezed-distances",
        "squeezed-row",
        "contracts",
        "distances are squeezed, which takes the only row of a batch away",
        ("model.centres[None, :, :]) ** 2).sum(axis=2))", "model.centres[None, :, :]) ** 2).sum(axis=2)).squeeze()"),
        hidden=True,
    ),
    CODE.shift(
        "filled-in-place",
        "input-mutation",
        "contracts",
        "the typical pause is written into the caller's table",
        (
            '    idle = rows["idle_days"].fillna(typical_idle).clip(upper=config["idle_cap"])\n',
            '    rows["idle_days"] = rows["idle_days"].fillna(typical_idle)\n'
            '    idle = rows["idle_days"].clip(upper=config["idle_cap"])\n',
        ),
        hidden=True,
    ),
    CODE.shift(
        "separation-of-means",
        "mean-of-ratios",
        "evaluate",
        "separation is the ratio of two means and no longer the mean of ratios",
        (
            '    separation = predictions["margin"] / (predictions["distance"] + predictions["margin"])\n',
            '    means = predictions[["distance", "margin"]].mean()\n',
        ),
        ("float(separation.mean())", 'float(means["margin"] / (means["distance"] + means["margin"]))'),
    ),
    CODE.keep(
        "expanded-square",
        "equivalent-formula",
        "distances come from squares and one product instead of differences",
        (
            "((points[:, None, :] - model.centres[None, :, :]) ** 2).sum(axis=2)",
            "(points**2).sum(axis=1)[:, None] - 2.0 * points @ model.centres.T + (model.centres**2).sum(axis=1)",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "weights-first",
        "reordered-product",
        "scale and weight become one factor",
        (
            "(habits.to_numpy(dtype=float) - mean) / scale * weights",
            "(habits.to_numpy(dtype=float) - mean) * (weights / scale)",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "distances-in-blocks",
        "blocked-loop",
        "distances are found for sixteen customers at a time to spare memory",
        (
            "    distances = np.sqrt(((points[:, None, :] - model.centres[None, :, :]) ** 2).sum(axis=2))\n",
            "    distances = np.empty((len(points), len(model.centres)))\n"
            "    for first in range(0, len(points), 16):\n"
            "        block = points[first : first + 16, None, :] - model.centres[None, :, :]\n"
            "        distances[first : first + 16] = np.sqrt((block**2).sum(axis=2))\n",
        ),
    ),
    CODE.keep(
        "moments-in-numpy",
        "pandas-to-numpy",
        "mean and deviation are sums over a matrix, divided by its length",
        (
            "    mean = habits.mean(axis=0).to_numpy()\n    scale = habits.std(axis=0, ddof=0).to_numpy()\n",
            "    values = habits.to_numpy(dtype=float)\n"
            "    mean = values.sum(axis=0) / len(values)\n"
            "    scale = np.sqrt((values**2).sum(axis=0) / len(values) - mean**2)\n",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "bundle-as-text",
        "bundle-format",
        "the bundle is one readable file, with every digit of the numbers",
        (
            '    np.savez(folder / "centres.npz", mean=model.mean, scale=model.scale, centres=model.centres)\n'
            '    rest = {"config": model.config, "typical_idle": model.typical_idle}\n',
            '    rest = {name: np.array(value).tolist() for name, value in vars(model).items() if name != "config"}\n'
            '    rest["config"] = model.config\n',
        ),
        (
            '    with np.load(folder / "centres.npz") as arrays:\n        return Segmentation(',
            '    arrays = {name: np.array(rest.pop(name)) for name in ("mean", "scale", "centres")}\n'
            "    return Segmentation(",
        ),
    ),
    CODE.keep(
        "centre-by-centre",
        "loop-over-centres",
        "distances are measured to one centre after the other, by the norm of the differences",
        (
            "np.sqrt(((points[:, None, :] - model.centres[None, :, :]) ** 2).sum(axis=2))",
            'np.column_stack([np.sqrt(np.einsum("ij,ij->i", points - c, points - c)) for c in model.centres])',
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "settings-it-needs",
        "settings-narrowed",
        "a segmentation keeps the settings that describing customers needs, and no longer those of the training",
        (
            "    return Segmentation(config, typical_idle",
            '    needed = {name: config[name] for name in ("idle_cap", "big_basket", "weights")}\n'
            "    return Segmentation(needed, typical_idle",
        ),
    ),
)
