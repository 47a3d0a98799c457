"""What may happen to examples/heating/network.py: shifts first, then true refactors."""

from __future__ import annotations

from tests.power.variant import Code

CODE = Code("Heating", "examples/heating/network.py")

VARIANTS = (
    CODE.shift(
        "warm_hours_negative",
        "floor-removed",
        "features",
        "hours above the heating limit count as negative cold instead of none",
        (
            'np.where(outside < config["heating_limit"], config["heating_limit"] - outside, 0.0)',
            'config["heating_limit"] - outside',
        ),
    ),
    CODE.shift(
        "sample_deviation",
        "ddof",
        "train",
        "inputs are divided by the deviation of a sample",
        ("features.std(axis=0)", "features.std(axis=0, ddof=1)"),
    ),
    CODE.shift(
        "damped_momentum",
        "momentum-damped",
        "train",
        "the gradient is weighted by what momentum leaves of it",
        (
            "momentum * speed[name] - rate * slope[name]",
            "momentum * speed[name] - (1 - momentum) * rate * slope[name]",
        ),
    ),
    CODE.shift(
        "last_weights",
        "last-for-best",
        "train",
        "the weights of the last epoch are kept and not those of the best one",
        ("    return kept, losses", "    return weights, losses"),
    ),
    CODE.shift(
        "coarse_stopping",
        "stopping-rule",
        "train",
        "training stops once the held-out loss gains no hundredth",
        ("        if round(loss, 3) < best:", "        if round(loss, 2) < best:"),
        ("            best, kept, waited = round(loss, 3),", "            best, kept, waited = round(loss, 2),"),
    ),
    CODE.shift(
        "half_features",
        "narrowed-dtype",
        "features",
        "features pass through half precision",
        (
            "np.column_stack(columns).astype(np.float32)",
            "np.column_stack(columns).astype(np.float16).astype(np.float32)",
        ),
    ),
    CODE.shift(
        "mean_wind",
        "mean-for-median",
        "features",
        "unknown wind becomes the mean",
        ('float(readings["wind"].median())', 'float(readings["wind"].mean())'),
    ),
    CODE.shift(
        "later_hour",
        "clock-offset",
        "features",
        "hours are counted from one",
        ('2.0 * np.pi / 24.0 * readings["hour"].to_numpy()', '2.0 * np.pi / 24.0 * (readings["hour"].to_numpy() + 1)'),
    ),
    CODE.shift(
        "one_row_less",
        "divisor-off-by-one",
        "train",
        "the error is divided by one row less",
        ("np.float32(len(wanted))", "np.float32(len(wanted) - 1)"),
    ),
    CODE.shift(
        "answers_in_steps",
        "rounded-answer",
        "predict",
        "heat per square metre is answered with four decimals",
        ('            "per_area": per_area,', '            "per_area": per_area.round(4),'),
    ),
    CODE.shift(
        "median_error",
        "median-for-mean",
        "evaluate",
        "the error told is the median one",
        ('"mae": float(error.mean())', '"mae": float(np.median(error))'),
    ),
    CODE.shift(
        "half_bundle",
        "bundle-precision",
        "contracts",
        "the bundle keeps the arrays in half precision",
        (
            '    np.savez(folder / "network.npz", **model["arrays"])',
            '    np.savez(folder / "network.npz", **{n: a.astype(np.float16) for n, a in model["arrays"].items()})',
        ),
        hidden=True,
    ),
    CODE.shift(
        "scale_by_size",
        "stale-cache",
        "train",
        "the scaling is remembered by the number of readings",
        (
            "    offset, scale = features.mean(axis=0), features.std(axis=0)\n",
            "    if len(readings) not in SCALING:\n"
            "        SCALING[len(readings)] = features.mean(axis=0), features.std(axis=0)\n"
            "    offset, scale = SCALING[len(readings)]\n",
        ),
        ("def load_readings(", "SCALING: dict[int, tuple[np.ndarray, np.ndarray]] = {}\n\n\ndef load_readings("),
        hidden=True,
    ),
    CODE.shift(
        "wind_filled_in_place",
        "input-mutation",
        "contracts",
        "unknown wind is filled in the caller's table",
        (
            '    wind = readings["wind"].fillna(wind_fill).to_numpy(dtype=np.float32)\n',
            '    readings["wind"] = readings["wind"].fillna(wind_fill)\n'
            '    wind = readings["wind"].to_numpy(dtype=np.float32)\n',
        ),
        hidden=True,
    ),
    CODE.keep(
        "bias_in_double",
        "wider-accumulator",
        "gradients of biases are added up in double precision",
        ('"b1": back.sum(axis=0),', '"b1": back.sum(axis=0, dtype=np.float64).astype(np.float32),'),
        ('"b2": error.sum(keepdims=True),', '"b2": error.sum(keepdims=True, dtype=np.float64).astype(np.float32),'),
        moves_bits=True,
    ),
    CODE.keep(
        "einsum_gradient",
        "einsum-for-matmul",
        "the first layer's gradient is an einsum",
        ("inputs.T @ back +", 'np.einsum("ni,nj->ij", inputs, back) +'),
        moves_bits=True,
    ),
    CODE.keep(
        "gradient_by_halves",
        "blocking",
        "products over readings are added up block by block",
        (
            '        "w1": inputs.T @ back + decay',
            '        "w1": sum(inputs[s : s + 32].T @ back[s : s + 32] for s in range(0, len(back), 32)) + decay',
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "broadcast_for_outer",
        "broadcast-for-outer",
        "the outer product is a broadcast",
        ('np.outer(error, weights["w2"])', 'error[:, None] * weights["w2"]'),
    ),
    CODE.keep(
        "slope_of_tanh",
        "algebra",
        "the slope of the activation is a product of two factors",
        ("(1 - hidden * hidden)", "((1 - hidden) * (1 + hidden))"),
        moves_bits=True,
    ),
    CODE.keep(
        "moments_by_column",
        "accumulation-order",
        "mean and deviation are taken of a table that lies column by column",
        (
            "    offset, scale = features.mean(axis=0), features.std(axis=0)\n",
            "    by_column = np.ascontiguousarray(features.T)\n"
            "    offset, scale = by_column.mean(axis=1), by_column.std(axis=1)\n",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "weights_in_place",
        "in-place-update",
        "speed and weights are updated in their own memory, and the best are copied",
        (
            "        speed = {name: momentum * speed[name] - rate * slope[name] for name in weights}\n"
            "        weights = {name: weights[name] + speed[name] for name in weights}\n",
            "        for name in weights:\n"
            "            speed[name] *= momentum\n"
            "            speed[name] -= rate * slope[name]\n"
            "            weights[name] += speed[name]\n",
        ),
        (
            "            best, kept, waited = round(loss, 3), weights, 0\n",
            "            best, waited = round(loss, 3), 0\n"
            "            kept = {name: value.copy() for name, value in weights.items()}\n",
        ),
    ),
    CODE.keep(
        "exponential_tanh",
        "equivalent-formula",
        "the activation is written with an exponential",
        (
            '    hidden = np.tanh(inputs @ weights["w1"] + weights["b1"])\n',
            '    hidden = 1 - 2 / (np.exp(2 * (inputs @ weights["w1"] + weights["b1"])) + 1)\n',
        ),
        moves_bits=True,
    ),
)
