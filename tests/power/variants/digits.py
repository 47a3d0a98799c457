"""What may happen to examples/digits/network.py: shifts first, then true refactors."""

from __future__ import annotations

from tests.power.variant import Code

CODE = Code("Digits", "examples/digits/network.py")

VARIANTS = (
    CODE.shift(
        "lines-for-columns",
        "axis-swapped",
        "features",
        "ink per column comes before ink per line",
        ("pixels.mean(axis=2), pixels.mean(axis=1)", "pixels.mean(axis=1), pixels.mean(axis=2)"),
    ),
    CODE.shift(
        "truncated-move",
        "truncation-for-rounding",
        "features",
        "images are moved down by the truncated instead of the rounded distance",
        (
            "int(np.rint(3.5 - (image.sum(axis=1) * places).sum() / ink))",
            "int(3.5 - (image.sum(axis=1) * places).sum() / ink)",
        ),
    ),
    CODE.shift(
        "decayed-bias",
        "penalty-scope",
        "train",
        "weight decay also holds down the hidden biases",
        ('"b1": back.sum(axis=0),', '"b1": back.sum(axis=0) + config["decay"] * weights["b1"],'),
    ),
    CODE.shift(
        "one-epoch-less",
        "loop-off-by-one",
        "train",
        "training counts its epochs from one and stops one early",
        ('range(config["epochs"])', 'range(1, config["epochs"])'),
    ),
    CODE.shift(
        "offset-of-the-batch",
        "batch-statistics",
        "predict",
        "the mean of the images at hand is taken off instead of the training mean",
        (
            'features = features_from_data(model["config"], rows) - model["offset"]',
            'features = features_from_data(model["config"], rows)\n    features = features - features.mean(axis=0)',
        ),
    ),
    CODE.shift(
        "half-precision-bundle",
        "bundle-precision",
        "contracts",
        "the bundle keeps the mean input in half precision to save space",
        ('offset=model["offset"], **model["weights"]', 'offset=model["offset"].astype(np.float16), **model["weights"]'),
    ),
    CODE.keep(
        "einsum-forward",
        "einsum-for-matmul",
        "hidden activations are an einsum",
        (
            'np.tanh(inputs @ weights["w1"] + weights["b1"])',
            'np.tanh(np.einsum("ni,ij->nj", inputs, weights["w1"]) + weights["b1"])',
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "in-place-speed",
        "in-place-update",
        "speed and weights are updated in their own memory",
        (
            '            speed[name] = config["momentum"] * speed[name] - config["rate"] * slope[name]\n'
            "            weights[name] = weights[name] + speed[name]\n",
            '            speed[name] *= config["momentum"]\n'
            '            speed[name] -= config["rate"] * slope[name]\n'
            "            weights[name] += speed[name]\n",
        ),
    ),
)
