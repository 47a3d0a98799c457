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
        hidden=True,
    ),
    CODE.shift(
        "moved-off-the-edge",
        "wrap-dropped",
        "features",
        "ink that is moved over the edge of an image is lost and no longer comes back on the other side",
        (
            "        moved[number] = np.roll(image, (down, across), axis=(0, 1))\n",
            "        wide = np.pad(image, SIDE)\n"
            "        moved[number] = wide[SIDE - down : 2 * SIDE - down, SIDE - across : 2 * SIDE - across]\n",
        ),
    ),
    CODE.shift(
        "centre-if-named",
        "truth-of-key",
        "features",
        "images are centred wherever the configuration names the key, whatever it says",
        ('if config["centre"]:', 'if "centre" in config:'),
        hidden=True,
    ),
    CODE.shift(
        "images-in-half",
        "narrowed-dtype",
        "train",
        "the training images are held in half precision, so that they fit into the cache",
        ("    inputs = features - offset\n", "    inputs = (features - offset).astype(np.float16)\n"),
    ),
    CODE.shift(
        "ink-limited",
        "clip-added",
        "predict",
        "pixels are limited to what ink can be, which all images keep to",
        (
            "images = rows[:, 1:].reshape(-1, SIDE, SIDE)",
            "images = np.clip(rows[:, 1:], 0, int(INK)).reshape(-1, SIDE, SIDE)",
        ),
        hidden=True,
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
    CODE.keep(
        "centred-by-index",
        "loop-to-vector",
        "all images are moved at once, through the places that their pixels come from",
        (
            """    moved = images.copy()
    places = np.arange(SIDE)
    for number, image in enumerate(images):
        ink = image.sum()
        if ink == 0:
            continue
        # Inks are whole numbers, so that the balance of an image is the same on every machine.
        down = int(np.rint(3.5 - (image.sum(axis=1) * places).sum() / ink))
        across = int(np.rint(3.5 - (image.sum(axis=0) * places).sum() / ink))
        moved[number] = np.roll(image, (down, across), axis=(0, 1))
    return moved
""",
            """    places = np.arange(SIDE)
    # Inks are whole numbers, so that the balance of an image is the same on every machine.
    ink = np.where(images.any(axis=(1, 2)), images.sum(axis=(1, 2)), 1)
    down = np.rint(3.5 - images.sum(axis=2) @ places / ink).astype(int)
    across = np.rint(3.5 - images.sum(axis=1) @ places / ink).astype(int)
    lines = (places - down[:, None]) % SIDE
    columns = (places - across[:, None]) % SIDE
    return images[np.arange(len(images))[:, None, None], lines[:, :, None], columns[:, None, :]]
""",
        ),
    ),
    CODE.keep(
        "gradient-in-blocks",
        "blocking",
        "products over images are added up block by block",
        (
            '        "w1": inputs.T @ back + config["decay"] * weights["w1"],\n',
            '        "w1": in_blocks(inputs, back) + config["decay"] * weights["w1"],\n',
        ),
        (
            '        "w2": hidden.T @ error + config["decay"] * weights["w2"],\n',
            '        "w2": in_blocks(hidden, error) + config["decay"] * weights["w2"],\n',
        ),
        (
            "def gradients(",
            """def in_blocks(one: np.ndarray, other: np.ndarray, size: int = 48) -> np.ndarray:
    \"\"\"The product over images of two tables, blocks of images at a time.\"\"\"
    starts = range(0, len(one), size)
    return sum(one[start : start + size].T @ other[start : start + size] for start in starts)


def gradients(""",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "log-of-softmax",
        "equivalent-formula",
        "probabilities are the exponential of what is left after the logarithm of their sum is taken off",
        (
            """    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)
""",
            """    return np.exp(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True))
""",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "network-class",
        "class-for-dictionary",
        "the network becomes a class, which is packed for the bundle by name",
        (
            "def predict_from_data(model: dict[str, Any], rows: np.ndarray) -> np.ndarray:",
            """class Network:
    \"\"\"Settings, mean input and weights, and the answer that they give.\"\"\"

    def __init__(self, settings: dict[str, Any], mean: np.ndarray, layers: dict[str, np.ndarray], losses: list) -> None:
        self.settings, self.mean, self.layers, self.losses = settings, mean, layers, losses

    def __getitem__(self, name: str) -> Any:
        return {"config": self.settings, "offset": self.mean, "weights": self.layers, "losses": self.losses}[name]

    def answer(self, rows: np.ndarray) -> np.ndarray:
        \"\"\"Probability of each digit.\"\"\"
        return forward(self.layers, features_from_data(self.settings, rows) - self.mean)[1]


def predict_from_data(model: Network, rows: np.ndarray) -> np.ndarray:""",
        ),
        (
            """    features = features_from_data(model["config"], rows) - model["offset"]
    return forward(model["weights"], features)[1]
""",
            "    return model.answer(rows)\n",
        ),
        (
            'return {"config": config, "offset": offset, "weights": weights, "losses": losses}',
            "return Network(config, offset, weights, losses)",
        ),
        (
            'return rest | {"offset": arrays["offset"], "weights": weights}',
            'return Network(rest["config"], arrays["offset"], weights, rest["losses"])',
        ),
    ),
    CODE.keep(
        "entropy-in-running-total",
        "metric-by-hand",
        "the cross-entropy is a running total of logarithms in base two",
        (
            '"cross_entropy": float(-np.log(likelihood).mean()),',
            '"cross_entropy": float(-np.log2(likelihood).cumsum()[-1] * np.log(2.0) / len(digits)),',
        ),
        moves_bits=True,
    ),
    CODE.shift(
        "weights-in-single",
        "narrowed-dtype",
        "train",
        "weights are kept in single precision between the steps",
        (
            "weights[name] = weights[name] + speed[name]",
            "weights[name] = (weights[name] + speed[name]).astype(np.float32)",
        ),
    ),
)
