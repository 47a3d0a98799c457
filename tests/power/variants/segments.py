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
    ),
    CODE.shift(
        "first-listing-counts",
        "duplicate-choice",
        "split",
        "of a customer who is listed twice the first row counts",
        ('keep="last"', 'keep="first"'),
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
)
